"""Original files, kept byte for byte inside the database: in pieces, each packed and fingerprinted."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from typing import Any

import zstandard

from secondlens.errors import Damaged, NotFound
from secondlens.vault.passing import CHUNK, ChangedOriginal, Chunk, Original, Packer
from secondlens.vault.upgrades import FIRST_PACKED, version_of_format

_NO_END = 2**62


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


def keep_document(database: Any, document: Document, original: Original) -> None:
    """Write an original; the caller has begun the transaction. Raises ChangedOriginal."""
    database.execute(
        "INSERT INTO document (sha256, name, size, media_type, kept_at) VALUES (?, ?, ?, ?, ?)",
        (document.sha256, document.name, document.size, document.media_type, document.kept_at),
    )
    number = count()

    def write(chunk: Chunk) -> None:
        packed, size = chunk
        database.execute(
            "INSERT INTO document_chunk (document, n, sha256, bytes, unpacked) VALUES (?, ?, ?, ?, ?)",
            (document.sha256, next(number), sha256(packed).digest(), packed, size),
        )

    if original.held is not None:
        for chunk in original.held:
            write(chunk)
        return
    packer = Packer(write)
    original.again(packer.take)
    packer.end()
    if packer.sha256 != document.sha256:
        raise ChangedOriginal


def read_document(database: Any, name: str) -> bytes:
    """Give an original's bytes. Raises NotFound, and DamagedDocument when a chunk is missing or changed."""
    found = database.execute("SELECT size FROM document WHERE sha256 = ?", (name,)).fetchone()
    if found is None:
        raise NotFound("This original file is not in the vault. Import it again if you have it.")
    content = b"".join(_chunks(database, name))
    if len(content) != found[0] or fingerprint(content) != name:
        raise DamagedDocument
    return content


def check_document(database: Any, name: str) -> None:
    """Read an original piece by piece. Raises DamagedDocument when it is not what was kept."""
    found = database.execute("SELECT size FROM document WHERE sha256 = ?", (name,)).fetchone()
    passed, size = sha256(), 0
    for piece in _chunks(database, name):
        passed.update(piece)
        size += len(piece)
    if found is None or size != found[0] or passed.hexdigest() != name:
        raise DamagedDocument


def read_part(database: Any, name: str, offset: int, size: int) -> bytes:
    """Give so many bytes of an original from an offset on. Raises NotFound, and DamagedDocument."""
    if not is_kept(database, name):
        raise NotFound("This original file is not in the vault. Import it again if you have it.")
    first, last = offset // CHUNK, (offset + size - 1) // CHUNK
    content = b"".join(_chunks(database, name, first, last))
    begin = offset - first * CHUNK
    if len(content) < begin + size:
        raise DamagedDocument
    return content[begin : begin + size]


def unpacked_of(version: int) -> str:
    """Give the column of the plain size of a piece, as this format of the database has it."""
    return "unpacked" if version >= FIRST_PACKED else "NULL AS unpacked"


def _chunks(database: Any, name: str, first: int = 0, last: int = _NO_END) -> Iterator[bytes]:
    rows = database.execute(
        f"SELECT n, sha256, bytes, {unpacked_of(version_of_format(database))} FROM document_chunk "  # noqa: S608 - our own names
        "WHERE document = ? AND n BETWEEN ? AND ? ORDER BY n",
        (name, first, last),
    )
    for expected, (n, digest, content, unpacked) in enumerate(rows, first):
        if n != expected or sha256(content).digest() != digest:
            raise DamagedDocument
        yield content if unpacked is None else _unpack(content, unpacked)


def _unpack(content: bytes, size: int) -> bytes:
    try:
        plain = zstandard.ZstdDecompressor().decompress(content, max_output_size=CHUNK)
    except zstandard.ZstdError:
        raise DamagedDocument from None
    if len(plain) != size:
        raise DamagedDocument
    return plain
