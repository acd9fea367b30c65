"""Telling whether a vault is still what was written. Reads everything, changes nothing, survives damage.

quick: the key file and the anchor (done at every opening). normal: every page, the order of the database, every
record, and the ledger replayed. full: every original file as well.
"""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged, SecondlensError
from secondlens.vault.database import connect, plain_errors
from secondlens.vault.documents import check_document, list_documents, unpacked_of
from secondlens.vault.keys import DATABASE, KEY_FILE, PREVIOUS_KEY_FILE, VaultKey, read_key_file, verify_keys
from secondlens.vault.ledger import Anchor, Replay, Stray, read_ledger
from secondlens.vault.rows import SELECT, version_of
from secondlens.vault.series import count_unsound
from secondlens.vault.upgrades import has_ledger, has_series, version_of_format

_ADVICE = (
    "Make a copy of the vault folder now, then let Secondlens mend it (secondlens repair), or restore a backup."
)
_MOST_NAMED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """`findings` are sentences, none when all is well; `records` and `documents` count what could be read.

    `affected` names the records that are damaged as well as can be told, and may hold health facts. `end` is where
    the ledger ends, None when that cannot be read or was not looked for.
    """

    findings: tuple[str, ...]
    records: int
    documents: int
    affected: tuple[str, ...] = ()
    end: Anchor | None = None

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def check_vault(folder: Path, key: VaultKey, *, full: bool) -> CheckReport:
    """Check keys, pages, structure, records and originals of a vault folder."""
    findings = list(check_keys(folder, key))
    report = check_database(folder / DATABASE, key, full=full)
    return CheckReport(
        findings=tuple(dict.fromkeys((*findings, *report.findings))),
        records=report.records,
        documents=report.documents,
        affected=report.affected,
        end=report.end,
    )


def check_database(path: Path, key: VaultKey, *, full: bool) -> CheckReport:
    """Check one database file.

    Both page checks are needed: one misses cut-off pages, the other misses flipped bits. And a connection
    that met a bad page answers nothing more, so each check has one of its own.
    """
    findings: list[str] = []
    affected: list[str] = []

    def on_its_own(check: Callable[[Any, list[str]], int], *, read_only: bool = True) -> int:
        try:
            with closing(connect(path, key, read_only=read_only)) as database, plain_errors():
                return check(database, findings)
        except Damaged as error:
            findings.append(str(error))
            return 0

    def replay(database: Any, found: list[str]) -> int:
        return _check_ledger(database, found, affected)

    on_its_own(_check_pages)
    on_its_own(_check_structure)
    # Asking the index to check itself is spelled as a write, and writes nothing.
    on_its_own(_check_words, read_only=False)
    records = on_its_own(_check_records)
    on_its_own(replay)
    on_its_own(_check_series)
    documents = on_its_own(_check_originals if full else _check_list_of_originals)
    return CheckReport(
        findings=tuple(dict.fromkeys(findings)),
        records=records,
        documents=documents,
        affected=tuple(affected),
        end=_end_of(path, key),
    )


def check_keys(folder: Path, key: VaultKey) -> Iterable[str]:
    """Tell which key files of a vault are not what was signed with this key, in sentences."""
    for name in (KEY_FILE, PREVIOUS_KEY_FILE):
        try:
            verify_keys(read_key_file(folder / name), key)
        except (SecondlensError, OSError):
            yield (
                f"The key file {name} is missing or damaged. The vault is open now. "
                "Put the file back from a copy of the folder if you have one."
            )


def _check_pages(database: Any, findings: list[str]) -> int:
    bad = len(database.execute("PRAGMA cipher_integrity_check").fetchall())
    if bad:
        findings.append(f"Parts of the database are not what was written ({bad} found). {_ADVICE}")
    return bad


def _check_structure(database: Any, findings: list[str]) -> int:
    bad = [row for row in database.execute("PRAGMA integrity_check").fetchall() if row[0] != "ok"]
    bad += database.execute("PRAGMA foreign_key_check").fetchall()
    bad += database.execute(
        "SELECT id FROM record AS one "
        "WHERE current != (version = (SELECT max(version) FROM record WHERE id = one.id))"
    ).fetchall()
    if bad:
        findings.append(f"The order of the database is broken ({len(bad)} places found). {_ADVICE}")
    return len(bad)


def _check_words(database: Any, _findings: list[str]) -> int:
    database.execute("INSERT INTO record_words (record_words, rank) VALUES ('integrity-check', 1)")
    return 0


def _check_records(database: Any, findings: list[str]) -> int:
    """Read every version of every record, old and removed ones too; count the current ones."""
    current = unreadable = 0
    try:
        with plain_errors():
            for row in database.execute(SELECT):
                try:
                    removed = version_of(row).removed
                    current += int(row[-1] and not removed)
                except Damaged:
                    unreadable += 1
    except Damaged as error:
        findings.append(str(error))
    if unreadable:
        findings.append(f"The words of some records cannot be read ({unreadable} found). {_ADVICE}")
    return current


def _check_ledger(database: Any, findings: list[str], affected: list[str]) -> int:
    if not has_ledger(database):  # a copy from before the ledger was, such as a backup made before an upgrade
        return 0
    found = read_ledger(database).replay(database)
    if found.broken is not None or found.strays:
        findings.append(_older_parts(found))
        affected += _named(database, found.strays)
    return len(found.strays)


def _check_series(database: Any, findings: list[str]) -> int:
    bad = count_unsound(database) if has_series(database) else 0
    if bad:
        findings.append(f"Some readings of devices are not what was kept ({bad} places found). {_ADVICE}")
    return bad


def _older_parts(found: Replay) -> str:
    places = len(found.strays) or 1
    return (
        f"Parts of this vault are older than they should be, or were changed past Secondlens ({places} found): "
        f"the list of everything ever written here does not fit what is here. {_ADVICE}"
    )


def _named(database: Any, strays: Iterable[Stray]) -> Iterable[str]:
    """Name records as a person knows them, as far as they can still be read."""
    for stray in list(strays)[:_MOST_NAMED]:
        if stray.table == "record":
            row = database.execute("SELECT kind, start, text FROM record WHERE row = ?", (stray.place,)).fetchone()
            yield " ".join(filter(None, (row[0], row[1], row[2][:80]))) if row else f"record number {stray.place}"
        elif stray.table == "document":
            yield f"original file {str(stray.place)[:12]}"


def _check_list_of_originals(database: Any, findings: list[str]) -> int:
    unpacked = unpacked_of(version_of_format(database))
    rows = database.execute(
        "SELECT count(*), total(size != (SELECT coalesce(sum(coalesce(unpacked, packed)), 0) FROM "  # noqa: S608 - our own names
        f"(SELECT document, length(bytes) AS packed, {unpacked} FROM document_chunk) "
        "WHERE document = document.sha256)) FROM document",
    ).fetchone()
    if rows[1]:
        findings.append(f"Some original files are not complete ({int(rows[1])} found). {_ADVICE}")
    return int(rows[0] - rows[1])


def _check_originals(database: Any, findings: list[str]) -> int:
    whole = 0
    for document in list_documents(database):
        try:
            with plain_errors():
                check_document(database, document.sha256)
            whole += 1
        except Damaged as error:
            findings.append(str(error))
    return whole


def _end_of(path: Path, key: VaultKey) -> Anchor | None:
    try:
        with closing(connect(path, key, read_only=True)) as database, plain_errors():
            return read_ledger(database).end(database) if has_ledger(database) else None
    except Damaged:
        return None
