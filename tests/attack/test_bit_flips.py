from pathlib import Path

import pytest

from tests.attack.bit_flips import Case, run
from tests.attack.report import wrong_among


def test_every_damage_to_every_file_is_noticed(tmp_path: Path) -> None:
    figures = run(3, tmp_path)
    assert sum(figure.tried for figure in figures) > 500
    assert wrong_among(figures) == []


def test_a_damage_that_nobody_can_notice_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Case(what="no damage", name="none", damage=lambda _: None)
    monkeypatch.setattr("tests.attack.bit_flips.cases", lambda *_: [nothing])
    for others in ("cases_of_backup", "cases_of_log"):
        monkeypatch.setattr(f"tests.attack.bit_flips.{others}", lambda *_: [])
    assert [figure.wrong for figure in run(1, tmp_path)] == [("none: not noticed",)]
