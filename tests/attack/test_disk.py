from pathlib import Path

import pytest

from tests.attack.disk_full import run_in_namespace
from tests.attack.io_errors import run
from tests.attack.operations import OPERATIONS, Operation
from tests.attack.report import wrong_among


@pytest.mark.parametrize("name", ["import", "create"])
def test_a_full_disk_is_said_in_words_and_loses_nothing(name: str) -> None:
    figures = run_in_namespace(8, name)
    assert sum(figure.tried for figure in figures) == 8
    assert wrong_among(figures) == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_refused_call_is_said_in_words_and_loses_nothing(operation: Operation, tmp_path: Path) -> None:
    figure = run(operation, 6, tmp_path, every=9)
    assert figure.tried >= 9
    assert wrong_among([figure]) == []
