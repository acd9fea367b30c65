import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from secondlens.vault import LEAST_COST, Vault, create_vault
from tests.vault.making import PASSPHRASE, Place


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """One empty vault for all tests; nobody writes to it."""
    folder = tmp_path_factory.mktemp("made") / "example.vault"
    new = create_vault(folder, PASSPHRASE, cost=LEAST_COST)
    new.vault.close()
    return Place(folder=folder, recovery_code=new.recovery_code)


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """A closed, empty vault of one test's own."""
    folder = tmp_path / "mine.vault"
    shutil.copytree(made.folder, folder)
    return Place(folder=folder, recovery_code=made.recovery_code)


@pytest.fixture
def vault(place: Place) -> Iterator[Vault]:
    """An open, empty vault of one test's own."""
    with place.open() as opened:
        yield opened
