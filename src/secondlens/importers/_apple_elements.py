"""What the elements of an Apple Health export mean. Apple describes them in the document type of every export."""

from collections import Counter
from collections.abc import Callable, Iterator
from xml.parsers import expat

from secondlens.domain.record import Unread
from secondlens.domain.samples import LONGEST_CODE, LONGEST_NAME
from secondlens.importers._apple_columns import Columns, Key, Note
from secondlens.importers._apple_records import profile, workout
from secondlens.importers._apple_times import DAY, Clock, Moment, read_day
from secondlens.importers.incoming import Entry

NO_NAME = "This reading does not say what was measured, so it was not kept as a reading."
NO_TIME = "This reading has no time that can be read, so it was not kept as a reading."
ENDS_BEFORE = "This reading ends before it begins, so it was not kept as a reading."
TOO_LONG = "This reading says more than a reading should, so it was not kept as a reading."
OTHER_FILES = "These clinical records are read from their own files in export.zip, not from this one."
NOT_KNOWN = "This part of an Apple Health export is not read yet. It stays in the original file."

_MOST_EXTRAS = 2_000
_MOST_WORDS = 1024 * 1024
_MOST_COLUMNS = 20_000
_MOST_REASONS = 200
_MOST_NAMES = 50
_READ_ELSEWHERE = {"HealthData", "ExportDate"}

_Attributes = dict[str, str]


