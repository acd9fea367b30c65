from pathlib import Path

from tests.attack.kills import run
from tests.attack.operations import named


def test_killed_while_importing_nothing_acknowledged_is_lost_and_nothing_is_half_there(tmp_path: Path) -> None:
    assert run(named("import"), 20, tmp_path).wrong == ()
