"""`secondlens read`: what files hold, without a vault, as a stable contract; and the bar for people who wait."""

import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.cli.conftest import CCD, FIXTURES, Run

MEDICINES = FIXTURES / "golden" / "fhir" / "medicines.json"
EXPECTED = Path(__file__).parent / "read-medicines.expected.jsonl"


def at_a_terminal(*arguments: object) -> tuple[str, str]:
    """Run the program with its error output on a terminal: what it printed, and what the terminal got."""
    terminal, error = pty.openpty()
    command = [sys.executable, "-m", "secondlens", *map(str, arguments)]
    # A file takes any amount; a pipe would be full while we wait for the terminal.
    with tempfile.TemporaryFile() as out, subprocess.Popen(command, stdout=out, stderr=error) as process:
        os.close(error)
        shown = b""
        try:
            while piece := os.read(terminal, 65536):
                shown += piece
        except OSError:  # how Linux says that the other end of a terminal is closed
            pass
        os.close(terminal)
        process.wait()
        out.seek(0)
        return out.read().decode(), shown.decode()


def test_the_lines_are_those_of_the_contract(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MEDICINES.parent)
    ran = run("read", MEDICINES.name, "--json")
    assert (ran.status, ran.err) == (0, "")
    got, expected = ran.out.splitlines(), EXPECTED.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in got] == [json.loads(line) for line in expected]


def test_lines_are_those_of_list_without_an_id(run: Run, vault: Path, secret: Path) -> None:
    *read, receipt = map(json.loads, run("read", CCD, "--json").out.splitlines())
    run("import", vault, CCD, "--yes", "--passphrase-file", secret)
    kept = [
        json.loads(line) for line in run("list", vault, "--json", "--passphrase-file", secret).out.splitlines()
    ]
    for line in kept:
        del line["id"]
    assert sorted(map(json.dumps, read)) == sorted(map(json.dumps, kept))
    account = receipt["receipt"]
    assert account["new"] + account["as_text"] == len(read)
    assert (account["path"], account["same"], account["changed"]) == (str(CCD), 0, 0)


def test_each_file_has_its_receipt_and_one_that_cannot_be_read_is_told_by_the_status(
    run: Run, tmp_path: Path
) -> None:
    bad = tmp_path / "shopping.txt"
    bad.write_bytes(b"milk, bread")
    ran = run("read", bad, CCD, tmp_path / "gone.xml", "--json")
    receipts = [line["receipt"] for line in map(json.loads, ran.out.splitlines()) if "receipt" in line]
    assert ran.status == 3
    assert [receipt["path"] for receipt in receipts] == [str(bad), str(CCD), str(tmp_path / "gone.xml")]
    assert [bool(receipt.get("problem")) for receipt in receipts] == [True, False, True]


def test_people_get_lines_and_the_same_account_as_at_the_import(run: Run) -> None:
    out = run("read", CCD).out
    assert "Hemoglobin  13.2 g/dL" in out
    assert "15 kept as text" in out


def test_a_terminal_gets_a_bar_with_each_file_and_the_output_stays_clean(tmp_path: Path) -> None:
    names = ("one.xml", "two.xml", "three.xml")
    for name in names:
        (tmp_path / name).write_bytes(CCD.read_bytes())
    out, shown = at_a_terminal("read", tmp_path, "--json")
    assert all(json.loads(line) for line in out.splitlines())
    assert all(name in shown for name in names)
    assert "4/4" in shown


def test_the_import_has_a_bar_too(vault: Path, secret: Path) -> None:
    out, shown = at_a_terminal("import", vault, CCD, "--yes", "--json", "--passphrase-file", secret)
    assert json.loads(out)["files"][0]["new"] > 0
    assert "CCD.XML" in shown
    assert "1/1" in shown


@pytest.mark.parametrize("verb", ["read", "import"])
def test_a_pipe_gets_no_bar(verb: str, run: Run, vault: Path, secret: Path) -> None:
    arguments = (CCD,) if verb == "read" else (vault, CCD, "--yes", "--passphrase-file", secret)
    assert run(verb, *arguments, "--json").err == ""


def test_a_file_name_cannot_command_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b]0;owned\x07.xml").write_bytes(CCD.read_bytes())
    _, shown = at_a_terminal("read", tmp_path, "--json")
    assert "\x1b]0;" not in shown
    assert "owned" in shown
