from tests.attack.nothing_leaves import run_in_namespace
from tests.attack.report import tell


def test_from_first_start_to_packet_nothing_tries_to_leave_and_what_tries_is_counted() -> None:
    figures = run_in_namespace()
    assert tell(figures) == 0
    assert [figure.tried > 2 for figure in figures] == [True, True, True]
