"""After a lock nothing of the vault is left in the memory of the program: its process is replaced.

Looked at from outside, in /proc/PID/mem. The same search finds everything before the lock, so it can find it.
"""

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from secondlens.domain.clinical import Condition
from secondlens.vault.keys import read_keys, unlock
from tests.web.conftest import PASSPHRASE
from tests.web.running import Running, make_vault, program, serving_vault

# The program keeps its memory to itself, also from root in most containers. So that a test can look all the same,
# the first and the second process of the test are both told not to.
_OPEN_MEMORY = "from secondlens.web import process\nprocess.keep_memory_private = lambda: None\n"
_PIECE = 1 << 24

linux_alone = pytest.mark.skipif(sys.platform != "linux", reason="memory of another process is read in /proc")


@pytest.fixture
def marked(tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    """A vault with one record, and what must not be found: words of the record, and the keys."""
    word = f"marker{secrets.token_hex(12)}"
    folder = tmp_path / "Papers.vault"
    with make_vault(folder) as vault:
        vault.add(Condition(title=word))
    key = unlock(read_keys(folder), passphrase=PASSPHRASE)
    parts = {"vault key": key.secret, "database key": key.part("db")}
    needles = {"record": word.encode()}
    for name, value in parts.items():
        needles |= {
            name: value,
            f"{name}, hex": value.hex().encode(),
            f"{name}, HEX": value.hex().upper().encode(),
        }
    return folder, needles


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(_OPEN_MEMORY)
    return {"PYTHONPATH": str(tmp_path / "site")}


def counted(process: int, needles: dict[str, bytes]) -> dict[str, int]:
    """How often each needle stands in the memory of a process."""
    found = dict.fromkeys(needles, 0)
    for piece in pieces_of(process):
        for name, needle in needles.items():
            found[name] += piece.count(needle)
    return found


def pieces_of(process: int) -> Iterator[bytes]:
    """All memory that can be read, each stretch in pieces that overlap a little."""
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            if "r" not in rights or "[v" in line:
                continue
            start, end = (int(edge, 16) for edge in place.split("-"))
            for at in range(start, end, _PIECE):
                try:
                    memory.seek(at)
                    yield memory.read(min(_PIECE + 100, end - at))
                except (OSError, ValueError):  # a stretch that is gone, or of a device
                    break


@linux_alone
@pytest.mark.parametrize("way", ["lock", "hide"])
def test_after_the_button_nothing_is_left(
    way: str, marked: tuple[Path, dict[str, bytes]], environment: dict[str, str], tmp_path: Path
) -> None:
    folder, needles = marked
    with program("open", str(folder), "--no-open", place=tmp_path, environment=environment) as running:
        session = running.unlock()
        nothing_is_left(running, session, needles, lambda: running.post(f"/s/{session}/{way}"))


@linux_alone
def test_after_the_time_is_over_nothing_is_left(
    marked: tuple[Path, dict[str, bytes]], environment: dict[str, str], tmp_path: Path
) -> None:
    folder, needles = marked
    with serving_vault(folder, tmp_path, environment=environment) as running:
        session = running.come_in()
        nothing_is_left(running, session, needles, lambda: running.put_forward("clock", 600))


def nothing_is_left(running: Running, session: str, needles: dict[str, bytes], lock: Callable[[], object]) -> None:
    pid = running.process.pid
    needles = needles | {"session": session.encode()}
    page = running.ask("GET", f"/s/{session}/records?kind=Condition")
    assert needles["record"] in page.body
    before = counted(pid, needles)
    assert min(before["record"], before["vault key"], before["session"]) > 0, before
    lock()
    assert "locked" in running.next_line()
    locked = running.ask("GET", "/")
    assert (locked.status, b"Secondlens is locked" in locked.body) == (200, True)
    after = counted(pid, needles)
    sys.stdout.write(f"found before the lock: {before}\nfound after it: {after}\n")
    assert after == dict.fromkeys(needles, 0)
    assert running.process.poll() is None, "the process number has changed"
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    assert (b"afresh" in command, b"vault" in command) == (True, False)
    again = running.unlock()
    assert needles["record"] in running.ask("GET", f"/s/{again}/records?kind=Condition").body
