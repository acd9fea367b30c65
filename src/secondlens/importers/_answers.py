"""What the parent makes of a child's answers: each part is checked before it is believed."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import fields
from itertools import chain
from typing import Any, get_args

import msgspec

from secondlens.domain.columns import MOST_COLUMNS, TableMapping
from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import Samples, is_sound
from secondlens.domain.when import When, read_iso
from secondlens.importers._child import MISBEHAVED, TOO_MUCH, Stopped
from secondlens.importers._messages import (
    MOST_LETTERS,
    SHAPES,
    Answer,
    Entries,
    Excerpt,
    Member,
    Piece,
    Recognised,
    decoder_of,
)
from secondlens.importers.archive import Budget, printable
from secondlens.importers.incoming import Entry, IncomingFile
from secondlens.importers.table_seen import MOST_LETTERS_SHOWN, MOST_ROWS_SHOWN, TableSeen

# A list in JSON has an element in every second byte at most, and what is larger than this nobody can look through.
MOST_ENTRIES = 2_000_000
_FEW_ENTRIES = 1_000
_LONGEST_PLACE = 2_000

_NAME = re.compile("[a-z_]{1,40}")
_DECODERS = {name: decoder_of(shape) for name, shape in SHAPES.items()}
_ABOUT = msgspec.json.Decoder(dict[str, Any])
_WHENS = {
    name: tuple(field.name for field in fields(shape) if field.type is When or When in get_args(field.type))
    for name, shape in SHAPES.items()
}


class Records:
    """The entries of one file. `importer` is None until one has recognised it."""

    def __init__(self, file: IncomingFile) -> None:
        self.importer: str | None = None
        self.entries: list[Entry] = []
        self._file = file
        self._readings = 0
        self._most = min(_FEW_ENTRIES + len(file.content), MOST_ENTRIES)
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
            self.entries += [self._checked(shape, body) for shape, body in part.entries]
        else:
            raise Stopped(MISBEHAVED)

    def finish(self) -> None:
        """Nothing is left open."""

    def _checked(self, shape: str, body: bytes) -> Entry:
        decoder = _DECODERS.get(shape)
        if decoder is None:
            raise Stopped(MISBEHAVED)
        entry: Entry = decoder.decode(body)
        if isinstance(entry, Samples):
            self._check_samples(entry)
        if isinstance(entry, Record):
            source = entry.source
            if source is None or source.sha256 != self._file.sha256 or source.importer != self.importer:
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
        if self._readings > len(self._file.content):
            raise Stopped(TOO_MUCH)

    def _check_date(self, when: When | None) -> None:
        # Pages take the parts of a date as numbers, so a date that is none would break them for ever after.
        if when is not None and when.text not in self._known_dates:
            if read_iso(when.text) != when:
                raise Stopped(MISBEHAVED)
            self._known_dates.add(when.text)


class Members:
    """The members of one zip, or the files inside entries, held to the limits of zips once more."""

    def __init__(self, archive: IncomingFile) -> None:
        self.found: list[IncomingFile | Unread] = []
        self._budget = Budget(packed=len(archive.content))
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
