"""Tables of devices: each row ends as readings or as a reason, and no table is guessed at."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondlens.content import device_tables
from secondlens.domain.columns import Order, TableMapping, ValueColumn
from secondlens.domain.record import Unread
from secondlens.domain.samples import Samples
from secondlens.errors import BadInput
from secondlens.importers._sound import is_sound
from secondlens.importers.formats import IMPORTERS
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.open_columns import COLUMNS_UNKNOWN, DECIMALS_OPEN, ORDER_OPEN
from secondlens.importers.table import NO_ROWS, TableImporter
from tests.importers.tables import FIXTURES, missed, read, readings

OWN = TableMapping(
    name="own",
    columns=("When", "Pulse", "Note"),
    exact=True,
    time=("When",),
    values=(ValueColumn(column="Pulse", metric="HKQuantityTypeIdentifierHeartRate", unit="count/min"),),
)
DAY_FIRST = (TableMapping(**{name: getattr(OWN, name) for name in OWN.__slots__} | {"order": Order.DAY_FIRST}),)
HEAD = "When,Pulse,Note\n"


def values(content: bytes | str) -> list[object]:
    return [reading[6] for reading in readings(read(content, [OWN]))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_encoding_and_delimiter_is_read(encoding: str, delimiter: str) -> None:
    text = (
        delimiter.join(("When", "Pulse", "Note")) + "\r\n" + delimiter.join(("2026-03-01", "61", "über")) + "\r\n"
    )
    ((*_, about),) = readings(read(text.encode(encoding), [OWN]))
    assert about["Note"] == "über"


def test_a_note_may_hold_delimiters_quotes_and_line_breaks() -> None:
    entries = read(HEAD + '2026-03-01,61,"a, ""b""\nand c"\n2026-03-02,62,\nsoon,63,\n', [OWN])
    assert [one[7].get("Note") for one in readings(entries)] == ['a, "b"\nand c', None]
    assert missed(entries)[0][0] == "line 5"


def test_rows_that_were_missed_for_one_reason_are_counted_together() -> None:
    entries = read(HEAD + "2026-03-01,61,\nsoon,61,\nlater,62,\n2026-03-02,,x\n", [OWN])
    assert [where for where, _ in missed(entries)] == ["line 3 and 1 more", "line 5"]
    assert len(readings(entries)) == 1


def test_what_is_no_number_is_kept_as_it_is_written() -> None:
    assert values(HEAD + "2026-03-01,61.50,\n2026-03-02,Low,\n2026-03-03,=1+1,\n2026-03-04,<40,\n") == [
        *(61.5, "Low", "=1+1", "<40"),
    ]


def test_the_whole_column_settles_the_order_of_dates_and_else_it_is_asked() -> None:
    assert readings(read(HEAD + "03/04/2026,61,\n13/04/2026,62,\n", [OWN]))[0][3].startswith("2026-04-03")
    with pytest.raises(BadInput) as error:
        read(HEAD + "03/04/2026,61,\n05/04/2026,62,\n", [OWN])
    assert str(error.value) == ORDER_OPEN


def test_what_was_said_of_the_order_holds_only_where_the_column_leaves_it_open() -> None:
    open_, settled = HEAD + "03/04/2026,61,\n", HEAD + "03/04/2026,61,\n04/13/2026,62,\n"
    assert readings(read(open_, DAY_FIRST))[0][3].startswith("2026-04-03")
    assert readings(read(settled, DAY_FIRST))[0][3].startswith("2026-03-04")


def test_a_mark_that_may_part_thousands_or_decimals_is_asked() -> None:
    with pytest.raises(BadInput) as error:
        read('When,Pulse,Note\n2026-03-01,"1,234",\n', [OWN])
    assert str(error.value) == DECIMALS_OPEN
    assert values('When,Pulse,Note\n2026-03-01,"1,234",\n2026-03-02,"5,5",\n') == [1.234, 5.5]


def test_a_table_nobody_knows_is_recognised_and_asked_about() -> None:
    with pytest.raises(BadInput) as error:
        read("Tag;Wert\n01.03.2026;5,5\n", [])
    assert str(error.value) == COLUMNS_UNKNOWN


def test_a_header_without_rows_is_told() -> None:
    with pytest.raises(BadInput) as error:
        read(HEAD, [OWN])
    assert str(error.value) == NO_ROWS


def test_a_later_part_of_a_file_has_its_own_columns() -> None:
    entries = read((FIXTURES / "fitbit_export_20260301.csv").read_bytes())
    assert {"SleepTime", "HKQuantityTypeIdentifierStepCount"} <= {one[0] for one in readings(entries)}
    unknown = read(HEAD + "2026-03-01,61,\n\nFoods\nDay,Food\n2026-03-01,soup\n", [OWN])
    assert [where for where, _ in missed(unknown)] == ["line 5 and 1 more"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Dear doctor, I slept 7 hours, then woke.\nOn 1.3.2026, I felt dizzy, for 3 days.\nYours, Sam\n",
        b"apples, pears\nmilk, bread\n",
        b"name,size\nred,3\nblue,4\n",
        b"2026-03-01,61\n2026-03-02,62\n",
        b'[{"resourceType":"Patient","birthDate":"1970-01-01","n":3}]',
        b'{"resourceType":"Patient","id":"1"}\n{"resourceType":"Patient","id":"2"}\n',
        b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>",
        b"[1, 2, 3]",
        b"[]",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"When,Pulse\n" + b"\0" * 60,
    ],
)
def test_notes_lists_and_other_formats_are_not_taken_for_tables(content: bytes) -> None:
    assert not TableImporter(device_tables()).recognises(IncomingFile("x", content))


def test_no_sample_of_another_format_is_taken_for_a_table() -> None:
    others = [path for path in FIXTURES.parent.rglob("*") if path.is_file() and FIXTURES not in path.parents]
    for path in sorted(others, key=lambda one: one.stat().st_size)[:400]:
        file = IncomingFile(path.name, path.read_bytes())
        found = next((one.name for one in IMPORTERS if one.recognises(file)), None)
        assert found != "table", path


def test_a_cell_of_ten_megabytes_costs_its_row_alone() -> None:
    entries = read(HEAD + "2026-03-01,61,\n2026-03-02,62," + "x" * 10_000_000 + "\n2026-03-03,63,\n", [OWN])
    assert [one[6] for one in readings(entries)] == [61.0, 63.0]
    assert missed(entries)[0][0] == "line 3"


def test_a_hundred_thousand_columns_cost_their_row_alone() -> None:
    wide = ",".join(["2026-03-02"] * 100_000)
    entries = read(HEAD + f"2026-03-01,61,\n{wide}\n2026-03-03,63,\n", [OWN])
    assert [one[6] for one in readings(entries)] == [61.0, 63.0]
    assert not TableImporter().recognises(IncomingFile("x", f"{wide}\n{wide}\n".encode()))


def test_a_quote_that_never_ends_does_not_swallow_what_came_before() -> None:
    entries = read(HEAD + '2026-03-01,61,\n2026-03-02,62,"' + "never ends\n" * 50_000, [OWN])
    assert [one[6] for one in readings(entries)][:1] == [61.0]
    assert missed(entries)


def test_more_than_a_reading_should_say_is_a_reason() -> None:
    entries = read(HEAD + f"2026-03-01,61,{'n' * 20_000}\n2026-03-02,{'v' * 20_000},\n2026-03-03,63,\n", [OWN])
    assert [one[6] for one in readings(entries)] == [63.0]
    assert missed(entries)[0][0] == "line 2 and 1 more"


def test_a_list_of_objects_is_read_with_its_numbers_as_they_are_written() -> None:
    rows = '[{"When":"2026-03-01","Pulse":61.10,"Note":{"a":1}},{"When":"2026-03-02","Pulse":null,"Note":"x"}]'
    mapping = json.loads(json.dumps({"columns": ("When", "Pulse")}))
    own = TableMapping(name="j", columns=tuple(mapping["columns"]), time=OWN.time, values=OWN.values)
    entries = read(rows, [own])
    assert readings(entries)[0][6:] == [61.1, {"column": "Pulse", "Note.a": "1", "zone": "not written"}]
    assert missed(entries)[0][0] == "row 2"


_CELLS = st.sampled_from(
    ["2026-03-01", "03/04/2026", "13/04/2026", "61", "1,234", "Low", "", '"', "\n", ";", "\0", "é"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(_CELLS, max_size=5), max_size=8), st.sampled_from(",;\t"), st.booleans())
def test_any_rows_end_in_readings_and_reasons_or_one_sentence(
    rows: list[list[str]],
    delimiter: str,
    known: bool,  # noqa: FBT001  (given by hypothesis)
) -> None:
    text = "\n".join(delimiter.join(row) for row in [["When", "Pulse", "Note"] if known else [], *rows])
    _ends_well(text.encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_end_in_readings_and_reasons_or_one_sentence(content: bytes) -> None:
    _ends_well(content)
    _ends_well(HEAD.encode() + content)


def _ends_well(content: bytes) -> None:
    importer = TableImporter((OWN, *device_tables()))
    file = IncomingFile("x.csv", content)
    importer.recognises(file)
    try:
        entries = list(importer.read(file))
    except BadInput:
        return
    assert all(is_sound(one) if isinstance(one, Samples) else isinstance(one, Unread) for one in entries)
