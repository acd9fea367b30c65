"""What every importer receives and promises."""

from collections.abc import Iterator
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


class Importer(Protocol):
    """One format. `name` is short and stable: it is kept with every record."""

    name: str

    def recognises(self, file: IncomingFile) -> bool:
        """Tell, by content, whether this importer should read the file."""

    def read(self, file: IncomingFile) -> Iterator[Entry]:
        """Yield every part of the file. Raises BadInput only when nothing of it can be read."""