class Elements:
    """Takes the elements as the parser meets them: `found` gives what is finished, `rest` what is left."""

    def __init__(self, sha256: str, lines_before: int) -> None:
        self.lines_before = lines_before
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.depth = 0
        self._sha256 = sha256
        self._clock = Clock()
        self._columns: dict[Key, Columns] = {}
        self._found: list[Entry] = []
        self._missed: dict[str, list[int]] = {}
        self._record: _Attributes | None = None
        self._extras: list[tuple[str, object]] = []
        self._beats: list[str] = []
        self._group: _Attributes | None = None
        self._group_extras: list[tuple[str, object]] = []
        self._members: list[str] = []
        self._statistics: list[_Attributes] = []
        self._parts: Counter[str] = Counter()
        self._line_of_group = 0
        self._starts: dict[str, Callable[[_Attributes], None]] = {
            "Record": self._begin_record,
            "MetadataEntry": self._take_extra,
            "InstantaneousBeatsPerMinute": self._take_beat,
            "Correlation": self._begin_group,
            "Workout": self._begin_group,
            "ActivitySummary": self._take_rings,
            "Me": self._take_profile,
        }

    def found(self) -> Iterator[Entry]:
        """Give what has come so far."""
        found, self._found = self._found, []
        yield from found

    def rest(self) -> Iterator[Entry]:
        """Give what is not full, and what was missed: a line for each reason."""
        for columns in self._columns.values():
            yield from columns.send()
        for why, (line, count) in self._missed.items():
            more = f" and {count - 1:,} more" if count > 1 else ""
            yield Unread(f"line {line}{more}", why)

    def columns(self, key: Key) -> Columns | None:
        """Give the columns that take readings of this key; None when there are too many others."""
        columns = self._columns.get(key)
        if columns is None and len(self._columns) < _MOST_COLUMNS:
            columns = self._columns[key] = Columns(key)
        return columns

    def send(self, columns: Columns) -> None:
        """Count what columns hold as found."""
        self._found += columns.send()

    def send_when_many(self, most: int) -> None:
        """Count everything that waits as found when it is more than this many readings."""
        if sum(map(len, self._columns.values())) > most:
            for columns in self._columns.values():
                self.send(columns)

    def _start(self, name: str, attributes: _Attributes) -> None:
        self.depth += 1
        begin = self._starts.get(name)
        if begin is not None:
            begin(attributes)
        elif self._group is not None and self._record is None:
            self._take_part(name, attributes)
        elif self.depth == 2 and name not in _READ_ELSEWHERE:
            why = OTHER_FILES if name == "ClinicalRecord" else f"{NOT_KNOWN} Its name: {name[:40]}"
            self._miss(why)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if name == "Record" and self._record is not None:
            attributes, self._record = self._record, None
            if self._beats:
                self._extras.append(("beats", tuple(self._beats)))
            self._take(attributes, tuple(self._extras))
            if self._group is not None and len(self._members) < _MOST_EXTRAS:
                self._members.append(
                    f"{attributes.get('type')} {attributes.get('value')} {attributes.get('unit', '')}"
                )
        elif name == "Correlation" and self._group is not None:
            group, self._group = self._group, None
            self._take(
                group | {"value": "; ".join(sorted(self._members)).strip()},
                tuple(self._group_extras),
                summary=True,
            )
        elif name == "Workout" and self._group is not None:
            group, self._group = self._group, None
            extras = [*self._group_extras, *self._parts.items()]
            where = f"line {self._line_of_group}"
            self._found.append(workout(group, extras, self._statistics, self._sha256, where))

    def _begin_record(self, attributes: _Attributes) -> None:
        self._record, self._extras, self._beats = attributes, [], []

    def _begin_group(self, attributes: _Attributes) -> None:
        self._group, self._group_extras, self._members = attributes, [], []
        self._statistics, self._parts = [], Counter()
        self._line_of_group = self._line()

    def _take_extra(self, attributes: _Attributes) -> None:
        extras = self._extras if self._record is not None else self._group_extras
        if len(extras) < _MOST_EXTRAS:
            extras.append((attributes.get("key", ""), attributes.get("value", "")))

    def _take_part(self, name: str, attributes: _Attributes) -> None:
        """Figures and names of files stay; of the rest, such as a place for every second, how many there are."""
        if name == "WorkoutStatistics" and len(self._statistics) < _MOST_EXTRAS:
            self._statistics.append(attributes)
        elif name == "FileReference" and len(self._group_extras) < _MOST_EXTRAS:
            self._group_extras.append((name, attributes.get("path", "")))
        elif name in self._parts or len(self._parts) < _MOST_NAMES:
            self._parts[name[:40]] += 1

    def _take_beat(self, attributes: _Attributes) -> None:
        if len(self._beats) < _MOST_EXTRAS:
            self._beats.append(f"{attributes.get('bpm', '')} {attributes.get('time', '')}")

    def _take(
        self, attributes: _Attributes, extras: tuple[tuple[str, object], ...], *, summary: bool = False
    ) -> None:
        metric, source = attributes.get("type", ""), attributes.get("sourceName", "")
        unit, text = attributes.get("unit", ""), attributes.get("value", "")
        began = attributes.get("startDate")
        start = self._clock.read(began)
        ended = attributes.get("endDate", began)
        end = start if ended == began else self._clock.read(ended)
        if not metric:
            self._miss(NO_NAME)
        elif start is None or end is None:
            self._miss(NO_TIME)
        elif end[0] < start[0]:
            self._miss(ENDS_BEFORE)
        elif (
            max(len(metric), len(source), len(unit)) > LONGEST_NAME
            or len(text) > LONGEST_CODE
            or sum(len(key) + len(said) for key, said in extras if isinstance(said, str)) > _MOST_WORDS
        ):
            self._miss(TOO_LONG)
        else:
            value = text if summary or metric.startswith("HKCategory") else _number(text)
            note = (attributes.get("sourceVersion"), attributes.get("device"), extras)
            key = (metric, unit, source, isinstance(value, str), summary)
            self._add(key, start, end[0], value, note)

    def _take_rings(self, attributes: _Attributes) -> None:
        """The rings of one day: a summary by the phone, with a day and no zone."""
        start = read_day(attributes.get("dateComponents"))
        if start is None:
            self._miss(NO_TIME)
            return
        for name, text in attributes.items():
            if name != "dateComponents" and not name.endswith("Unit"):
                value = _number(text[:LONGEST_CODE])
                unit = attributes.get(f"{name}Unit", "")[:LONGEST_NAME]
                key = (f"ActivitySummary.{name[: LONGEST_NAME // 2]}", unit, "", isinstance(value, str), True)
                self._add(key, (start, 0), start + DAY, value, (None, None, ()))

    def _take_profile(self, attributes: _Attributes) -> None:
        found = profile(attributes, self._sha256, f"line {self._line()}")
        if found:
            self._found.append(found)

    def _add(self, key: Key, start: Moment, end: int, value: float | str, note: Note) -> None:
        columns = self.columns(key)
        if columns is None:
            self._miss(TOO_LONG)
        elif columns.take(start[0], end, start[1], value, note):
            self.send(columns)

    def _miss(self, why: str) -> None:
        known = self._missed.get(why)
        if known:
            known[1] += 1
        elif len(self._missed) < _MOST_REASONS:
            self._missed[why] = [self._line(), 1]

    def _line(self) -> int:
        return self.parser.CurrentLineNumber + self.lines_before


def _number(text: str) -> float | str:
    """Give the number a text is, or the text itself when it is none: "unknown", "nan", "1_000"."""
    try:
        number = float(text)
    except ValueError:
        return text
    return text if number - number != 0 or "_" in text else number
