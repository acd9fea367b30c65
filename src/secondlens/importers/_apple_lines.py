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
_LONGEST_VALUE = 60  # letters; codes of categories have 50
# Fewer than this many in a row, and starting numpy costs more than expat does.
_FEWEST = 16

_OPENING, _CLOSING, _INSIDE = b" <Record ", b" </Record>", b'  <MetadataEntry key="'
_DATE = b"0000-00-00 00:00:00 +0000"
_TAIL = b'" startDate="'.join((b' creationDate="' + _DATE, _DATE)) + b'" endDate="' + _DATE + b'" value="'
_WIDE = 128  # a multiple of eight that the tail fits into
_BEFORE = _WIDE - len(_TAIL)
_START, _END = (_BEFORE + _TAIL.index(name) + len(name) for name in (b' startDate="', b' endDate="'))
_SIGNS = tuple(_BEFORE + found.start() for found in re.finditer(re.escape(b"+"), _TAIL))
# The least byte that may stand in each place, and how many more there are: any before the tail, ten digits, two
# signs and the comma between them, and one for everything else.
_LEAST = np.zeros(_WIDE, np.uint8)
_LEAST[_BEFORE:] = np.frombuffer(_TAIL, np.uint8)
_MORE = np.where(ord("0") == _LEAST, 9, np.where(ord("+") == _LEAST, 2, 0)).astype(np.uint8)
_MORE[:_BEFORE] = 255
_ALL_TRUE = np.uint64(0x0101010101010101)
_ZERO = np.uint8(ord("0"))
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
# A whole number below 2**53 divided by a power of ten that is a double gives the nearest double, as `float` does.
_DIGITS = 16
_LARGEST_WHOLE = 2**53
_POWERS = 10.0 ** np.arange(_DIGITS + 1)

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
        """Find the readings of known shape in whole lines, which begin and end (at the line feed) so."""
        letters = np.frombuffer(block, np.uint8)
        first, last = _readings(letters, begins, ends)
        if len(first) < _FEWEST:
            return
        closed = first == last
        close_quote = ends[first] - np.where(closed, 3, 2)
        length = _lengths(letters, close_quote)
        tail = close_quote - length - len(_TAIL)
        fits = (letters[close_quote] == ord('"')) & (length >= 0) & (tail > begins[first] + len(_OPENING))
        first, last, tail, close_quote, length = (
            column[fits] for column in (first, last, tail, close_quote, length)
        )
        starts, offsets, stops, fits = _times(letters, tail)
        known = self._known_beginnings(block, begins[first] + len(_OPENING), tail)
        inside = self._known_insides(block, ends[first] + 1, begins[last], first != last)
        values, readable = self._read_values(block, close_quote, length, known)
        fits &= (known >= 0) & (inside >= 0) & readable & (starts <= stops)
        columns = (first, last, starts, stops, offsets, values, known, inside)
        first, last, *others = (column[fits] for column in columns)
        breaks = np.flatnonzero(first[1:] != last[:-1] + 1) + 1
        for begin, end in zip([0, *breaks.tolist()], [*breaks.tolist(), len(first)], strict=True):
            if end - begin >= _FEWEST:
                yield Run(int(first[begin]), int(last[end - 1]), *(column[begin:end] for column in others))

    def _known_beginnings(self, block: bytes, begins: _Column, ends: _Column) -> _Column:
        found = []
        text, number = b"", -1
        known, learn, starts_with = self._beginnings.get, self._learn_beginning, block.startswith
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            # Most lines begin as the one before: looking is cheaper than cutting out and finding in a dictionary.
            if end - begin != len(text) or not starts_with(text, begin):
                text = block[begin:end]
                number = known(text, -2)
                if number == -2:
                    number = learn(text)
            found.append(number)
        return np.array(found, np.int64)

    def _learn_beginning(self, text: bytes) -> int:
        """Read what a line says before its dates, once, by expat; -1 when it is not of the known shape."""
        read = None if _NEVER_PLAIN.search(text) else _elements(b"<Record " + text + b"/>")
        number = -1
        if read is not None:
            said = read[0]
            names = [said.get(name, "") for name in ("type", "unit", "sourceName")]
            dated = {"creationDate", "startDate", "endDate", "value"} & said.keys()
            if names[0] and not dated and max(map(len, names)) <= LONGEST_NAME:
                number = len(self.beginnings)
                metric, unit, source = names
                self.beginnings.append(
                    Beginning(metric, unit, source, said.get("sourceVersion"), said.get("device"))
                )
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
        self, block: bytes, ends: _Column, lengths: _Column, known: _Column
    ) -> tuple[_Column, _Column]:
        """Give numbers, or for categories places in `words`; and which of them could be read."""
        kinds = np.array([one.metric.startswith("HKCategory") for one in self.beginnings] or [False], bool)
        words = kinds[known] & (known >= 0)
        values = _numbers(np.frombuffer(block, np.uint8), ends, lengths)
        for place in np.flatnonzero(words | np.isnan(values)).tolist():
            text = block[ends[place] - lengths[place] : ends[place]]
            read = self._word(text) if words[place] else _number(text)
            values[place] = np.nan if read is None else read
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
    lines = lines[begins[lines] + len(words) <= len(letters)]
    if not len(lines):
        return lines
    found = _windows(letters, len(words), begins[lines])
    known: _Column = lines[(found == np.frombuffer(words, np.uint8)).all(axis=1)]
    return known


