"""Records as rows: bodies are JSON made from the domain's dataclasses, ids say nothing about the fact."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

import msgspec

from secondlens.domain.clinical import OtherResource
from secondlens.domain.kinds import KINDS
from secondlens.domain.matching import identities
from secondlens.domain.record import Kept, Record, searchable
from secondlens.errors import Damaged, NotFound

_ID_BYTES = 10
_SHAPES = {kind.__name__: kind for kind in KINDS}
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in _SHAPES.items()}
_ENCODER = msgspec.json.Encoder()
_COMMON = {field.name for field in fields(Record)}

# The columns that the functions below read, and those that are written, in their order.
SELECT = "SELECT id, version, shape, kind, body, recorded_at, why, removed, batch, current FROM record"
INSERT = (
    "INSERT INTO record (row, id, version, kind, shape, start, text, body, batch, recorded_at, why, removed, "
    "fact, since, current) VALUES "
)
VALUES = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"


@dataclass(frozen=True, slots=True)
class Version(Kept):
    """One version of a record in its history. `removed` means that from here on it was taken out."""

    why: str | None = None
    removed: bool = False


class UnreadableRecord(Damaged):
    """A record's body is not what a Secondlens writes."""

    def __init__(self) -> None:
        super().__init__(
            "One record in this vault cannot be read. The others are not touched. "
            "Run a full check, and put back a copy of the vault folder if you have one.",
        )


def row_of(
    kept: Kept, *, why: str | None = None, batch: int | None = None, removed: bool = False
) -> tuple[Any, ...]:
    """Give the values of a row that a mark covers, but for its place."""
    record = kept.record
    return (
        kept.id,
        kept.version,
        record.kind,
        type(record).__name__,
        record.start.text if record.start else None,
        searchable(record),
        _ENCODER.encode(record).decode(),
        batch,
        kept.recorded_at,
        why,
        int(removed),
    )


def version_of(row: tuple[Any, ...]) -> Version:
    """Read a row of SELECT."""
    record_id, version, shape, kind, body, recorded_at, why, removed, *_ = row
    return Version(record_id, version, recorded_at, read_body(shape, kind, body), why, bool(removed))


def kept_of(row: tuple[Any, ...]) -> Kept:
    """Read a row of SELECT as what is kept now."""
    return Kept(row[0], row[1], row[5], read_body(*row[2:5]))


def live_row(database: Any, record_id: str) -> tuple[Any, ...]:
    """Give the row of SELECT of a current record. Raises NotFound, also for a removed one."""
    row: tuple[Any, ...] | None = database.execute(
        SELECT + " WHERE id = ? AND current AND NOT removed",
        (record_id,),
    ).fetchone()
    if row is None:
        raise not_here()
    return row


def not_here() -> NotFound:
    """The error for a record that is not in the vault."""
    return NotFound("This record is not in the vault, or was removed. Go back to the list and look for it there.")


def read_body(shape: str, kind: str, body: str) -> Record:
    """Read a body. Fields this version does not know are passed over. Raises UnreadableRecord.

    A shape this version does not know, from a newer one, comes out as OtherResource with what all records share.
    """
    try:
        if shape in _DECODERS:
            return _DECODERS[shape].decode(body)
        shared = {name: value for name, value in msgspec.json.decode(body).items() if name in _COMMON}
        return msgspec.convert({**shared, "resource_type": kind}, OtherResource)
    except (msgspec.DecodeError, AttributeError):
        raise UnreadableRecord from None


def ids_of(records: Sequence[Record], salt: bytes) -> tuple[str, ...]:
    """Give every record of one file its id: the same fact gets the same id in this vault, always.

    The salt is random and kept inside the vault, so an id in an address or a log tells nobody what it names.
    """
    return tuple(
        blake2b(_ENCODER.encode(identity), digest_size=_ID_BYTES, key=salt).hexdigest()
        for identity in identities(records)
    )


def new_id() -> str:
    """Give an id for what the person wrote: random, since no file will bring it again."""
    return secrets.token_hex(_ID_BYTES)
