"""Guards taken away in a child process, to show that the battery notices. By name, as the child is told them."""

import os
import stat
from collections.abc import Callable
from typing import Any

from sqlcipher3 import dbapi2


def _no_fsync() -> None:
    def nothing(fd: Any) -> None:
        del fd

    os.fsync = nothing


def _no_folder_fsync() -> None:
    true_fsync = os.fsync

    def of_files_alone(fd: Any) -> None:
        number = fd if isinstance(fd, int) else fd.fileno()
        if not stat.S_ISDIR(os.fstat(number).st_mode):
            true_fsync(fd)

    os.fsync = of_files_alone


def _database(*, synchronous: str = "FULL", checkpoint: bool = True) -> None:
    """Let every connection obey other settings than the vault asks for."""

    class Mutant(dbapi2.Connection):  # type: ignore[misc]  # (a class of a library without types)
        def execute(self, statement: str, *values: Any) -> Any:
            if not checkpoint and "wal_checkpoint" in statement:
                return super().execute("SELECT 0")
            return super().execute(
                statement.replace("synchronous = FULL", f"synchronous = {synchronous}"), *values
            )

    true_connect = dbapi2.connect
    dbapi2.connect = lambda *where, **how: true_connect(*where, **how, factory=Mutant)


MUTANTS: dict[str, Callable[[], None]] = {
    "no-fsync": _no_fsync,
    "no-folder-fsync": _no_folder_fsync,
    "synchronous-off": lambda: _database(synchronous="OFF"),
    # NORMAL alone loses nothing here, because the log is emptied, and so synced, before a write is acknowledged.
    "synchronous-normal": lambda: _database(synchronous="NORMAL"),
    "synchronous-normal-log-kept": lambda: _database(synchronous="NORMAL", checkpoint=False),
    "log-kept": lambda: _database(checkpoint=False),
}
