"""What the parent makes of a child's answers: each part is checked before it is believed."""

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import chain
from typing import Any, get_args

import msgspec

from secondlens.domain.columns import MOST_COLUMNS, TableMapping
from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import Samples
from secondlens.domain.when import When, read_iso
from secondlens.errors import BadInput
from secondlens.importers._child import MISBEHAVED, TOO_MUCH, Stopped
from secondlens.importers._messages import (
    MOST_LETTERS,
    SHAPES,
    Answer,
    Entries,
    Excerpt,
    LargeMember,
    Member,
    Piece,
    Recognised,
    decoder_of,
)
from secondlens.importers._sound import is_sound
from secondlens.importers.archive import BOMB, LARGEST_OF_ALL, STEEPEST_RATIO, Budget, printable
from secondlens.importers.incoming import Entry, IncomingFile, LargeFile, Lying
from secondlens.importers.table_seen import MOST_LETTERS_SHOWN, MOST_ROWS_SHOWN, TableSeen

# A list in JSON has an element in every second byte at most, and what is larger than this nobody can look through.
MOST_ENTRIES = 2_000_000
_FEW_ENTRIES = 1_000
_LONGEST_PLACE = 2_000
# Of a large file, besides readings: ten years of an athlete are 10,000 workouts.
_MOST_HELD = 200_000

_NAME = re.compile("[a-z_]{1,40}")
_DECODERS = {name: decoder_of(shape) for name, shape in SHAPES.items()}
_ABOUT = msgspec.json.Decoder(dict[str, Any])
_WHENS = {
    name: tuple(field.name for field in fields(shape) if field.type is When or When in get_args(field.type))
    for name, shape in SHAPES.items()
}


class Records:
    """The entries of one file. `importer` is None until one has recognised it.

    `size` is in bytes, `sha256` the fingerprint that every record must bear.
    """

    def __init__(self, size: int, sha256: str) -> None:
        self.importer: str | None = None
        self.entries: list[Entry] = []
        self._size, self._sha256 = size, sha256
        self._readings = 0
        self._most = min(_FEW_ENTRIES + size, MOST_ENTRIES)
        self._known_dates: set[str] = set()

    @property
    def count(self) -> int:
        """How many came."""
        return len(self.entries)

    def take(self, part: Answer) -> None:
        """Take the next part of an answer. Raises Stopped when it is not what a reader says."""
        if isinstance(part, Recognised) and self.importer is None and _NAME.fullmatch(part.importer):
            self.importer = part.importer
        elif isinstance(part, Entries) and self.importer is not None:
            if len(self.entries) + len(part.entries) > self._most:
                raise Stopped(TOO_MUCH)
            for shape, body in part.entries:
                self._keep(self._checked(shape, body))
        else:
            raise Stopped(MISBEHAVED)

    def finish(self) -> None:
        """Nothing is left open."""

    def _keep(self, entry: Entry) -> None:
        self.entries.append(entry)

    def _checked(self, shape: str, body: bytes) -> Entry:
        decoder = _DECODERS.get(shape)
        if decoder is None:
            raise Stopped(MISBEHAVED)
        entry: Entry = decoder.decode(body)
        if isinstance(entry, Samples):
            self._check_samples(entry)
        if isinstance(entry, Record):
            source = entry.source
            if source is None or source.sha256 != self._sha256 or source.importer != self.importer:
                raise Stopped(MISBEHAVED)
            if source.within is not None:  # which file this one lay in is for the parent to say
                raise Stopped(MISBEHAVED)
            for name in _WHENS[shape]:
                self._check_date(getattr(entry, name))
        return entry

    def _check_samples(self, samples: Samples) -> None:
        # Columns that do not fit each other would break every later reading of the series.
        self._readings += samples.count
        if not is_sound(samples):
            raise Stopped(MISBEHAVED)
        for about in samples.abouts:
            _ABOUT.decode(about)
        if self._readings > self._size:
            raise Stopped(TOO_MUCH)

    def _check_date(self, when: When | None) -> None:
        # Pages take the parts of a date as numbers, so a date that is none would break them for ever after.
        if when is not None and when.text not in self._known_dates:
            if read_iso(when.text) != when:
                raise Stopped(MISBEHAVED)
            self._known_dates.add(when.text)


class Passing(Records):
    """The entries of a large file, of which only records and what was not read are held.

    Readings go to `take_samples`, and the bytes of a member of a zip to `take_bytes`, as they come.
    """

    def __init__(
        self, size: int, take_bytes: Callable[[bytes], None] | None, take_samples: Callable[[Samples], None]
    ) -> None:
        super().__init__(size, "")
        self._take_bytes, self._take_samples = take_bytes, take_samples
        self._bytes_left = size
        self._count = 0

    @property
    def count(self) -> int:
        """How many came."""
        return self._count

    def take(self, part: Answer) -> None:
        """Take the next part of an answer, bytes too. Raises Stopped when it is not what a reader says."""
        if not isinstance(part, Piece):
            super().take(part)
            return
        self._bytes_left -= len(part.content)
        if self._take_bytes is None or self._bytes_left < 0:
            raise Stopped(MISBEHAVED)
        self._take_bytes(part.content)

    def finish(self) -> None:
        """Raise Stopped when bytes are missing that were to come."""
        if self._take_bytes is not None and self._bytes_left:
            raise Stopped(MISBEHAVED)

    def _keep(self, entry: Entry) -> None:
        self._count += 1
        if isinstance(entry, Samples):
            self._take_samples(entry)
        elif len(self.entries) < _MOST_HELD:
            self.entries.append(entry)
        else:
            raise Stopped(TOO_MUCH)


