"""Original files, kept byte for byte inside the database in chunks that are each fingerprinted."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from secondlens.errors import Damaged, NotFound

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An original file. `sha256` hex; `size` in bytes; `kept_at` UTC, ISO 8601; `name` only for people."""

    sha256: str
    name: str
    size: int
    media_type: str | None
    kept_at: str


class DamagedDocument(Damaged):
    """An original file is not what was kept."""

    def __init__(self) -> None:
        super().__init__(
            "This original file is damaged in the vault. What was read from it is still here. "
            "Import the file again, or put back a copy of the vault folder if you have one.",
        )


def fingerprint(content: bytes) -> str:
    """Give the name an original goes by: its SHA-256, hex."""
    return sha256(content).hexdigest()


def list_documents(database: Any) -> tuple[Document, ...]:
    """List the originals, newest first."""
    rows = database.execute(
        "SELECT sha256, name, size, media_type, kept_at FROM document ORDER BY kept_at DESC, name",
    )
    return tuple(
        Document(sha256=row[0], name=row[1], size=row[2], media_type=row[3], kept_at=row[4]) for row in rows
    )


def is_kept(database: Any, name: str) -> bool:
    """Tell whether an original is here."""
    return database.execute("SELECT 1 FROM document WHERE sha256 = ?", (name,)).fetchone() is not None


def keep_document(database: Any, document: Document, content: bytes) -> None:
    """Write an original; the caller has begun the transaction."""
    database.execute(
        "INSERT INTO document (sha256, name, size, media_type, kept_at) VALUES (?, ?, ?, ?, ?)",
        (document.sha256, document.name, document.size, document.media_type, document.kept_at),
    )
    view = memoryview(content)
    database.executemany(
        "INSERT INTO document_chunk (document, n, sha256, bytes) VALUES (?, ?, ?, ?)",
        (
            (document.sha256, n, sha256(part).digest(), part)
            for n, part in enumerate(view[start : start + CHUNK] for start in range(0, len(view), CHUNK))
        ),
    )


def read_document(database: Any, name: str) -> bytes:
    """Give an original's bytes. Raises NotFound, and DamagedDocument when a chunk is missing or changed."""
    found = database.execute("SELECT size FROM document WHERE sha256 = ?", (name,)).fetchone()
    if found is None:
        raise NotFound("This original file is not in the vault. Import it again if you have it.")
    content = b"".join(_chunks(database, name))
    if len(content) != found[0] or fingerprint(content) != name:
        raise DamagedDocument
    return content


def _chunks(database: Any, name: str) -> Iterator[bytes]:
    rows = database.execute(
        "SELECT n, sha256, bytes FROM document_chunk WHERE document = ? ORDER BY n",
        (name,),
    )
    for expected, (n, digest, content) in enumerate(rows):
        if n != expected or sha256(content).digest() != digest:
            raise DamagedDocument
        yield content
