"""The memory of the program is its own: no core dumps, and on Linux no look from another program."""

import json
import subprocess
import sys

import pytest

linux_alone = pytest.mark.skipif(sys.platform != "linux", reason="prctl and /proc are Linux")

_TELL = """
import ctypes, json, resource
print(json.dumps([ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE)]))
"""
_COMMAND = f"from secondlens.cli import main\nmain(['--version'])\n{_TELL}"
_AFRESH = f"""
import os, msgspec
from secondlens.web import afresh
from secondlens.web.app import Told
from secondlens.web.door import WrongTries
reading, writing = os.pipe()
os.write(writing, msgspec.json.encode(Told(port=1, folder="x", sample=False, wrong_tries=WrongTries())))
os.close(writing)
afresh.serve = lambda *_, **__: None
afresh.main(reading, None)
{_TELL}"""
# A child of the same person, without root's rights, looks into its parent.
_LOOK = """
import ctypes, os, resource, sys
from secondlens.web import process
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
if sys.argv[1] == "private":
    process.keep_memory_private()
if os.fork() == 0:
    try:
        open(f"/proc/{os.getppid()}/mem", "rb").close()
        print("seen", flush=True)
    except PermissionError:
        print("refused", flush=True)
    os._exit(0)
os.wait()
"""


def run(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()[-1]


@linux_alone
@pytest.mark.parametrize("code", [_COMMAND, _AFRESH], ids=["every command", "after the lock"])
def test_no_core_is_dumped(code: str) -> None:
    assert json.loads(run(code)) == [0, 0, 0]


@linux_alone
@pytest.mark.parametrize(("mode", "found"), [("open", "seen"), ("private", "refused")])
def test_another_program_of_the_same_person_cannot_look_in(mode: str, found: str) -> None:
    assert run(_LOOK, mode) == found
