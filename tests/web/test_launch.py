"""The way in from the program: a file for this account alone leads there, and no command line ever does."""

import os
import re
import stat
import sys
from pathlib import Path

import pytest

from secondlens.web.door import Door
from secondlens.web.launch import write_launch_file
from secondlens.web.remembered import Remembered
from tests.web.conftest import PASSPHRASE, Clock
from tests.web.running import Running, make_vault, program, running

# Writes down every command line of the computer at the moment it is started, its own among them.
_BROWSER = """#!{python}
import pathlib, sys
seen = [sys.argv[1].encode()]
for told in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    try:
        seen.append(told.read_bytes())
    except OSError:
        pass
new = pathlib.Path({place!r}, "seen.new")
new.write_bytes(b"\\n".join(seen))
new.rename(new.with_name("seen"))
"""


@pytest.fixture
def browser(tmp_path: Path) -> dict[str, str]:
    """A program that stands in for the browser."""
    file = tmp_path / "browser"
    file.write_text(_BROWSER.format(python=sys.executable, place=str(tmp_path)))
    file.chmod(0o755)
    return {"BROWSER": f"{file} %s", "DISPLAY": ":0"}


def opened_file(it: Running) -> tuple[Path, list[bytes]]:
    """The file the browser was started with, and all command lines it saw; waits for the program to say so."""
    seen = it.place / "seen"
    assert it.process.stdout is not None
    while not seen.exists():  # the last line is printed just before the browser is started
        assert it.process.poll() is None
    first, *lines = seen.read_bytes().splitlines()
    return Path(first.decode().removeprefix("file://")), lines


@pytest.mark.skipif(sys.platform != "linux", reason="command lines are read in /proc")
def test_the_way_in_is_on_no_command_line_and_works_once(tmp_path: Path, browser: dict[str, str]) -> None:
    folder, secret = tmp_path / "Papers.vault", tmp_path / "words"
    make_vault(folder).close()
    secret.write_text(PASSPHRASE)
    command = ("open", str(folder), "--passphrase-file", str(secret))
    with program(*command, place=tmp_path, environment=browser) as it:
        assert it.address == f"http://127.0.0.1:{it.port}/"
        file, lines = opened_file(it)
        token = re.findall(r"/enter/([\w-]{43})", file.read_text())[0]
        assert len(lines) > 1
        assert not any(token.encode() in line for line in lines)
        assert token not in file.name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert it.ask("GET", f"/enter/{token}").status == 200
        assert not file.exists()
        assert it.ask("GET", f"/enter/{token}").status == 403


def test_the_file_leaves_with_the_program(tmp_path: Path, browser: dict[str, str]) -> None:
    with running([sys.executable, "-m", "secondlens"], tmp_path, browser) as it:
        file, _ = opened_file(it)
        assert file.exists()
    assert not file.exists()


def test_a_locked_vault_needs_no_token_at_all(tmp_path: Path, browser: dict[str, str]) -> None:
    folder = tmp_path / "Papers.vault"
    make_vault(folder).close()
    with program("open", str(folder), place=tmp_path, environment=browser) as it:
        page, _ = opened_file(it)
        assert str(page).replace(":/", "://") == f"http://127.0.0.1:{it.port}"
    assert not (tmp_path / "secondlens" / "pages").exists()


def test_a_token_and_its_file_last_one_minute(tmp_path: Path, clock: Clock) -> None:
    door = Door(port=1, remembered=Remembered(tmp_path), clock=clock)
    door.launch_file = file = write_launch_file(tmp_path, door.let_in_once(), 60)
    clock.now += 59
    door.keep_time()
    assert file.exists()
    clock.now += 1
    door.keep_time()
    assert (file.exists(), door.launch) == (False, None)


def test_what_a_killed_program_left_is_taken_away(tmp_path: Path) -> None:
    old = write_launch_file(tmp_path, "http://127.0.0.1:1/enter/x", 60)
    young = write_launch_file(tmp_path, "http://127.0.0.1:1/enter/y", 60)
    os.utime(old, (1, 1))
    last = write_launch_file(tmp_path, "http://127.0.0.1:1/enter/z", 60)
    assert set(old.parent.iterdir()) == {young, last}
