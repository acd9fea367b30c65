"""The process itself: its memory is for nobody else, and at the lock it is replaced by a new one.

Python cannot wipe a key or a record from its memory: measured after closing the vault, several copies of both
remain. So a lock puts a fresh program in the place of this one: same process number, same port, nothing known.
"""

import ctypes
import os
import socket
import subprocess
import sys
from contextlib import suppress
from typing import NoReturn

_NEXT = (sys.executable, "-P", "-m", "secondlens.web.afresh")
_PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """No core dumps; on Linux nobody but root may look into this process. Lasts until the program is replaced."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  (not there on Windows)

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def replace(listening: socket.socket, told: bytes) -> NoReturn:
    """Become the locked program on the same port. `told` goes through a pipe: arguments can be read by others.

    It must hold no secret. When the new program cannot be started, this one ends all the same.
    """
    try:
        if sys.platform == "win32":
            _start_anew(listening, told)
        else:
            _become(listening, told)
    except OSError:
        sys.stderr.write("Secondlens is locked and has stopped. Start it again from its program.\n")
        sys.stderr.flush()
    os._exit(0)


def _become(listening: socket.socket, told: bytes) -> NoReturn:
    reading, writing = os.pipe()
    os.write(writing, told)
    os.close(writing)
    os.set_inheritable(reading, True)  # noqa: FBT003  (its only parameter)
    listening.set_inheritable(True)
    sys.stdout.flush()
    os.execv(_NEXT[0], [*_NEXT, str(reading), str(listening.fileno())])  # noqa: S606  (our own program, no shell)


def _start_anew(listening: socket.socket, told: bytes) -> None:
    """On Windows a program cannot be replaced: a new one starts and takes the port when this one has left it."""
    listening.close()
    new = subprocess.Popen([*_NEXT, "0"], stdin=subprocess.PIPE)  # noqa: S603  (our own program)
    if new.stdin is not None:
        new.stdin.write(told)
        new.stdin.close()
