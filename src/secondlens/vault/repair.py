"""Mending a damaged vault: copied aside first, healed from the newest backup, and what is lost is named.

Nothing is changed in place. A new database is written beside the damaged one: each row that fits the ledger as it
is, each that does not or cannot be read from the newest verified backup, and what neither has goes into the loss
report. Only when the new database has passed the full check does it take the old one's place.
"""

import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged
from secondlens.vault._files import make_private_file, sync_file, sync_folder
from secondlens.vault.backup import list_backups, take_out
from secondlens.vault.check import CheckReport, check_database
from secondlens.vault.database import (
    PAGE,
    connect,
    empty_log,
    opens_with,
    plain_errors,
    transaction,
)
from secondlens.vault.documents import check_document, unpacked_of
from secondlens.vault.keyring import Keyring
from secondlens.vault.keys import DATABASE, VaultKey
from secondlens.vault.ledger import COLUMNS, Ledger, begin_ledger
from secondlens.vault.passing import CHUNK
from secondlens.vault.refusals import refuse_no_room
from secondlens.vault.rotation import NEW_DATABASE, forget_unfinished, swap_in
from secondlens.vault.salvage import Source
from secondlens.vault.upgrades import FIRST_WITH_FACTS, upgrade

_Row = tuple[Any, ...]
_LINES = "seq, at, what, place, marks, head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What came of mending. `aside` is the untouched copy of the damaged folder.

    `healed` counts rows and pieces of originals taken from a backup; `lost` names what could not be saved, and may
    hold health facts. `records` and `documents` count what is there now.
    """

    aside: Path
    healed: int
    lost: tuple[str, ...]
    records: int
    documents: int


def copy_aside(folder: Path) -> Path:
    """Copy a damaged vault's folder as it is, before anything is opened. Bytes the disk refuses become zeros."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    aside = folder.with_name(f"{folder.name}.damaged-{stamp}-{secrets.token_hex(2)}")
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    refuse_no_room(folder.parent, 2 * size)
    aside.mkdir(mode=0o700)
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink():
            _copy_what_is_readable(path, aside / path.name)
            sync_file(aside / path.name)
    sync_folder(aside)
    sync_folder(aside.parent)
    return aside


def mend(keyring: Keyring, backups: Path, aside: Path) -> Mended:
    """Write the database anew from what can be read and the newest backup, check it, and put it in place.

    The caller holds the vault's lock. Raises Damaged when nothing can be read and there is no backup.
    """
    folder, key = keyring.folder, keyring.key
    forget_unfinished(folder)
    _fill_last_page(folder / DATABASE)
    healer = folder / ".healer"
    shutil.rmtree(healer, ignore_errors=True)
    try:
        donor = _newest_whole(backups, key, healer)
        _refuse_nothing(folder, key, donor, aside)
        last_line = keyring.anchor.seq if keyring.anchor else 0
        gathering = _Gathering(Source(folder / DATABASE, key), donor, last_line)
        gathering.write(folder / NEW_DATABASE, key)
        report = _checked(folder / NEW_DATABASE, key)
    except BaseException:
        forget_unfinished(folder)
        raise
    finally:
        shutil.rmtree(healer, ignore_errors=True)
    swap_in(folder)
    return Mended(
        aside=aside,
        healed=gathering.healed,
        lost=tuple(gathering.lost),
        records=report.records,
        documents=report.documents,
    )


def _fill_last_page(database: Path) -> None:
    """Make a file that was cut inside a page readable up to there; the copy aside stays as it was."""
    missing = -database.stat().st_size % PAGE if database.is_file() else 0
    if missing:
        with database.open("ab") as file:
            file.write(bytes(missing))


def _newest_whole(backups: Path, key: VaultKey, place: Path) -> Source | None:
    """Unpack the newest backup of this vault and key that is whole from end to end."""
    for copy in list_backups(backups, key.vault_id):
        if copy.epoch == key.epoch:
            try:
                take_out(copy.folder, place, key)
            except Damaged:  # and nothing else: a disk that refuses once must not cost what this backup holds
                shutil.rmtree(place, ignore_errors=True)
            else:
                return Source(place / DATABASE, key)
    return None


