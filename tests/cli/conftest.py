from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from secondlens.cli import main

FIXTURES = Path(__file__).parents[1] / "fixtures"
CCD = FIXTURES / "ccda" / "hl7_examples" / "Documents" / "CCD" / "CCD_1" / "CCD.XML"


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


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
    file.write_text("four calm words here\n", encoding="utf-8")
    return file


@pytest.fixture
def vault(run: Run, tmp_path: Path, secret: Path) -> Path:
    """A new vault."""
    folder = tmp_path / "my.vault"
    assert run("new", folder, "--passphrase-file", secret).status == 0
    return folder
