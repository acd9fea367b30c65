"""Telling whether a vault is still what was written. Reads everything, changes nothing, survives damage."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondlens.errors import SecondlensError
from secondlens.vault.database import connect, plain_errors
from secondlens.vault.documents import list_documents, read_document
from secondlens.vault.keys import DATABASE, KEY_FILE, PREVIOUS_KEY_FILE, VaultKey, read_key_file, verify_keys
from secondlens.vault.rows import SELECT, version_of

_ADVICE = "Make a copy of the vault folder now, then put back an older copy if you have one."


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """`findings` are sentences, none when all is well; `records` and `documents` count what could be read."""

    findings: tuple[str, ...]
    records: int
    documents: int

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


def check_vault(folder: Path, key: VaultKey, *, full: bool) -> CheckReport:
    """Check keys, pages, structure, records and originals.

    Both page checks are needed: one misses cut-off pages, the other misses flipped bits. And a connection
    that met a bad page answers nothing more, so each check has one of its own.
    """
    findings: list[str] = []

    def on_its_own(check: Callable[[Any, list[str]], int]) -> int:
        try:
            with closing(connect(folder / DATABASE, key, read_only=True)) as database, plain_errors():
                return check(database, findings)
        except SecondlensError as error:
            findings.append(str(error))
            return 0

    _check_keys(folder, key, findings)
    on_its_own(_check_pages)
    on_its_own(_check_structure)
    records = on_its_own(_check_records)
    documents = on_its_own(_check_originals if full else _check_list_of_originals)
    return CheckReport(findings=tuple(dict.fromkeys(findings)), records=records, documents=documents)


def _check_keys(folder: Path, key: VaultKey, findings: list[str]) -> None:
    for name in (KEY_FILE, PREVIOUS_KEY_FILE):
        try:
            verify_keys(read_key_file(folder / name), key)
        except (SecondlensError, OSError):
            findings.append(
                f"The key file {name} is missing or damaged. The vault is open now. "
                "Put the file back from a copy of the folder if you have one.",
            )


def _check_pages(database: Any, findings: list[str]) -> int:
    bad = len(database.execute("PRAGMA cipher_integrity_check").fetchall())
    if bad:
        findings.append(f"Parts of the database are not what was written ({bad} found). {_ADVICE}")
    return bad


def _check_structure(database: Any, findings: list[str]) -> int:
    bad = [row for row in database.execute("PRAGMA integrity_check").fetchall() if row[0] != "ok"]
    bad += database.execute("PRAGMA foreign_key_check").fetchall()
    if bad:
        findings.append(f"The order of the database is broken ({len(bad)} places found). {_ADVICE}")
    return len(bad)


def _check_records(database: Any, findings: list[str]) -> int:
    """Read every version of every record, old and removed ones too; count the current ones."""
    current = unreadable = 0
    try:
        with plain_errors():
            for row in database.execute(SELECT):
                try:
                    removed = version_of(row).removed
                    current += int(row[-1] and not removed)
                except SecondlensError:
                    unreadable += 1
    except SecondlensError as error:
        findings.append(str(error))
    if unreadable:
        findings.append(f"The words of some records cannot be read ({unreadable} found). {_ADVICE}")
    return current


def _check_list_of_originals(database: Any, findings: list[str]) -> int:
    rows = database.execute(
        "SELECT count(*), total(size != (SELECT coalesce(sum(length(bytes)), 0) FROM document_chunk "
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
                read_document(database, document.sha256)
            whole += 1
        except SecondlensError as error:
            findings.append(str(error))
    return whole
