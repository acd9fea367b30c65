"""Starting the battery's children: alone, or under strace, which can record, refuse or kill at any system call."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.attack.operations import BEGIN, Operation, state_environment
from tests.attack.strace_log import Call, read_calls
from tests.system_packages import STRACE, find_or_install

ROOT = Path(__file__).parents[2]
TYPED = 3

# Everything that changes names or bytes, or makes them last. `-xx` spells strings in hex, `-y` names handles.
CHANGES = (
    *("openat", "creat", "write", "pwrite64", "pwritev", "pwritev2", "writev", "sendfile", "copy_file_range"),
    *("lseek", "fsync", "fdatasync", "sync_file_range", "ftruncate", "truncate", "fallocate", "mmap", "msync"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "link", "linkat"),
    *("symlink", "symlinkat"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended: the steps it said after BEGIN, whether it came so far, its status and what it wrote."""

    began: bool
    acknowledged: tuple[str, ...]
    status: int
    errors: str

    @property
    def untyped(self) -> bool:
        """Whether it ended neither well nor in one of our sentences, nor by the kill that we sent."""
        return self.status not in {0, TYPED, -signal.SIGKILL}


def command_of(operation: Operation, ground: Path, mutant: str | None = None) -> list[str]:
    """The command line of a child."""
    words = [sys.executable, "-m", "tests.attack.operations", operation.name, str(ground)]
    return words + ([mutant] if mutant else [])


def start(command: Sequence[str], ground: Path) -> subprocess.Popen[str]:
    """Start a child in a ground."""
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | state_environment(ground),
    )


def until_begun(child: subprocess.Popen[str]) -> None:
    """Wait until a child begins its work."""
    assert child.stdout
    assert child.stdout.readline() == f"{BEGIN}\n"


def ended(child: subprocess.Popen[str], *, begun: bool = False) -> Ended:
    """Wait for a child, and read all it said; `begun` when `until_begun` has read the first line."""
    said, errors = child.communicate(timeout=300)
    lines = said.splitlines() if not begun else [BEGIN, *said.splitlines()]
    return Ended(began=lines[:1] == [BEGIN], acknowledged=tuple(lines[1:]), status=child.returncode, errors=errors)


def traced(words: Sequence[str]) -> list[str]:
    """The start of a command line under strace; stops are made at the traced calls alone, so it stays quick."""
    # That quick way delivers no injected signal.
    quick = [] if any("signal=" in word for word in words) else ["--seccomp-bpf"]
    return [find_or_install(STRACE), "-f", "-qq", *quick, *words]


def inject(operation: Operation, ground: Path, call: str, what: str) -> Ended:
    """Run an operation with a fault at a system call, as strace words it: "error=EIO:when=7"."""
    strace = traced(["-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{what}"])
    return ended(start([*strace, *command_of(operation, ground)], ground))


def record(operation: Operation, ground: Path, log: Path, mutant: str | None = None) -> list[Call]:
    """Run an operation undisturbed, and give every change it made, in order. Raises when it fails."""
    strace = traced(["-y", "-xx", "-s", "100000000", "-o", str(log), "-e", f"trace={','.join(CHANGES)}"])
    end = ended(start([*strace, *command_of(operation, ground, mutant)], ground))
    if end.status:
        raise RuntimeError(f"{operation.name} failed undisturbed: {end.errors}")
    with log.open(encoding="ascii") as lines:
        return list(read_calls(lines))


def counted(calls: Sequence[Call]) -> dict[str, tuple[int, int]]:
    """For each system call, how many came before BEGIN was said, and how many in all: "when=" counts from 1."""
    begin = next(
        place
        for place, call in enumerate(calls)
        if call.name == "writev"
        and call.handle
        and call.handle[0] == 1
        and call.bytes(1).startswith(BEGIN.encode())
    )
    before = Counter(call.name for call in calls[: begin + 1])
    return {name: (before[name], whole) for name, whole in Counter(call.name for call in calls).items()}
