from pathlib import Path

from tests.attack.vault_kills import run


def test_killed_while_importing_nothing_acknowledged_is_lost_and_nothing_is_half_there(tmp_path: Path) -> None:
    acknowledged, kills, wrong = run(20, tmp_path / "killed.vault")
    assert wrong == []
    assert kills == 20
    assert acknowledged > 5  # else the kills came too early to prove anything
