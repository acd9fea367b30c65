"""What became of every entry of a file: the numbers add up to what the file holds."""

from dataclasses import dataclass
from enum import StrEnum

from secondlens.domain.clinical import Composition
from secondlens.domain.record import Record, Unread


class Ending(StrEnum):
    """How a record of a file compares with the vault."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One file's account. `records` counts by kind; new + same + changed + as_text + len(unread) is all of it.

    `as_text` counts entries newly kept as text alone. `problem` is the sentence when nothing could be read,
    `remark` one to read before keeping: the file seems to be about somebody else. Readings of devices are no
    entries: `samples` counts those newly kept, `samples_same` those that were there or are in the file twice.
    """

    path: str
    sha256: str | None = None
    importer: str | None = None
    records: tuple[tuple[str, int], ...] = ()
    new: int = 0
    same: int = 0
    changed: int = 0
    as_text: int = 0
    unread: tuple[Unread, ...] = ()
    problem: str | None = None
    remark: str | None = None
    samples: int = 0
    samples_same: int = 0

    @property
    def entries(self) -> int:
        """Everything the file was found to hold."""
        return self.new + self.same + self.changed + self.as_text + len(self.unread)


def is_text(record: Record) -> bool:
    """Tell whether a record keeps an entry as words alone."""
    return isinstance(record, Composition)
