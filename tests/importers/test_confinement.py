"""What a reader cannot do even when a file has taken it over: files, network, processes, more memory or time."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from secondlens.domain.record import Unread
from secondlens.importers._messages import Confinement
from secondlens.importers.sandbox import Sandbox
from tests.importers.children import FILE, reader_with

ATTEMPTS = {
    "read a file": "open('/etc/passwd').read()",
    "read its own program": "open(sys.executable, 'rb').read()",
    "list a folder": "os.listdir('/')",
    "write a file": "open('/tmp/secondlens-was-here', 'w').write('x')",
    "make a file without a name": "os.memfd_create('x')",
    "open a connection": "socket.create_connection(('127.0.0.1', 9))",
    "send a packet": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "talk to a neighbour": "socket.socketpair()",
    "make a pipe": "os.pipe()",
    "run a program": "os.execv(sys.executable, [sys.executable, '-c', ''])",
    "split in two": "os.fork()",
    "start a thread": "import _thread\n_thread.start_new_thread(print, ())",
    "stop its parent": "os.kill(os.getppid(), 9)",
    "look into its parent": "if ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0): raise OSError",
    "raise its limits": "resource.setrlimit(resource.RLIMIT_CPU, (9, 9))",
    "make memory a program": "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_reader_may_not(attempt: str) -> None:
    lines = "".join(f"    {line}\n" for line in attempt.splitlines())
    refused = "except (OSError, RuntimeError, ValueError):\n    yield Unread('it', 'refused')\n"
    with Sandbox(reader_with(f"try:\n{lines}{refused}")) as sandbox:
        reading = sandbox.read(FILE)
    assert Unread("it", "refused") in reading.entries


def test_a_reader_says_what_holds_it() -> None:
    with Sandbox() as sandbox:
        sandbox.read(FILE)
        assert sandbox.confinement == Confinement(rlimits=True, seccomp=True, landlock=landlock_version() > 0)


def outcome(program: str) -> tuple[int, str]:
    """Run a few lines in a process of their own; how it ended, and what it said."""
    ours = "from secondlens.importers import _confinement, _landlock, _linux, _seccomp"
    command = [sys.executable, "-I", "-c", f"import os, resource, socket, sys\n{ours}\n{program}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    return ran.returncode, ran.stdout.strip()


def attempt_after(guard: str, attempt: str) -> tuple[int, str]:
    return outcome(
        f"{guard}\ntry:\n    {attempt}\nexcept (OSError, MemoryError) as error:\n    print(type(error).__name__)"
    )


LIMITED = "_confinement.limit(2**29, 1)"


# Not to be tried out: root may start processes past the limit, and where a core goes is the system's business.
@pytest.mark.parametrize("kind", ["RLIMIT_NPROC", "RLIMIT_CORE"])
def test_limits_are_set(kind: str) -> None:
    assert outcome(f"{LIMITED}; print(resource.getrlimit(resource.{kind}))") == (0, "(0, 0)")


def test_nobody_looks_into_a_reader_and_it_gains_nothing() -> None:
    asked = "import ctypes; ask = ctypes.CDLL(None).prctl; print(ask(3), ask(39, 0, 0, 0, 0))"
    assert outcome(f"_confinement.give_up_privileges(); {asked}") == (0, "0 1")


@pytest.mark.parametrize(
    ("attempt", "end"),
    [
        ("open('/dev/null')", (0, "OSError")),
        ("bytearray(2**30)", (0, "MemoryError")),
        ("os.close(0); open('{tmp}/limited', 'w', buffering=1).write('x\\n')", (0, "OSError")),
        ("while True: pass", (-signal.SIGXCPU, "")),
    ],
)
def test_limits_hold_by_themselves(attempt: str, end: tuple[int, str], tmp_path: Path) -> None:
    assert attempt_after(LIMITED, attempt.format(tmp=tmp_path)) == end


_SERVER = "server = socket.create_server(('127.0.0.1', 0)); client = socket.socket()"
LANDLOCKED = f"{_SERVER}; _linux.control(38, 1); _landlock.close_files_and_network()"


def landlock_version() -> int:
    """What this kernel knows of Landlock; below 1 nothing."""
    return int(outcome("print(_linux.system_call(444, 0, 0, 1))")[1])


@pytest.mark.parametrize(
    ("attempt", "since"),
    [
        ("open('/etc/passwd')", 1),
        ("open('{tmp}/new', 'w')", 1),
        ("os.listdir('/')", 1),
        ("client.connect(server.getsockname())", 4),
    ],
)
def test_landlock_holds_by_itself_where_the_kernel_has_it(attempt: str, since: int, tmp_path: Path) -> None:
    ended = attempt_after(LANDLOCKED, attempt.format(tmp=tmp_path))
    assert (ended == (0, "PermissionError")) is (landlock_version() >= since)


FILTERED = "_linux.control(38, 1); _seccomp.allow_reading_and_writing() or sys.exit('no filter')"


@pytest.mark.parametrize("attempt", ["open('/etc/passwd')", "os.fork()", "socket.socket()"])
def test_the_filter_holds_by_itself(attempt: str) -> None:
    assert attempt_after(FILTERED, attempt) == (0, "PermissionError")


def test_a_reader_dies_with_its_parent() -> None:
    """Killed in the middle of a file, when no closed pipe tells the reader anything."""
    program = (
        "import sys\n"
        "from secondlens.importers import sandbox\n"
        "from tests.importers.children import FILE, reader_with\n"
        "class Telling(sandbox.Records):\n"
        "    def take(self, part):\n"
        "        print(reader._child._process.pid, flush=True)\n"
        "sandbox.Records = Telling\n"
        "with sandbox.Sandbox(reader_with('while True: pass')) as reader:\n"
        "    reader.read(FILE)\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root) as parent:
        assert parent.stdout
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    try:
        ended, _, _ = select.select([child], [], [], 20)
        assert ended
    finally:
        os.close(child)


def test_a_reader_inherits_nothing_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "four calm words")
    inherited = """
        yield Unread("environment", str(sorted(os.environ)))
        for number in range(3, 100):
            try:
                os.lseek(number, 0, os.SEEK_CUR)
                yield Unread("open", str(number))
            except OSError as error:
                if error.errno != errno.EBADF:
                    yield Unread("open", str(number))
    """
    with Path(os.devnull).open() as handle:
        os.set_inheritable(handle.fileno(), True)  # noqa: FBT003  (its signature)
        with Sandbox(reader_with(inherited)) as sandbox:
            said = [entry for entry in sandbox.read(FILE).entries if isinstance(entry, Unread)]
    assert [entry.where for entry in said] == ["environment", "all"]
    assert "SECRET" not in said[0].why
