"""Readings on lines of the shape Apple writes, found many at a time by numpy; every other line is for expat.

Apple writes one element a line, what is said of readings is mostly the same from line to line, and only times and
values change. A line counts as known when every byte of it is accounted for: its beginning was once read by expat
as one empty element, its dates are digits where digits belong, its value is a plain number or word. Nothing is
guessed: one byte elsewhere, and the line is not of a known shape.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from secondlens.domain.samples import LONGEST_NAME, MOST_MINUTES, is_time
from secondlens.importers._apple_columns import Extras
from secondlens.importers._apple_times import DAY

_Column = npt.NDArray[Any]

_MOST_BEGINNINGS = 20_000
_MOST_INSIDES = 50_000
_LONGEST_INSIDE = 16 * 1024
_LONGEST_VALUE = 200
# Fewer than this many in a row, and starting numpy costs more than expat does.
_FEWEST = 16

_OPENING, _CLOSING, _INSIDE = b" <Record ", b" </Record>", b'  <MetadataEntry key="'
_DATE = b"0000-00-00 00:00:00 +0000"
_TAIL = b'" startDate="'.join((b' creationDate="' + _DATE, _DATE)) + b'" endDate="' + _DATE + b'" value="'
_TEMPLATE = np.frombuffer(_TAIL, np.uint8)
_ANY_DIGIT = _TEMPLATE == ord("0")
_SIGNS = np.flatnonzero(_TEMPLATE == ord("+"))
_FIXED = ~_ANY_DIGIT
_FIXED[_SIGNS] = False
_START, _END = (_TAIL.index(name) + len(name) for name in (b' startDate="', b' endDate="'))
# Year, month, day, hour, minute, second and minutes of the zone out of the digits of a date.
_WEIGHTS = np.zeros((len(_DATE), 7), np.float32)
for _column, _places in enumerate(((0, 1, 2, 3), (5, 6), (8, 9), (11, 12), (14, 15), (17, 18), (23, 24))):
    _WEIGHTS[_places, _column] = [10 ** (len(_places) - 1 - place) for place in range(len(_places))]
_WEIGHTS[(21, 22), 6] = 600, 60
_SIGN_OF_DATE = _DATE.index(b"+")
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

_PLAIN = re.compile(rb"[ !#-%'-;=-~]*")
_NEVER_PLAIN = re.compile(rb"[\x00-\x1f<>]")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a line says before its dates: the same on thousands of lines."""

    metric: str
    unit: str
    source: str
    version: str | None
    device: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """Readings that follow each other on the lines from `first` to `last`, both included.

    `beginnings` and `insides` are places in the lists of Lines; `values` are numbers, or places in `words`.
    """

    first: int
    last: int
    starts: _Column
    ends: _Column
    offsets: _Column
    values: _Column
    beginnings: _Column
    insides: _Column


