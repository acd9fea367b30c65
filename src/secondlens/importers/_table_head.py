"""Where the header of a table is, which mapping fits it, and what its columns look like."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from secondlens.domain.column_readings import NOTHING
from secondlens.domain.column_times import decimals_in, looks_like_time, orders_in, read_number
from secondlens.domain.column_uses import ColumnFacts
from secondlens.domain.columns import Decimals, TableMapping, best_fit, same_name
from secondlens.importers._messages import Unknown
from secondlens.importers._table_rows import DELIMITERS, Row, head_of, is_json, json_rows, separated_rows, text_of
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.table_seen import MOST_LETTERS_SHOWN, MOST_ROWS_SHOWN, TableSeen

_ROWS_BEFORE = 40
_ROWS_LOOKED_AT = 200
# Above the header of an unknown table stand few lines, and looking at one costs all rows below.
_ROWS_TRIED = 8
_MOST_TEXTS = 100_000
_MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header found. `delimiter` is None for JSON; `mapping` None when no columns are known."""

    text: str
    delimiter: str | None
    header: int
    names: list[str]
    mapping: TableMapping | None
    objects: list[list[str]] | None = None

    @property
    def above(self) -> list[int]:
        """The lines above the header that hold something."""
        if self.delimiter is None:
            return []
        rows = islice(separated_rows(self.text, self.delimiter), self.header)
        return [line for line, row in rows if row and any(map(str.strip, row))]

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Give the rows below the header: their line, or the number of the object in JSON."""
        if self.delimiter is None:
            yield from enumerate(self.objects or (), 1)
        else:
            yield from islice(separated_rows(self.text, self.delimiter), self.header + 1, None)


def find_table(file: IncomingFile, mappings: Sequence[TableMapping]) -> Table | None:
    """Find the table a file is: one whose columns are known, else one that looks like readings; None if none."""
    text = text_of(file.content)
    if text is None or text[:64].lstrip()[:1] in ("<", "{", ""):
        return None
    if is_json(text):
        return _json_table(text, file.name, mappings)
    heads = {delimiter: _heads(text, delimiter) for delimiter in DELIMITERS}
    fitting = [
        Table(text, delimiter, place, names, mapping)
        for delimiter, rows in heads.items()
        for place, names in rows
        if len(names) > 1
        and (mapping := best_fit(mappings, names, file_name=file.name, delimiter=delimiter)) is not None
    ]
    if fitting:
        return min(fitting, key=lambda one: one.header)
    unknown = [table for delimiter, rows in heads.items() if (table := _unknown(text, delimiter, rows))]
    return max(unknown, key=lambda one: len(one.names), default=None)


def look_at(file: IncomingFile, mappings: Sequence[TableMapping]) -> TableSeen | Unknown:
    """Tell what somebody needs who says what the columns are: names, first rows, and what they look like."""
    table = find_table(file, mappings)
    return Unknown() if table is None else _seen(table)


def names_of(row: Row) -> list[str]:
    """Give a header's names, each once: a second "Time" is "Time (2)"."""
    names: list[str] = []
    times: Counter[str] = Counter()
    for cell in row or ():
        name = cell.strip().removeprefix("\ufeff").strip('"')
        times[same_name(name)] += 1
        again = times[same_name(name)]
        names.append(f"{name} ({again})" if name and again > 1 else name)
    return names


def _seen(table: Table) -> TableSeen:
    first = [row for _, row in islice(table.rows(), _ROWS_LOOKED_AT) if row]
    looks = [_look([_at(row, place) for row in first]) for place in range(len(table.names))]
    texts = _different_texts(table, [place for place, look in enumerate(looks) if look != "text"])
    return TableSeen(
        columns=tuple(
            ColumnFacts(
                name=_shown(name),
                looks=looks[place],
                orders=orders_in(texts[place]) if looks[place] == "time" else (),
                decimals=decimals_in(texts[place]) if looks[place] == "number" else (),
            )
            for place, name in enumerate(table.names)
        ),
        rows=tuple(
            tuple(_shown(_at(row, place)) for place in range(len(table.names))) for row in first[:MOST_ROWS_SHOWN]
        ),
        delimiter=table.delimiter,
        mapping=table.mapping,
    )


def _different_texts(table: Table, places: list[int]) -> dict[int, dict[str, None]]:
    """Give what stands in some columns of all rows, each text once, in order."""
    texts: dict[int, dict[str, None]] = {place: {} for place in places}
    for _, row in table.rows():
        for place, column in texts.items():
            if row and len(column) < _MOST_TEXTS:
                column[_at(row, place)] = None
    return texts


def _heads(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    rows = islice(separated_rows(head_of(text), delimiter), _ROWS_BEFORE)
    return [(place, names_of(row)) for place, (_, row) in enumerate(rows)]


def _json_table(text: str, file_name: str, mappings: Sequence[TableMapping]) -> Table | None:
    found = json_rows(text)
    if found is None or "resourceType" in found[0]:
        return None
    names, rows = found
    mapping = best_fit(mappings, names, file_name=file_name, delimiter=None)
    if mapping is None and not _look_like_readings(names, rows[:_ROWS_LOOKED_AT]):
        return None
    return Table(text, None, -1, names, mapping, rows)


def _unknown(text: str, delimiter: str, heads: list[tuple[int, list[str]]]) -> Table | None:
    """Take the first row as the header that names columns alone and has rows of its own width below."""
    rows = [row for _, row in islice(separated_rows(head_of(text), delimiter), _ROWS_LOOKED_AT)]
    for place, names in heads[:_ROWS_TRIED]:
        if len(names) > 1 and _look_like_readings(names, [row for row in rows[place + 1 :] if row]):
            return Table(text, delimiter, place, names, None)
    return None


def _look_like_readings(names: list[str], rows: Sequence[Sequence[str]]) -> bool:
    """Names above, and below a column of times and one of numbers: no note and no list of words looks so."""
    if not rows or not all(_is_name(name) for name in names if name) or sum(map(bool, names)) < 2:
        return False
    if sum(len(row) == len(names) for row in rows) < _MOSTLY * len(rows):
        return False
    looks = [_look([_at(row, place) for row in rows]) for place in range(len(names))]
    return "time" in looks and "number" in looks


def _is_name(name: str) -> bool:
    return not looks_like_time(name) and isinstance(read_number(name, Decimals.POINT), str)


def _look(texts: list[str]) -> str:
    said = [text for text in texts if text.casefold() not in NOTHING]
    for look, is_so in (("number", _is_number), ("time", looks_like_time)):
        if said and sum(map(is_so, said)) >= _MOSTLY * len(said):
            return look
    return "text"


def _is_number(text: str) -> bool:
    # Ten digits at once are a time counted in seconds.
    return len(text) < 10 and any(isinstance(read_number(text, one), float) for one in Decimals)


def _at(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text[:MOST_LETTERS_SHOWN])
