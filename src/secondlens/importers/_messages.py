"""What the program and its reader say to each other: length-prefixed MessagePack, typed and bounded.

The program sends Limits once, then one Question after another, each followed by the bytes of the file. The reader
says Hello once, and answers each question with any number of parts and exactly one ending.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import IO, Any, cast

import msgspec

from secondlens.domain.case import Case, CasePart
from secondlens.domain.columns import ColumnMapping, TableMapping
from secondlens.domain.kinds import KINDS
from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import Samples
from secondlens.importers.table_seen import TableSeen

# A file brings what clinicians recorded; what the person wrote never comes out of one.
SHAPES: dict[str, type[Record] | type[Samples] | type[Unread]] = {
    Unread.__name__: Unread,
    Samples.__name__: Samples,
    **{kind.__name__: kind for kind in KINDS if not issubclass(kind, Case | CasePart | ColumnMapping)},
}
PIECE = 1024 * 1024
LARGEST_LIMITS = 16 * 1024**2
MOST_LETTERS = 20_000
LARGE = ("look", "stream", "unpack")
_PREFIX = 4
_BATCH = 128


class Limits(msgspec.Struct, frozen=True):
    """What a reader may use: `memory` in bytes of address space, `seconds` of processor time in its whole life.

    `mappings` are what it knows of the columns of tables. `large`: it will be asked to "stream".
    """

    memory: int
    seconds: int
    mappings: tuple[TableMapping, ...] = ()
    large: bool = False


class Question(msgspec.Struct, frozen=True):
    """`ask` is "read", "open" (a zip), "attached" (files in entries), "excerpt" (the words at `where`), "columns".

    "columns" are those of a table. `size` bytes of the file follow outside the message. For the three of LARGE the
    reader asks for parts of them: "look" opens a zip, "stream" reads a file or the member of a zip at `where`,
    "unpack" gives the bytes of one.
    """

    ask: str
    name: str
    size: int
    where: str = ""


class Confinement(msgspec.Struct, frozen=True):
    """What holds a reader: limits on what it uses, a filter of system calls, no files and no network."""

    rlimits: bool = False
    seccomp: bool = False
    landlock: bool = False


class Hello(msgspec.Struct, tag=True, frozen=True):
    """The reader is ready and confined."""

    confinement: Confinement


class Recognised(msgspec.Struct, tag=True, frozen=True):
    """The name of the importer that reads the file."""

    importer: str


class Entries(msgspec.Struct, tag=True, frozen=True):
    """Records, Samples and Unread of a file, each with the name of its shape."""

    entries: list[tuple[str, msgspec.Raw]]


class Member(msgspec.Struct, tag=True, frozen=True):
    """A file inside a zip, or at `where` inside an entry; its bytes come as Piece after Piece."""

    name: str
    size: int
    where: str = ""


class Piece(msgspec.Struct, tag=True, frozen=True):
    """The next bytes of a member."""

    content: bytes


class LargeMember(msgspec.Struct, tag=True, frozen=True):
    """A member of a zip that is to be read by itself: its place there, its size when unpacked."""

    name: str
    size: int
    place: int


class Wanted(msgspec.Struct, tag=True, frozen=True):
    """A part of the file that the reader needs next; its bytes follow without a message around them."""

    offset: int
    size: int


class Excerpt(msgspec.Struct, tag=True, frozen=True):
    """The words at a place; no `text` when the file is not text. `whole` when they are all of the file.

    A line comes with the lines `before` and `after` it. All together are MOST_LETTERS at most.
    """

    text: str | None
    whole: bool
    before: str = ""
    after: str = ""


class Done(msgspec.Struct, tag=True, frozen=True):
    """All is said: so many entries, members counted too."""

    entries: int


class Refused(msgspec.Struct, tag=True, frozen=True):
    """Nothing of the file can be used, and why."""

    why: str


class Unknown(msgspec.Struct, tag=True, frozen=True):
    """No importer knows this kind of file."""


class Faulty(msgspec.Struct, tag=True, frozen=True):
    """An importer failed where it should not."""


class OutOfMemory(msgspec.Struct, tag=True, frozen=True):
    """The file needed more memory than the reader may have."""


Part = Recognised | Entries | Member | LargeMember | Piece | Excerpt | TableSeen
Ending = Done | Refused | Unknown | Faulty | OutOfMemory
Answer = Hello | Wanted | Part | Ending

_encoder = msgspec.msgpack.Encoder()


class OutOfBounds(Exception):
    """A message is longer than the receiver takes."""


def send(stream: IO[bytes], message: msgspec.Struct) -> None:
    """Write one message; the caller flushes."""
    body = _encoder.encode(message)
    stream.write(len(body).to_bytes(_PREFIX, "big"))
    stream.write(body)


def receive(stream: IO[bytes], most: int) -> bytes | None:
    """Give the bytes of the next message; None when the stream ends, also in the middle. Raises OutOfBounds."""
    prefix = stream.read(_PREFIX)
    if len(prefix) < _PREFIX:
        return None
    size = int.from_bytes(prefix, "big")
    if size > most:
        raise OutOfBounds
    body = stream.read(size)
    return body if len(body) == size else None


def in_batches(found: Iterable[Record | Samples | Unread]) -> Iterator[Entries]:
    """Put entries together into messages: one write for each would cost more than reading them.

    They are spelled when the message is sent, all in one go, which takes half of the time of one by one. Readings
    go at once: each entry of them is large.
    """
    batch: list[tuple[str, Record | Samples | Unread]] = []
    for entry in found:
        batch.append((type(entry).__name__, entry))
        if len(batch) == _BATCH or isinstance(entry, Samples):
            yield Entries(cast("list[tuple[str, msgspec.Raw]]", batch))
            batch = []
    if batch:
        yield Entries(cast("list[tuple[str, msgspec.Raw]]", batch))


def that_fit(mappings: Iterable[TableMapping]) -> tuple[TableMapping, ...]:
    """Give the first of these that together leave room in the message of Limits."""
    there = tuple(mappings)
    sizes = accumulate(len(_encoder.encode(mapping)) for mapping in there)
    return tuple(mapping for mapping, size in zip(there, sizes, strict=True) if size <= LARGEST_LIMITS // 2)


def decoder_of(shape: Any) -> msgspec.msgpack.Decoder[Any]:
    """Make a decoder that takes this shape and nothing else."""
    return msgspec.msgpack.Decoder(shape)