@dataclass(slots=True)
class Lines:
    """Knows lines again. The lists say what the numbers in a Run stand for."""

    beginnings: list[Beginning] = field(default_factory=list)
    insides: list[Extras] = field(default_factory=lambda: [()])
    words: list[str] = field(default_factory=list)
    _beginnings: dict[bytes, int] = field(default_factory=dict)
    _insides: dict[bytes, int] = field(default_factory=lambda: {b"": 0})
    _words: dict[bytes, int] = field(default_factory=dict)

    def forget(self) -> None:
        """Let go of what was learnt when it has become too much; between blocks only."""
        if len(self._beginnings) > _MOST_BEGINNINGS:
            self.beginnings, self._beginnings = [], {}
        if len(self._insides) > _MOST_INSIDES:
            self.insides, self._insides = [()], {b"": 0}
        if len(self._words) > _MOST_BEGINNINGS:
            self.words, self._words = [], {}

    def runs(self, block: bytes, begins: _Column, ends: _Column) -> Iterator[Run]:
        """Find the readings of known shape in whole lines, which begin and end (at the line feed) at these places."""
        letters = np.frombuffer(block, np.uint8)
        first, last = _readings(letters, begins, ends)
        if len(first) < _FEWEST:
            return
        closed = first == last
        close_quote = ends[first] - np.where(closed, 3, 2)
        quotes = np.flatnonzero(letters == ord('"'))
        open_quote = quotes[np.searchsorted(quotes, close_quote) - 1]
        tail = open_quote - len(_TAIL) + 1
        fits = (letters[close_quote] == ord('"')) & (tail > begins[first] + len(_OPENING))
        fits &= (open_quote < close_quote) & (close_quote - open_quote <= _LONGEST_VALUE)
        first, last, tail, open_quote, close_quote = (
            column[fits] for column in (first, last, tail, open_quote, close_quote)
        )
        starts, offsets, stops, fits = _times(letters, tail)
        known = self._known_beginnings(block, begins[first] + len(_OPENING), tail)
        inside = self._known_insides(block, ends[first] + 1, begins[last], first != last)
        values, readable = self._read_values(block, open_quote + 1, close_quote, known)
        fits &= (known >= 0) & (inside >= 0) & readable & (starts <= stops)
        columns = (first, last, starts, stops, offsets, values, known, inside)
        first, last, *others = (column[fits] for column in columns)
        breaks = np.flatnonzero(first[1:] != last[:-1] + 1) + 1
        for begin, end in zip([0, *breaks.tolist()], [*breaks.tolist(), len(first)], strict=True):
            if end - begin >= _FEWEST:
                yield Run(int(first[begin]), int(last[end - 1]), *(column[begin:end] for column in others))

    def _known_beginnings(self, block: bytes, begins: _Column, ends: _Column) -> _Column:
        known = self._beginnings
        found = [known.get(block[begin:end]) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        for place, number in enumerate(found):
            if number is None:
                text = block[begins[place] : ends[place]]
                found[place] = known[text] if text in known else self._learn_beginning(text)
        return np.array(found, np.int64)

    def _learn_beginning(self, text: bytes) -> int:
        """Read what a line says before its dates, once, by expat; -1 when it is not of the known shape."""
        read = None if _NEVER_PLAIN.search(text) else _elements(b"<Record " + text + b"/>")
        number = -1
        if read is not None and len(read) == 1:
            said = read[0]
            names = [said.get(name, "") for name in ("type", "unit", "sourceName")]
            dated = {"creationDate", "startDate", "endDate", "value"} & said.keys()
            if names[0] and not dated and max(map(len, names)) <= LONGEST_NAME:
                number = len(self.beginnings)
                self.beginnings.append(Beginning(*names, said.get("sourceVersion"), said.get("device")))
        self._beginnings[text] = number
        return number

    def _known_insides(self, block: bytes, begins: _Column, ends: _Column, there: _Column) -> _Column:
        found = np.zeros(len(begins), np.int64)
        places = np.flatnonzero(there)
        known = self._insides
        for place, begin, end in zip(places.tolist(), begins[places].tolist(), ends[places].tolist(), strict=True):
            text = block[begin:end]
            number = known.get(text)
            found[place] = self._learn_inside(text) if number is None else number
        return found

    def _learn_inside(self, text: bytes) -> int:
        """Read the lines between the two of a reading, once, by expat; -1 when they are not all MetadataEntry."""
        lines = text.count(b"\n")
        plain = len(text) <= _LONGEST_INSIDE and text.count(b"<") == text.count(b">") == lines
        read = _elements(b"<r>" + text + b"</r>") if plain and not _NEVER_PLAIN_BUT_LINES.search(text) else None
        number = -1
        if read is not None and len(read) == lines + 1:
            number = len(self.insides)
            self.insides.append(tuple((said.get("key", ""), said.get("value", "")) for said in read[1:]))
        self._insides[text] = number
        return number

    def _read_values(
        self, block: bytes, begins: _Column, ends: _Column, known: _Column
    ) -> tuple[_Column, _Column]:
        """Give numbers, or for categories places in `words`; and which of them could be read."""
        texts = [block[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        categories = np.array([one.metric.startswith("HKCategory") for one in self.beginnings] or [False], bool)[known]
        if not categories.any() and b"_" not in b"".join(texts):
            try:
                values = np.array([*map(float, texts)])
            except ValueError:
                pass
            else:
                return values, np.isfinite(values)
        read = [self._word(text) if coded else _number(text) for text, coded in zip(texts, categories, strict=True)]
        values = np.array([np.nan if one is None else one for one in read])
        return values, np.isfinite(values)

    def _word(self, text: bytes) -> int | None:
        number = self._words.get(text)
        if number is None and _PLAIN.fullmatch(text):
            number = self._words[text] = len(self.words)
            self.words.append(text.decode("ascii"))
        return number


_NEVER_PLAIN_BUT_LINES = re.compile(rb"[\x00-\x09\x0b-\x1f]")


def _readings(letters: _Column, begins: _Column, ends: _Column) -> tuple[_Column, _Column]:
    """Give the first and last lines of what may be readings: one line, or an opening, insides and a closing."""
    second, third = letters.take(begins + 1, mode="clip"), letters.take(begins + 2, mode="clip")
    records = _which(letters, begins, np.flatnonzero((second == ord("<")) & (third == ord("R"))), _OPENING)
    closings = _which(letters, begins, np.flatnonzero((second == ord("<")) & (third == ord("/"))), _CLOSING)
    insides = _which(letters, begins, np.flatnonzero((second == ord(" ")) & (third == ord("<"))), _INSIDE)
    records = records[ends[records] - begins[records] > len(_OPENING) + len(_TAIL)]
    bracket = letters[ends[records] - 1] == ord(">")
    slash = letters[ends[records] - 2] == ord("/")
    closed, opened = records[bracket & slash], records[bracket & ~slash]
    closings = closings[ends[closings] - begins[closings] == len(_CLOSING)]
    if not len(closings) or not len(opened):
        return closed, closed
    inside_before = np.zeros(len(begins) + 1, np.int64)
    inside_before[insides + 1] = 1
    inside_before = np.cumsum(inside_before)
    place = np.searchsorted(closings, opened)
    there = place < len(closings)
    opened, closing = opened[there], closings[place[there]]
    whole = inside_before[closing] - inside_before[opened] == closing - opened - 1
    first, last = np.concatenate((closed, opened[whole])), np.concatenate((closed, closing[whole]))
    order = np.argsort(first, kind="stable")
    return first[order], last[order]


def _which(letters: _Column, begins: _Column, lines: _Column, words: bytes) -> _Column:
    """Give those of the lines that begin with these words."""
    found = letters.take(begins[lines][:, None] + np.arange(len(words)), mode="clip")
    return lines[(found == np.frombuffer(words, np.uint8)).all(axis=1)]


def _times(letters: _Column, tails: _Column) -> tuple[_Column, _Column, _Column, _Column]:
    """Give starts, their zones in minutes, ends, and which of them are as they should be."""
    tail = letters[tails[:, None] + np.arange(len(_TAIL))]
    fits = ((tail == _TEMPLATE) | ~_FIXED).all(axis=1)
    digits = tail - np.uint8(ord("0"))
    fits &= ((digits <= 9) | ~_ANY_DIGIT).all(axis=1)
    minus = tail[:, _SIGNS] == ord("-")
    fits &= (minus | (tail[:, _SIGNS] == ord("+"))).all(axis=1)
    starts, offsets, sound = _moments(digits[:, _START : _START + len(_DATE)], minus[:, 1])
    ends, _, sound_too = _moments(digits[:, _END : _END + len(_DATE)], minus[:, 2])
    return starts, offsets, ends, fits & sound & sound_too


def _moments(digits: _Column, minus: _Column) -> tuple[_Column, _Column, _Column]:
    parts = (digits.astype(np.float32) @ _WEIGHTS).astype(np.int64)
    year, month, day, hour, minute, second, zone = parts.T
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (hour <= 23) & (minute <= 59) & (second <= 59)
    month = np.where(sound, month, 1)
    sound &= (day <= _DAYS[month]) & ((month != 2) | (day < 29) | leap) & (zone <= MOST_MINUTES)
    days = _days_since_1970(year, month, day)
    low, high = _FIRST_DAY, _LAST_DAY
    sound &= (days >= low) & (days <= high)
    offsets = np.where(minus, -zone, zone)
    return days * DAY + hour * 3600 + minute * 60 + second - 60 * offsets, offsets, sound


def _days_since_1970(year: _Column, month: _Column, day: _Column) -> _Column:
    """Count days by years that begin in March, so that a leap day is the last of its year."""
    year = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719_468


def _elements(text: bytes) -> list[dict[str, str]] | None:
    """Give the attributes of the elements in a small document, which may be a root with a row of empty ones."""
    parser = expat.ParserCreate("utf-8")
    found: list[dict[str, str]] = []
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    try:
        parser.Parse(text, True)  # noqa: FBT003  (expat's own)
    except expat.ExpatError:
        return None
    return found


def _number(text: bytes) -> float | None:
    try:
        return None if b"_" in text else float(text)
    except ValueError:
        return None


def _first_and_last_day() -> Sequence[int]:
    """Give the days that `_apple_times.read_day` takes: so far from both ends that no zone moves a time beyond."""
    days = range(-40_000, 100_000)
    sound = [day for day in (days[0], days[-1]) if is_time(day * DAY)]
    assert not sound  # noqa: S101  (the search below begins outside)
    first = next(day for day in days if is_time((day - 2) * DAY))
    last = next(day for day in reversed(days) if is_time((day + 2) * DAY))
    return first, last


_FIRST_DAY, _LAST_DAY = _first_and_last_day()
