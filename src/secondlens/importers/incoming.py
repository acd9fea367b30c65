"""What every importer receives and promises."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import Samples

# Everything a part of a file can turn into.
Entry = Record | Samples | Unread


@dataclass(frozen=True)
class IncomingFile:
    """One file as it arrived: `name` is only for people, never used to guess what the file is.

    `place` is where it lay inside an entry of another file; "" for a file that came by itself.
    """

    name: str
    content: bytes
    place: str = ""

    @cached_property
    def sha256(self) -> str:
        """The file's fingerprint, hex."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Lying:
    """Bytes that stay where they lie. `read_at` gives so many from an offset on, or raises BadInput."""

    size: int
    read_at: Callable[[int, int], bytes]


@dataclass(frozen=True)
class LargeFile:
    """A file that is never in memory as a whole: all of what lies there, or the member at a place of that zip.

    `size` is in bytes, unpacked.
    """

    name: str
    size: int
    lying: Lying
    member: int | None = None


class Importer(Protocol):
    """One format. `name` is short and stable: it is kept with every record."""

    name: str

    def recognises(self, file: IncomingFile) -> bool:
        """Tell, by content, whether this importer should read the file."""

    def read(self, file: IncomingFile) -> Iterator[Entry]:
        """Yield every part of the file. Raises BadInput only when nothing of it can be read."""
