"""Opening vault.db: SQLCipher, with every setting that security and durability ask for."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from secondlens.errors import BadInput, Damaged, Locked, NotAllowed, SecondlensError
from secondlens.vault._files import make_private_file, sync_file
from secondlens.vault.keys import VaultKey
from secondlens.vault.refusals import no_room

PAGE = 4096
_LEAST_SQLITE = (3, 51, 3)  # before it, a race could corrupt a database in WAL mode
_LEAST_SQLCIPHER = (4, 19)


class OldLibrary(NotAllowed):
    """The database library is too old to keep a vault safe."""


class DamagedDatabase(Damaged):
    """A page of the database is not what was written; the connection that met it is of no more use."""


class DiskRefused(NotAllowed):
    """The disk did not take a write or did not give a read; the library does not say which."""


def connect(path: Path, key: VaultKey, *, read_only: bool = False, new: bool = False) -> Any:
    """Open the database. Raises Damaged when it is not the one this key belongs to, or its first page is bad.

    The connection may be used from any thread, by one thread at a time.
    """
    require_library(dbapi2.sqlite_version, _cipher_version())
    if not new:
        refuse_cut_short(path)
    with plain_errors():
        database = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=5,
        )
    try:
        with plain_errors():
            _set_up(database, key, read_only=read_only)
    except BaseException:
        database.close()
        raise
    return database


def require_library(sqlite: str, sqlcipher: str) -> None:
    """Raise OldLibrary unless both versions are ones a vault is safe with."""
    if _numbers(sqlite) < _LEAST_SQLITE or _numbers(sqlcipher) < _LEAST_SQLCIPHER:
        raise OldLibrary(
            f"The database library here is too old to keep a vault safe (SQLite {sqlite}, SQLCipher {sqlcipher}). "
            "Install the package sqlcipher3, 0.6.4 or newer, and remove others like sqlcipher3-binary.",
        )


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what the database library says into one of our sentences."""
    try:
        yield
    except UnicodeEncodeError:
        raise BadInput(
            "This text has broken characters that cannot be kept. Correct them and try again."
        ) from None
    except dbapi2.DatabaseError as error:
        if isinstance(error, dbapi2.ProgrammingError):  # ours to mend, not theirs to read about
            raise
        raise _in_words(error) from None


@contextmanager
def transaction(database: Any) -> Iterator[None]:
    """Write everything inside, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def checkpoint(database: Any) -> None:
    """Move everything from the write-ahead log into the database file, and empty the log.

    A flipped bit in the log silently drops what was committed after it; pages of the file are authenticated.
    """
    # What is in the log is safely committed: a full disk here is no reason to call the write a failure.
    with suppress(dbapi2.OperationalError):
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def empty_log(database: Any) -> None:
    """Move everything from the write-ahead log into the database file. Raises Locked while somebody reads it."""
    with plain_errors():
        busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Locked("This vault is being read at this moment, maybe by a backup. Wait a minute, then try again.")


def opens_with(path: Path, key: VaultKey) -> bool:
    """Tell whether this key is the one of a database that is whole at its start."""
    try:
        connect(path, key, read_only=True).close()
    except Damaged:
        return False
    return True


def copy_with_key(database: Any, target: Path, key: VaultKey) -> None:
    """Write everything of an open database into a new file under another key. The file has reached the disk."""
    make_private_file(target)
    with plain_errors():
        database.execute("ATTACH DATABASE ? AS other KEY ?", (str(target), f"x'{key.part('db').hex()}'"))
        try:
            database.execute("SELECT sqlcipher_export('other')").fetchall()
            for name in ("application_id", "user_version"):
                value = database.execute(f"PRAGMA main.{name}").fetchone()[0]
                database.execute(f"PRAGMA other.{name} = {value:d}")
        finally:
            database.execute("DETACH DATABASE other")
    sync_file(target)


def copy_packed(database: Any, target: Path) -> None:
    """Write a copy of an open database as of this moment, under the same key. The file has reached the disk.

    Never a copy of the file: what is in the write-ahead log would be missing. And never VACUUM in place: it takes
    as much memory as the database is large.
    """
    make_private_file(target)
    with plain_errors():
        database.execute("VACUUM INTO ?", (str(target),))
    sync_file(target)


def refuse_cut_short(path: Path) -> None:
    """Raise Damaged for a database file that is missing, empty or not a whole number of pages."""
    if not path.is_file():
        raise Damaged(
            "The database (vault.db) is missing from this vault. Put back a copy of the folder if you have one."
        )
    size = path.stat().st_size
    if size == 0:
        # SQLite would open this as an empty vault, with any key.
        raise Damaged(
            "The database of this vault (vault.db) is empty. Put back a copy of the folder if you have one."
        )
    log = path.with_name(f"{path.name}-wal")
    # A power cut while the file grew can leave a part of a page at its end; the log then has the whole page.
    if size % PAGE and not (log.is_file() and log.stat().st_size):
        raise Damaged(
            "The database of this vault (vault.db) is cut short, as after a broken copy. "
            "Copy it again, or put back a copy of the folder if you have one.",
        )


def _set_up(database: Any, key: VaultKey, *, read_only: bool) -> None:
    database.enable_load_extension(0)
    database.execute("PRAGMA cipher_log_level = NONE")
    # The key alone, 64 hex digits: with a salt given too, parts of page 1 would go unverified.
    database.execute(f"PRAGMA key = \"x'{key.part('db').hex()}'\"")
    database.execute("PRAGMA cipher_compatibility = 4")
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "wal_autocheckpoint = 200",
        "trusted_schema = OFF",
        "cell_size_check = ON",
        "secure_delete = ON",
        "foreign_keys = ON",
        "mmap_size = 0",
        "cache_size = -65536",
        f"query_only = {'ON' if read_only else 'OFF'}",
    ):
        database.execute(f"PRAGMA {setting}").fetchall()
    database.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _in_words(error: dbapi2.DatabaseError) -> SecondlensError:
    said = str(error)
    if "is full" in said:
        return no_room()
    if (
        "I/O error" in said
    ):  # bad pages are told otherwise; this is also what no room for the log's index is called
        return DiskRefused(
            "The disk did not do what was asked, so nothing was changed: it is full, not connected, or failing. "
            "Make room, check that it is connected, and try again. If it goes on, copy the vault to another disk."
        )
    if "locked" in said or "busy" in said:
        return Locked("Another program is writing to this vault's database. Close it, then try again.")
    if "readonly" in said or "unable to open" in said:
        return NotAllowed("This folder cannot be written to. Move the vault to a folder of your own.")
    if "not a database" in said:
        return Damaged(
            "The database (vault.db) does not belong to this vault's keys, or its start is damaged. "
            "Put back a copy of the folder if you have one.",
        )
    return DamagedDatabase(
        "A part of this vault cannot be read: the disk or a copy damaged it. "
        "Make a copy of the folder now, then let Secondlens mend it (secondlens repair), or restore a backup.",
    )


def _cipher_version() -> str:
    scratch = dbapi2.connect(":memory:")
    try:
        return str(scratch.execute("PRAGMA cipher_version").fetchone()[0])
    finally:
        scratch.close()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(maxsplit=1)[0].split("."))