def _windows(letters: _Column, width: int, places: _Column) -> _Column:
    """Give so many bytes from each of these places on, a row for each."""
    rows: _Column = np.lib.stride_tricks.sliding_window_view(letters, width)[places]
    return rows


def _lengths(letters: _Column, close_quotes: _Column) -> _Column:
    """Tell how many letters stand between a closing quote and the one before it; -1 when too many."""
    before = _windows(letters, _LONGEST_VALUE, close_quotes - _LONGEST_VALUE)[:, ::-1] == ord('"')
    length: _Column = before.argmax(axis=1)
    length[~before[np.arange(len(length)), length]] = -1
    return length


def _numbers(letters: _Column, ends: _Column, lengths: _Column) -> _Column:
    """Read texts that end at these places as numbers of digits and a point; nan for any other."""
    width = min(_DIGITS, max(1, int(lengths.max(initial=0))))
    whole, decimals = np.zeros(len(ends), np.int64), np.zeros(len(ends), np.int64)
    fits, pointed = lengths <= _DIGITS, np.zeros(len(ends), bool)
    digits = np.zeros(len(ends), np.int64)
    for letter, back in zip(
        _windows(letters, width or 1, ends - (width or 1)).T, range(width, 0, -1), strict=False
    ):
        there = lengths >= back
        point = there & (letter == ord("."))
        digit = there & ~point
        figure = letter - _ZERO
        fits &= ~(digit & (figure > 9)) & ~(point & pointed)
        pointed |= point
        whole = np.where(digit, whole * 10 + figure, whole)
        digits += digit
        decimals += digit & pointed
    fits &= (digits > 0) & (whole < _LARGEST_WHOLE)
    return np.where(fits, whole / _POWERS[decimals], np.nan)


def _times(letters: _Column, tails: _Column) -> tuple[_Column, _Column, _Column, _Column]:
    """Give starts, their zones in minutes, ends, and which of them are as they should be."""
    tail = _windows(letters, _WIDE, tails - _BEFORE)
    fits = ((tail - _LEAST <= _MORE).view(np.uint64) == _ALL_TRUE).all(axis=1)
    for place in _SIGNS:
        fits &= tail[:, place] != ord(",")
    starts, offsets, sound = _moments(tail[:, _START : _START + len(_DATE)])
    ends, _, sound_too = _moments(tail[:, _END : _END + len(_DATE)])
    return starts, offsets, ends, fits & sound & sound_too


def _moments(dates: _Column) -> tuple[_Column, _Column, _Column]:
    letters = np.ascontiguousarray(dates.T)
    figures = (letters - _ZERO).astype(np.int32)
    year = figures[0] * 1000 + figures[1] * 100 + figures[2] * 10 + figures[3]
    month, day, hour, minute, second = (figures[place] * 10 + figures[place + 1] for place in (5, 8, 11, 14, 17))
    zone = figures[21] * 600 + figures[22] * 60 + figures[23] * 10 + figures[24]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (hour <= 23) & (minute <= 59) & (second <= 59)
    month = np.where(sound, month, 1)
    sound &= (day <= _DAYS[month]) & ((month != 2) | (day < 29) | leap) & (zone <= MOST_MINUTES)
    days = _days_since_1970(year, month, day)
    sound &= (days >= _FIRST_DAY) & (days <= _LAST_DAY)
    offsets = np.where(letters[20] == ord("-"), -zone, zone)
    seconds = hour * 3600 + minute * 60 + second - 60 * offsets
    return days.astype(np.int64) * DAY + seconds, offsets, sound


def _days_since_1970(year: _Column, month: _Column, day: _Column) -> _Column:
    """Count days by years that begin in March, so that a leap day is the last of its year."""
    year = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days: _Column = year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719_468
    return days


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
