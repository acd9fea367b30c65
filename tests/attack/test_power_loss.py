from pathlib import Path

import pytest

from tests.attack.operations import OPERATIONS, Operation, named
from tests.attack.power_loss import CONTROLS, SPARE_GUARDS, film, run
from tests.attack.report import wrong_among


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_after_a_power_cut_all_that_was_acknowledged_is_there(operation: Operation, tmp_path: Path) -> None:
    figure = run(film(operation, tmp_path), 100, tmp_path)
    assert figure.tried > 40
    assert wrong_among([figure]) == []


@pytest.mark.parametrize(("name", "mutant"), CONTROLS)
def test_without_the_guard_the_same_power_cuts_lose_something(name: str, mutant: str, tmp_path: Path) -> None:
    assert run(film(named(name), tmp_path, mutant), 120, tmp_path, must_fail=True).wrong == ()


@pytest.mark.parametrize(("name", "mutant"), SPARE_GUARDS)
def test_syncing_each_commit_and_emptying_the_log_each_suffice_alone(
    name: str, mutant: str, tmp_path: Path
) -> None:
    assert wrong_among([run(film(named(name), tmp_path, mutant), 60, tmp_path)]) == []