class Members:
    """The members of one zip, or the files inside entries, held to the limits of zips once more.

    `lying` is where the zip can be read part by part, when large members may come of it.
    """

    def __init__(self, size: int, lying: Lying | None = None) -> None:
        self.found: list[IncomingFile | LargeFile | Unread] = []
        self._size, self._lying = size, lying
        self._budget = Budget(packed=size)
        self._open: Member | None = None
        self._content = bytearray()

    @property
    def count(self) -> int:
        """How many came."""
        return len(self.found)

    def take(self, part: Answer) -> None:
        """Take the next part of an answer. Raises Stopped, or BadInput when the zip goes beyond a limit."""
        if isinstance(part, Piece) and self._open is not None:
            self._budget.spend(len(part.content))
            self._content += part.content
            self._close_when_full(self._open)
        elif isinstance(part, Member) and self._open is None:
            if part.name != printable(part.name) or not (
                part.where.isprintable() and len(part.where) <= _LONGEST_PLACE
            ):
                raise Stopped(MISBEHAVED)
            self._budget.count(1)
            self._open = part
            self._close_when_full(part)
        elif isinstance(part, LargeMember) and self._open is None and self._lying is not None:
            self._budget.count(1)
            self.found.append(self._large(part, self._lying))
        elif isinstance(part, Entries) and self._open is None:
            self._budget.count(len(part.entries))
            self.found += [self._unread(shape, body) for shape, body in part.entries]
        else:
            raise Stopped(MISBEHAVED)

    def finish(self) -> None:
        """Raise Stopped when a member is still half there."""
        if self._open is not None:
            raise Stopped(MISBEHAVED)

    def _close_when_full(self, member: Member) -> None:
        if len(self._content) == member.size:
            self.found.append(IncomingFile(member.name, bytes(self._content), member.where))
            self._open, self._content = None, bytearray()

    def _large(self, member: LargeMember, lying: Lying) -> LargeFile:
        if member.name != printable(member.name) or member.place < 0 or not 0 < member.size <= LARGEST_OF_ALL:
            raise Stopped(MISBEHAVED)
        if member.size > STEEPEST_RATIO * self._size:
            raise BadInput(BOMB)
        return LargeFile(member.name, member.size, lying, member.place)

    def _unread(self, shape: str, body: bytes) -> Unread:
        if shape != Unread.__name__:
            raise Stopped(MISBEHAVED)
        unread: Unread = _DECODERS[shape].decode(body)
        return unread


class Words:
    """The words at a place of one file. `excerpt` is empty until they came."""

    count = 0

    def __init__(self, file: IncomingFile) -> None:
        self.excerpt = Excerpt(None, whole=False)
        self._file = file
        self._came = False

    def take(self, part: Answer) -> None:
        """Take the words. Raises Stopped when they are too many, or said to be the whole file and are not."""
        if not isinstance(part, Excerpt) or self._came:
            raise Stopped(MISBEHAVED)
        text = part.text or ""
        around = part.before + part.after
        wrong = around and (part.whole or not text)
        if wrong or len(text + around) > MOST_LETTERS or (part.whole and text.encode() != self._without_mark()):
            raise Stopped(MISBEHAVED)
        self.excerpt, self._came = part, True

    def finish(self) -> None:
        """Raise Stopped when nothing came."""
        if not self._came:
            raise Stopped(MISBEHAVED)

    def _without_mark(self) -> bytes:
        return self._file.content.removeprefix(codecs.BOM_UTF8)


class SeenColumns:
    """The columns of one table. `table` is None until they came."""

    count = 0

    def __init__(self, mappings: Sequence[TableMapping]) -> None:
        self.table: TableSeen | None = None
        self._mappings = mappings

    def take(self, part: Answer) -> None:
        """Take the columns. Raises Stopped when they are more than a page can show, or rows do not fit them.

        A mapping must be one of those that were sent.
        """
        if not isinstance(part, TableSeen) or self.table is not None:
            raise Stopped(MISBEHAVED)
        shown = [*(column.name for column in part.columns), *chain.from_iterable(part.rows)]
        if (
            not part.columns
            or len(part.columns) > MOST_COLUMNS
            or len(part.rows) > MOST_ROWS_SHOWN
            or part.mapping not in (None, *self._mappings)
            or any(len(row) != len(part.columns) for row in part.rows)
            or any(len(text) > MOST_LETTERS_SHOWN or not text.isprintable() for text in shown)
        ):
            raise Stopped(MISBEHAVED)
        self.table = part

    def finish(self) -> None:
        """Raise Stopped when nothing came."""
        if self.table is None:
            raise Stopped(MISBEHAVED)
