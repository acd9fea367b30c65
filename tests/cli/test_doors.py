"""The terminal door when the computer refuses: a sentence and a status, never a traceback or a lost code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from secondlens.cli._vault import read_passphrase
from tests.cli.conftest import CCD, Run

PROGRAM = (sys.executable, "-c", "from secondlens.cli import main; main()")


def buffered() -> dict[str, str]:
    """Python holds output back until its end unless told otherwise, and most people's Python is not."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def without_output(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run with an output that takes nothing: a handle that is open for reading only."""
    with Path(os.devnull).open(encoding="utf-8") as deaf:
        return subprocess.run(
            [*PROGRAM, *arguments], stdout=deaf, stderr=subprocess.PIPE, text=True, check=False, env=buffered()
        )


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_code_that_cannot_be_shown_leaves_no_vault(more: tuple[str, ...], tmp_path: Path, secret: Path) -> None:
    ran = without_output("new", tmp_path / "a.vault", "--passphrase-file", secret, *more)
    assert ran.returncode == 7
    assert ran.stderr == "The recovery code could not be shown, so no vault was made. Try again in a window.\n"
    assert [path.name for path in tmp_path.iterdir()] == [secret.name]


def test_a_list_that_cannot_be_written_is_said_in_a_sentence(run: Run, vault: Path, secret: Path) -> None:
    run("import", vault, CCD, "--yes", "--passphrase-file", secret)
    ran = without_output("list", vault, "--passphrase-file", secret)
    assert ran.returncode == 7
    assert ran.stderr.startswith("A file or folder could not be read or written.")
    assert ran.stderr.count("\n") == 1


def test_a_reader_that_leaves_early_is_no_error(run: Run, vault: Path, secret: Path) -> None:
    run("import", vault, CCD, "--yes", "--passphrase-file", secret)
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [*PROGRAM, "list", vault, "--passphrase-file", secret],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=buffered(),
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_name_too_long_is_said_in_a_sentence(run: Run, tmp_path: Path, secret: Path) -> None:
    for verb in ("new", "list", "open"):
        ran = run(verb, tmp_path / ("n" * 300), "--passphrase-file", secret)
        assert ran.status == 7
        assert ran.err.strip().endswith(".")
        assert ran.err.count("\n") == 1


def test_a_file_in_place_of_a_folder_is_said_in_a_sentence(run: Run, secret: Path) -> None:
    ran = run("demo", "--once", "--dir", secret)
    assert ran.status == 7
    assert ran.err.startswith("A file or folder could not be read or written.")


def test_without_a_keyboard_the_passphrase_file_is_named(
    run: Run, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        for ran in (run("list", vault), run("new", tmp_path / "b.vault")):
            assert (ran.status, ran.err) == (3, "There is no keyboard here. Use --passphrase-file FILE.\n")


def test_a_passphrase_file_from_a_windows_editor_opens(run: Run, vault: Path, tmp_path: Path) -> None:
    file = tmp_path / "windows.txt"
    file.write_bytes(b"\xef\xbb\xbffour calm words here\r\n" + b"notes below \xff" * 1000)
    assert run("list", vault, "--passphrase-file", file).status == 0


def test_only_the_start_of_a_passphrase_file_is_read(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(b"x" * 100_000)
    assert len(read_passphrase(film)) == 4096


def test_a_kind_that_is_none_is_said_with_the_kinds_there_are(run: Run, vault: Path, secret: Path) -> None:
    empty = run("list", vault, "--kind", "Nope", "--passphrase-file", secret)
    assert (empty.status, "no records yet" in empty.err) == (4, True)
    run("import", vault, CCD, "--yes", "--passphrase-file", secret)
    ran = run("list", vault, "--kind", "Nope", "--passphrase-file", secret)
    assert (ran.status, ran.out) == (4, "")
    assert "Condition" in ran.err
    assert run("list", vault, "--kind", "Case", "--passphrase-file", secret).status == 0
