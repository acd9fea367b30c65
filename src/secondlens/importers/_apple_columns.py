"""Collecting readings into columns, so that a million of them are a few hundred messages."""

import re
from array import array
from collections.abc import Iterator

import msgspec

from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples

_FULL = 8192  # readings
_FULL_WORDS = 256 * 1024  # letters of what is said about them
# Where the device stood in the phone's memory: another number in every export.
_POINTER = re.compile(r"^<<HKDevice: 0x[0-9a-f]+>,\s*(.*)>$", re.DOTALL)

Key = tuple[str, str, str, bool, bool]
Extras = tuple[tuple[str, object], ...]
Note = tuple[str | None, str | None, Extras]


class Columns:
    """The readings of one metric, unit and source that are not sent yet. `key` names them."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._begin()

    def _begin(self) -> None:
        self._starts, self._ends = array(WHOLE), array(WHOLE)
        self._offsets, self._notes = array(MINUTES), array(PLACE)
        self._values: array[float] = array(NUMBER)
        self._codes: dict[str, int] = {}
        self._abouts: list[str] = []
        self._places: dict[Note, int] = {}
        self._words = 0

    def take(self, start: int, end: int, offset: int, value: float | str, note: Note) -> bool:
        """Add a reading; tell whether it is time to send."""
        self._starts.append(start)
        self._ends.append(end)
        self._offsets.append(offset)
        self._values.append(self.code(value) if isinstance(value, str) else value)
        self._notes.append(self.place(note))
        return self._is_full()

    def extend(self, starts: bytes, ends: bytes, offsets: bytes, values: bytes, notes: bytes) -> bool:
        """Add columns of readings, their notes and codes given as `place` and `code` told; as `take` otherwise."""
        self._starts.frombytes(starts)
        self._ends.frombytes(ends)
        self._offsets.frombytes(offsets)
        self._values.frombytes(values)
        self._notes.frombytes(notes)
        return self._is_full()

    def code(self, text: str) -> int:
        """Give the place of a value that is no number, until these are sent."""
        return self._codes.setdefault(text, len(self._codes))

    def place(self, note: Note) -> int:
        """Give the place of what is said of a reading, until these are sent."""
        place = self._places.get(note)
        if place is None:
            place = self._places[note] = len(self._abouts)
            self._abouts.append(about := _about(note))
            self._words += len(about)
        return place

    def __len__(self) -> int:
        return len(self._starts)

    def _is_full(self) -> bool:
        return len(self._starts) >= _FULL or self._words > _FULL_WORDS

    def send(self) -> Iterator[Samples]:
        """Give what there is, and begin again."""
        if self._starts:
            metric, unit, source, _, summary = self._key
            yield Samples(
                metric=metric,
                unit=unit,
                source=source,
                starts=self._starts.tobytes(),
                ends=self._ends.tobytes(),
                offsets=self._offsets.tobytes(),
                values=self._values.tobytes(),
                notes=self._notes.tobytes(),
                codes=tuple(self._codes),
                abouts=tuple(self._abouts),
                summary=summary,
            )
            self._begin()


def _about(note: Note) -> str:
    version, device, rest = note
    said: dict[str, object] = {}
    if version:
        said["sourceVersion"] = version
    if device:
        match = _POINTER.match(device)
        said["device"] = match[1] if match else device
    return msgspec.json.encode(said | dict(rest)).decode()
