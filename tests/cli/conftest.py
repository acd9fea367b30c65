import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from secondlens.cli import main
from secondlens.vault import LEAST_COST, create_vault

PASSPHRASE = "four calm words here"
FIXTURES = Path(__file__).parents[1] / "fixtures"
CCD = FIXTURES / "ccda" / "hl7_examples" / "Documents" / "CCD" / "CCD_1" / "CCD.XML"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Made:
    folder: Path
    recovery_code: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run one command as a person would type it, and give what they would see."""

    def run_command(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        try:
            main([str(argument) for argument in arguments])
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        return Ran(status, *capsys.readouterr())

    return run_command


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with the passphrase."""
    file = tmp_path / "passphrase.txt"
    file.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One new vault for all tests, at a cost that saves time; nobody writes to it."""
    new = create_vault(tmp_path_factory.mktemp("made") / "my.vault", PASSPHRASE, cost=LEAST_COST)
    new.vault.close()
    return Made(new.vault.folder, new.recovery_code)


@pytest.fixture
def vault(made: Made, tmp_path: Path) -> Path:
    """A new vault."""
    folder = tmp_path / "my.vault"
    shutil.copytree(made.folder, folder)
    return folder


@pytest.fixture
def code(made: Made, tmp_path: Path) -> Path:
    """A file with the recovery code of the vault."""
    file = tmp_path / "code.txt"
    file.write_text(made.recovery_code)
    return file