def _refuse_nothing(folder: Path, key: VaultKey, donor: Source | None, aside: Path) -> None:
    if donor is None and not opens_with(folder / DATABASE, key):
        raise Damaged(
            "Nothing in the database (vault.db) can be read, and there is no whole backup of this vault. "
            f"The damaged folder was copied to {aside.name}. Look for a backup on another disk."
        )


def _checked(path: Path, key: VaultKey) -> CheckReport:
    report = check_database(path, key, full=True)
    if not report.ok:
        raise Damaged(f"The vault could not be mended: {report.findings[0]} Nothing was changed.")
    return report


class _Gathering:
    """Collects rows and originals from a damaged database and, where that fails, from a whole one."""

    def __init__(self, damaged: Source, donor: Source | None, last_line: int) -> None:
        self.healed = 0
        self.lost: list[str] = []
        self._sources = [source for source in (damaged, donor) if source]
        self._meta = self._read_meta()
        self._ledger = Ledger(bytes(self._meta["ledger_key"][1]))
        self._lines = self._read_lines(last_line)
        self._marks = self._ledger.marks_in(self._lines[seq] for seq in sorted(self._lines))

    def write(self, path: Path, key: VaultKey) -> None:
        """Write a new database of all that could be collected."""
        make_private_file(path)
        with closing(connect(path, key, new=True)) as database, plain_errors():
            upgrade(database)
            with transaction(database):
                database.execute("DELETE FROM ledger")
                database.execute("DELETE FROM meta")
                _insert(database, "meta", self._meta.values())
                self._write_originals(database)
                self._write_rows(database)
                database.execute("INSERT INTO record_words (record_words) VALUES ('rebuild')")
                self._continue_ledger(database)
            empty_log(database)
        sync_file(path)

    def _read_meta(self) -> dict[Any, _Row]:
        meta: dict[Any, _Row] = {}
        for source in self._sources:
            rows = source.named("meta", COLUMNS["meta"], "name", ())
            meta = {row[0]: row for row in rows} | meta
        if not {"vault_id", "id_salt", "ledger_key"} <= meta.keys():
            raise Damaged("The part of the vault that names it cannot be read. Restore a backup instead.")
        return meta

    def _read_lines(self, last: int) -> dict[int, _Row]:
        lines: dict[int, _Row] = {}
        for source in self._sources:
            lines = {row[0]: row for row in source.numbered("ledger", _LINES, "seq", last)} | lines
        return lines

    def _rows_of(self, table: str) -> dict[Any, _Row]:
        """Take each row that fits its mark, from the vault or else the backup; one without a mark as it is."""
        marks = self._marks[table]
        found = [_read_rows(source, table, marks) for source in self._sources]
        rows: dict[Any, _Row] = {}
        for place in sorted(set(marks).union(*found)):
            choices = [one[place] for one in found if place in one]
            fits = [row for row in choices if place not in marks or self._ledger.mark(row) == marks[place]]
            if fits:
                rows[place] = fits[0]
                self.healed += fits[0] is not found[0].get(place)
            else:
                self.lost.append(_named(table, place, choices))
        return rows

    def _write_originals(self, database: Any) -> None:
        """Write each piece that is what its fingerprint says; an original that misses one is lost as a whole."""
        documents = self._rows_of("document")
        _insert(database, "document", documents.values())
        kept: set[tuple[str, int]] = set()
        pieces = sum(-(-row[2] // CHUNK) for row in documents.values())
        for number, source in enumerate(self._sources):
            for _, document, n, digest, content, unpacked in source.numbered(
                "document_chunk",
                f"rowid, document, n, sha256, bytes, {unpacked_of(source.version)}",
                "rowid",
                pieces,
                at_once=8,
            ):
                good = document in documents and sha256(content).digest() == digest
                if good and (document, n) not in kept:
                    kept.add((document, n))
                    database.execute(
                        "INSERT INTO document_chunk (document, n, sha256, bytes, unpacked) VALUES (?, ?, ?, ?, ?)",
                        (document, n, digest, content, unpacked),
                    )
                    self.healed += number
        for name, row in documents.items():
            try:
                check_document(database, name)
            except Damaged:
                database.execute("DELETE FROM document_chunk WHERE document = ?", (name,))
                database.execute("DELETE FROM document WHERE sha256 = ?", (name,))
                self.lost.append(f"Original file: {row[1]}")

    def _write_rows(self, database: Any) -> None:
        """Write rows so that each finds what it points at; the newest version left of a record is current."""
        documents = {row[0] for row in database.execute("SELECT sha256 FROM document")}
        batches = {place: row for place, row in self._rows_of("import_batch").items() if row[1] in documents}
        _insert(database, "import_batch", batches.values())
        records = self._rows_of("record").values()
        newest: dict[str, int] = {}
        for row in records:
            newest[row[1]] = max(row[2], newest.get(row[1], 0))
        _insert(
            database,
            "record",
            (
                (*row[:8], row[8] if row[8] in batches else None, *row[9:], int(row[2] == newest[row[1]]))
                for row in records
            ),
        )
        self._lead_from_fact_to_fact(database)
        _insert(database, "audit", self._rows_of("audit").values())
        for table in ("sighting", "import_run", "taken_back"):
            place = COLUMNS[table].split(", ").index("batch")
            rows = self._rows_of(table).values()
            _insert(database, table, (row for row in rows if row[place] in batches))
        series = self._rows_of("series")
        _insert(database, "series", series.values())
        for table in ("series_chunk", "series_day"):
            _insert(database, table, (row for row in self._rows_of(table).values() if row[1] in series))

    def _lead_from_fact_to_fact(self, database: Any) -> None:
        """Take over which rows tell one fact, from whichever source still says so: no mark covers that."""
        for source in self._sources:
            if source.version >= FIRST_WITH_FACTS:
                database.executemany(
                    "UPDATE record SET fact = ?2, since = ?3 WHERE row = ?1 AND since IS NULL",
                    list(source.numbered("record", "row, fact, since", "row", 0)),
                )

    def _continue_ledger(self, database: Any) -> None:
        """Go on with the ledger when all of it fits again; begin a new one over what is left otherwise."""
        lines = (self._lines[seq] for seq in sorted(self._lines))
        database.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)", lines)
        found = self._ledger.replay(database)
        if found.broken is not None or found.strays:
            database.execute("DELETE FROM ledger")
            begin_ledger(database, self._ledger)


def _read_rows(source: Source, table: str, marks: Mapping[Any, bytes]) -> dict[Any, _Row]:
    place = COLUMNS[table].partition(",")[0]
    if table == "document":
        return {row[0]: row for row in source.named(table, COLUMNS[table], place, marks)}
    return {row[0]: row for row in source.numbered(table, COLUMNS[table], place, max(marks, default=0))}


def _insert(database: Any, table: str, rows: Iterable[_Row]) -> None:
    columns = f"{COLUMNS[table]}, current" if table == "record" else COLUMNS[table]
    values = ", ".join("?" * len(columns.split(",")))
    database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({values})", rows)  # noqa: S608 - our own names


def _named(table: str, place: int | str, choices: list[_Row]) -> str:
    if table == "record" and choices:
        _, _, _, kind, _, start, text, *_ = choices[0]
        return " ".join(filter(None, (kind, start, text[:80])))
    words = {
        "record": "A record",
        "document": "An original file",
        "audit": "A line of who saw what",
        "series": "A series of readings",
        "series_chunk": "A month of readings",
        "series_day": "The figures of a day of readings",
        "sighting": "A second source of a record",
    }
    return f"{words.get(table, 'A line about an import')} (number {str(place)[:12]})"


def _copy_what_is_readable(source: Path, target: Path) -> None:
    make_private_file(target)
    size = source.stat().st_size
    with source.open("rb", buffering=0) as read, target.open("wb") as written:
        for start in range(0, size, 4096):
            try:
                read.seek(start)
                written.write(read.read(4096))
            except OSError:
                written.write(bytes(min(4096, size - start)))
