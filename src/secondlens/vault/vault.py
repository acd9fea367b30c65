"""The open vault: the one place records and original files are kept and found."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from secondlens.domain.kinds import KINDS
from secondlens.domain.receipt import Ending
from secondlens.domain.record import Kept, Record
from secondlens.errors import BadInput, Damaged, Locked, NotFound
from secondlens.vault import documents, search
from secondlens.vault.check import CheckReport, check_vault
from secondlens.vault.database import DamagedDatabase, checkpoint, connect, plain_errors, transaction
from secondlens.vault.keys import DATABASE, VaultKey
from secondlens.vault.lock import VaultLock
from secondlens.vault.rows import SELECT, Version, kept_of, new_id, row_of, version_of
from secondlens.vault.versions import compare_records, write_versions

_KIND_ORDER = {kind.__name__: place for place, kind in enumerate(KINDS)}
_OTHERS = _KIND_ORDER["OtherResource"]


class VaultClosed(Locked):
    """The vault was closed while a page or a command still held it."""


class Vault:
    """An open vault. Any thread may call it; calls take turns. `with` closes it at the end.

    Made by `open_vault` and `create_vault`, which hold its lock and have checked its key.
    """

    def __init__(self, folder: Path, key: VaultKey, lock: VaultLock, database: Any, id_salt: bytes) -> None:
        self.folder = folder
        self._key = key
        self._held = lock
        self._database = database
        self._turn = threading.RLock()
        self._salt = id_salt
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write everything into the one file, close it, and let go of the lock. Closing twice is no error."""
        with self._turn:
            if self._open:
                self._open = False
                try:
                    with plain_errors(), closing(self._database):
                        checkpoint(self._database)
                finally:
                    self._held.release()

    def get(self, record_id: str) -> Kept:
        """Give the current version of a record. Raises NotFound, also for a removed one."""
        with self._using() as database:
            return kept_of(_live_row(database, record_id))

    def history(self, record_id: str) -> tuple[Version, ...]:
        """Give all versions of a record, oldest first, removals too. Raises NotFound."""
        with self._using() as database:
            rows = database.execute(
                SELECT + " WHERE id = ? ORDER BY version",
                (record_id,),
            ).fetchall()
            if not rows:
                raise _not_here()
            return tuple(map(version_of, rows))

    def list(self, kind: str | None = None) -> Iterator[Kept]:
        """Give the current records: kinds in the order of KINDS, newest start first, unknown dates last."""
        kinds = [kind] if kind else [name for name, _ in self.counts()]
        with self._using() as database:
            rows = [
                row
                for name in kinds
                for row in database.execute(
                    SELECT + " WHERE current AND NOT removed AND kind = ? ORDER BY start DESC NULLS LAST, row",
                    (name,),
                )
            ]
        return map(kept_of, rows)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Give how many current records of each kind there are, in the order of KINDS."""
        with self._using() as database:
            rows = database.execute(
                "SELECT kind, count(*) FROM record WHERE current AND NOT removed GROUP BY kind",
            ).fetchall()
        return tuple(sorted(rows, key=lambda row: (_KIND_ORDER.get(row[0], _OTHERS), row[0])))

    def search(self, words: str, limit: int = 50) -> tuple[search.Found, ...]:
        """Find current records that have all the words, best first; the last word may be unfinished."""
        with self._using() as database:
            return search.find(database, words, limit)

    def documents(self) -> tuple[documents.Document, ...]:
        """List the original files, newest first."""
        with self._using() as database:
            return documents.list_documents(database)

    def document(self, sha256: str) -> bytes:
        """Give an original file, byte for byte. Raises NotFound, or Damaged when it is not what was kept."""
        with self._using() as database:
            return documents.read_document(database, sha256)

    def add(self, record: Record, why: str | None = None) -> Kept:
        """Keep what the person wrote, as a new record."""
        kept = Kept(new_id(), 1, _now(), record)
        self._write(kept, why)
        return kept

    def revise(self, record_id: str, record: Record, why: str | None = None) -> Kept:
        """Put a new version in front of the current one. Raises NotFound. An equal one changes nothing."""
        with self._turn:
            before = self.get(record_id)
            if before.record == record:
                return before
            kept = Kept(record_id, before.version + 1, _now(), record)
            self._write(kept, why)
            return kept

    def remove(self, record_id: str, why: str | None = None) -> None:
        """Take a record out of sight; its history stays. Raises NotFound."""
        with self._turn:
            before = self.get(record_id)
            self._write(Kept(record_id, before.version + 1, _now(), before.record), why, removed=True)

    def compare(self, records: Sequence[Record]) -> tuple[Ending, ...]:
        """Tell what keeping the records of one file would do, each in its place. Writes nothing."""
        with self._using() as database:
            return tuple(found.ending for found in compare_records(database, records, self._salt))

    def keep(
        self, name: str, content: bytes, sha256: str, records: Sequence[Record], *, media_type: str | None = None
    ) -> tuple[Ending, ...]:
        """Keep a file and what was read from it, all or nothing. Doing it twice changes nothing more.

        `sha256` is the file's fingerprint, hex. When this returns, the data has reached the disk.
        """
        if documents.fingerprint(content) != sha256:
            raise BadInput("The file changed while it was being read. Nothing was kept. Choose the file again.")
        with self._using() as database:
            with transaction(database):
                now = _now()
                found = compare_records(database, records, self._salt)
                if not documents.is_kept(database, sha256):
                    document = documents.Document(
                        sha256=sha256, name=name, size=len(content), media_type=media_type, kept_at=now
                    )
                    documents.keep_document(database, document, content)
                fresh = [pair for pair in zip(found, records, strict=True) if pair[0].ending is not Ending.SAME]
                if fresh:
                    batch = _new_batch(database, sha256, now)
                    rows = [row_of(Kept(one.id, one.version, now, record), batch=batch) for one, record in fresh]
                    write_versions(database, rows)
            checkpoint(database)
        return tuple(one.ending for one in found)

    def check(self, *, full: bool = False) -> CheckReport:
        """Read everything and tell what is not as it was written. Changes nothing; `full` reads originals too."""
        with self._using():
            return check_vault(self.folder, self._key, full=full)

    def _write(self, kept: Kept, why: str | None, *, removed: bool = False) -> None:
        with self._using() as database:
            row = row_of(kept, why=why, removed=removed)
            with transaction(database):
                write_versions(database, [row])
            checkpoint(database)

    @contextmanager
    def _using(self) -> Iterator[Any]:
        """Take a turn with the database, and say its errors in plain words."""
        with self._turn:
            if not self._open:
                raise VaultClosed("The vault is locked. Open it with your passphrase to go on.")
            try:
                with plain_errors():
                    yield self._database
            except DamagedDatabase:
                self._connect_again()
                raise

    def _connect_again(self) -> None:
        """A connection that met a bad page stays broken; a fresh one still reads everything else."""
        with suppress(Damaged):
            fresh = connect(self.folder / DATABASE, self._key)
            self._database.close()
            self._database = fresh


def _live_row(database: Any, record_id: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = database.execute(
        SELECT + " WHERE id = ? AND current AND NOT removed",
        (record_id,),
    ).fetchone()
    if row is None:
        raise _not_here()
    return row


def _new_batch(database: Any, sha256: str, now: str) -> int:
    cursor = database.execute("INSERT INTO import_batch (document, imported_at) VALUES (?, ?)", (sha256, now))
    return int(cursor.lastrowid)


def _not_here() -> NotFound:
    return NotFound("This record is not in the vault, or was removed. Go back to the list and look for it there.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
