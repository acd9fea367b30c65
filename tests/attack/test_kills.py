from pathlib import Path

import pytest

from tests.attack.kills import run, run_rivals
from tests.attack.operations import OPERATIONS, Operation
from tests.attack.report import wrong_among

OTHERS = [
    operation for operation in OPERATIONS if operation.name != "import"
]  # that is in tests/vault/test_crash.py


@pytest.mark.parametrize("operation", OTHERS, ids=lambda operation: operation.name)
def test_killed_anywhere_nothing_acknowledged_is_lost_and_it_works_again(
    operation: Operation, tmp_path: Path
) -> None:
    assert wrong_among([run(operation, 8, tmp_path)]) == []


def test_of_three_writers_one_writes_at_a_time_and_a_kill_costs_the_others_nothing(tmp_path: Path) -> None:
    figure = run_rivals(5, tmp_path)
    assert wrong_among([figure]) == []
    assert " 0 refused" not in figure.reached  # else they never met
