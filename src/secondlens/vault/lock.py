"""One process holds a vault at a time. The lock is the operating system's: it dies with the process."""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from secondlens.errors import Locked

LOCK_FILE = "vault.lock"


class InUse(Locked):
    """Another program has this vault open."""


@dataclass(frozen=True, slots=True)
class VaultLock:
    """A held lock. The file's content is the holder's process number, a hint for people and nothing more."""

    _handle: int

    def say_who(self) -> None:
        """Write our process number into the file; done only once the vault is really open."""
        if sys.platform != "win32":  # there a locked byte cannot be written past
            os.pwrite(self._handle, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let the next one in."""
        if sys.platform != "win32":
            with suppress(OSError):  # the content is a hint and nothing more
                os.ftruncate(self._handle, 0)
        os.close(self._handle)


def take_lock(folder: Path) -> VaultLock:
    """Lock a vault folder for this process. Raises InUse; never waits."""
    handle = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
    except OSError:
        os.close(handle)
        raise InUse(
            "This vault is open in another window or program. Close it there, then try again.",
        ) from None
    return VaultLock(handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        # flock, not lockf: it belongs to this opening of the file, so a second vault object in the same
        # process is refused too, and closing some other handle of the file does not drop it.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
