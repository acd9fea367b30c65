"""The fast way through an Apple Health export gives what expat gives; expat alone is the reference."""

import re
import zipfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples
from secondlens.importers import _apple_elements, _apple_lines, _apple_stream
from secondlens.importers._apple_stream import read_export
from secondlens.importers._sound import is_sound
from secondlens.importers.apple_health import APPLE_HEALTH, BROKEN
from secondlens.importers.incoming import Entry, IncomingFile

FIXTURES = Path(__file__).parents[1] / "fixtures" / "apple_health"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!ELEMENT Me EMPTY>\n]>\n'
ROOT = b'<HealthData locale="en_GB">\n'
TIME = "2026-03-01 08:{:02}:00 +0100"

NO_CHANGE = (b"\0", b"")
GROUP = ' <Correlation type="HKCorrelationTypeIdentifierFood" startDate="2026-03-01 08:00:00 +0100">\n'
BEATS = (
    '  <HeartRateVariabilityMetadataList>\n   <InstantaneousBeatsPerMinute bpm="61" time="1"/>\n'
    "  </HeartRateVariabilityMetadataList>\n"
)
Told = tuple[dict[Any, list[Any]], list[Any]]


def record(  # noqa: PLR0913  (as many attributes as Apple writes)
    value: str = "61",
    start: str = TIME.format(0),
    end: str | None = None,
    *,
    metric: str = "HKQuantityTypeIdentifierHeartRate",
    source: str = "Watch",
    more: str = ' sourceVersion="9.1" device="&lt;&lt;HKDevice: 0x28&gt;, name:Watch&gt;" unit="count/min"',
    inside: str = "",
) -> str:
    said = (
        f' <Record type="{metric}" sourceName="{source}"{more} creationDate="{start}" startDate="{start}" '
        f'endDate="{end or start}" value="{value}"'
    )
    return f"{said}>\n{inside} </Record>\n" if inside else f"{said}/>\n"


def extra(key: str = "HKMetadataKeyHeartRateMotionContext", value: str = "1") -> str:
    return f'  <MetadataEntry key="{key}" value="{value}"/>\n'


def told(entries: Iterable[Entry]) -> Told:
    """Readings of each series in their order, however they were sent; everything else in its order."""
    series: defaultdict[Any, list[Any]] = defaultdict(list)
    rest: list[Any] = []
    for one in entries:
        if isinstance(one, Samples):
            assert is_sound(one)
            columns = (
                array(type_, content).tolist()
                for type_, content in (
                    (WHOLE, one.starts),
                    (WHOLE, one.ends),
                    (MINUTES, one.offsets),
                    (NUMBER, one.values),
                    (PLACE, one.notes),
                )
            )
            series[one.metric, one.unit, one.source, bool(one.codes), one.summary] += [
                (start, end, offset, one.codes[int(value)] if one.codes else value, one.abouts[note])
                for start, end, offset, value, note in zip(*columns, strict=True)
            ]
        elif isinstance(one, Record):
            assert one.source
            rest.append(replace(one, source=replace(one.source, sha256="")))
        else:
            rest.append(one)
    return dict(series), rest


def by_expat(content: bytes) -> Told:
    return told(APPLE_HEALTH.read(IncomingFile("export.xml", content)))


@contextmanager
def eager(block: int) -> Iterator[None]:
    """Take even a single line the fast way, in blocks of this size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_apple_lines, "_FEWEST", 1)
        patch.setattr(_apple_stream, "BLOCK", block)
        yield


def by_stream(content: bytes, piece: int = 1000) -> Told:
    entries = read_export(content[start : start + piece] for start in range(0, len(content), piece))
    assert entries is not None
    return told(entries)


_values = st.one_of(
    st.integers(-5, 10**17).map(str),
    st.decimals(min_value=0, max_value=10**6, places=3).map(str),
    st.floats().map(repr),
    st.sampled_from(
        [
            "",
            ".",
            "1.",
            ".5",
            "1.2.3",
            "1_0",
            "nan",
            "inf",
            " 7",
            "0x1",
            "+3",
            "1e3",
            "007",
            "-0",
            "&lt;5",
            "&#55;",
        ]
    ),
    st.sampled_from(
        ["9007199254740993", "0.4971749504535062", "٣", "7\t", "4\x0b2", "5>", "5'", "a&b", "6\udcff"]
    ),
)
_times = st.one_of(
    st.integers(0, 59).map(TIME.format),
    st.sampled_from(
        [
            *("2024-02-29 23:59:59 -0330", "2023-02-29 00:00:00 +0000", "1900-01-01 00:00:00 +0000"),
            *("2199-12-31 23:59:59 +0000", "1899-12-31 12:00:00 +0000", "2026-13-01 00:00:00 +0000"),
            *("2026-00-10 00:00:00 +0000", "2026-01-00 00:00:00 +0000", "2026-03-01 24:00:00 +0000"),
            *("2026-03-01 08:60:00 +0000", "2026-03-01 08:00:60 +0000", "2026-03-01 08:00:00 +1800"),
            *("2026-03-01 08:00:00 +1801", "2026-03-01 08:00:00 ,0000", "2026-03-01T08:00:00 +0000", "yesterday"),
            *(
                "2026-03-01 08:00:00",
                "0000-03-01 08:00:00 +0000",
                "2026-03-01 08:00:0a +0000",
                "2000-02-29 1:00:00",
            ),
        ]
    ),
)
_metrics = st.sampled_from(
    ["HKQuantityTypeIdentifierHeartRate", "HKCategoryTypeIdentifierSleepAnalysis", "HKCategory", "", "x" * 501]
)
_sources = st.sampled_from(
    ["Watch", "Sam\u2019s Phone", "A &amp; B", "&bad;", "&#1;", "<", ">", "a\x01b", "\udcff"]
)
_more = st.sampled_from(
    [
        *("", ' unit="count/min"', '  unit="km"', ' unit="km" unit="km"', ' sourceVersion="1\n2"', ' value="1"'),
        *(' startDate="x"', ' unit = "km"', " unit='km'", ' x:y="1"', ' unit="km"/><Record type="z"', "\tunit=''"),
    ]
)
_extras = st.lists(
    st.one_of(
        st.builds(
            extra, st.sampled_from(["a", "b&amp;", ""]), st.sampled_from(["1", "&lt;", "<", "\u00e9", "\n"])
        ),
        st.sampled_from(
            [
                *('  <MetadataEntry key="a" value="1"></MetadataEntry>\n', "  <!-- x -->\n", "   text\n", "\n"),
                *('  <MetadataEntry key="a"/>\n', '  <MetadataEntry key="<!--" value="1"/>\n', "  <Other/>\n"),
                *(
                    '  <MetadataEntry key="a" value="1"/>x\n',
                    '  <MetadataEntry key="a" key="a"/>\n',
                    " </Record>\n",
                ),
                BEATS,
            ]
        ),
    ),
    max_size=3,
).map("".join)
_records = st.builds(
    record, _values, _times, st.none() | _times, metric=_metrics, source=_sources, more=_more, inside=_extras
)
_plain = st.builds(
    record,
    st.integers(0, 200).map(str),
    st.integers(0, 59).map(TIME.format),
    inside=st.sampled_from(["", extra()]),
)
_around = st.sampled_from(
    [
        *("<!--\n", "-->\n", "<![CDATA[\n", "]]>\n", "<?x\n", "?>\n", " </Correlation>\n", " </Workout>\n", "\n"),
        *(
            "text\n",
            "]\n",
            "&amp;\n",
            " <Record type='a\n",
            "'/>\n",
            "</HealthData>\n",
            "<!-- x --> ",
            "\r",
        ),
        GROUP,
        ' <Workout workoutActivityType="HKWorkoutActivityTypeYoga" duration="3" startDate="x">\n',
        ' <ActivitySummary dateComponents="2026-03-01" activeEnergyBurned="4" activeEnergyBurnedUnit="kcal"/>\n',
        *(
            ' <Me HKCharacteristicTypeIdentifierBloodType="HKBloodTypeAPositive"/>\n',
            " <Record>\n",
            " </Record>\n",
        ),
        *(" <Audiogram/>\n", "<HealthData>\n", "x" * 300 + "\n"),
    ]
)
_changes = st.sampled_from(
    [NO_CHANGE, (b"\n", b"\r\n"), (b" <", b"<"), (b"/>", b" />"), (b"1", b"\x0b"), (b"6", b"\xc3")]
)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.one_of(_plain, _plain, _records, _around), max_size=25),
    _changes,
    st.integers(0, 400),
    st.sampled_from([150, 700, 1_000_000]),
)
@example([record(), "<!--\n", record("62"), "-->\n", record("63")], NO_CHANGE, 200, 700)
@example([record(), "<![CDATA[\n", record("62"), "]]>\n", record("63")], NO_CHANGE, 200, 700)
@example(
    [record(), GROUP, record("62"), record("63"), " </Correlation>\n", record("64")], NO_CHANGE, 200, 1_000_000
)
@example([record(start="2026-03-01 08:00:00 ,0000"), record("62")], NO_CHANGE, 200, 700)
@example([record(), record("62", more=' startDate="x"'), record("63")], NO_CHANGE, 200, 700)
@example(["</HealthData>\n", record("0")], (b"\n", b"\r\n"), 0, 150)
@example([record(), " <Workout>\n", record("62"), " </Workout>\n", record("63")], NO_CHANGE, 200, 700)
def test_both_ways_give_the_same(lines: list[str], change: tuple[bytes, bytes], cut: int, block: int) -> None:
    body = "".join(lines).encode("utf-8", "surrogateescape").replace(*change)
    content = HEAD + ROOT + body + b"</HealthData>\n"
    if cut < 100:
        content = content[: max(len(HEAD + ROOT), len(content) - cut)]
    with eager(block):
        assert by_stream(content, piece=block // 2) == by_expat(content)


def test_a_generated_export_gives_the_same_both_ways() -> None:
    with zipfile.ZipFile(FIXTURES / "generated/exportar.zip") as archive:
        content = archive.read(archive.namelist()[0])
    assert by_stream(content, piece=100_000) == by_expat(content)
    for path in FIXTURES.rglob("*.xml"):
        with eager(1000):
            assert by_stream(path.read_bytes()) == by_expat(path.read_bytes()), path


def test_plain_lines_never_reach_expat(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(_apple_elements.Elements, "_begin_record", refuse)
    sleep = record("HKCategoryValueSleepAnalysisAwake", metric="HKCategoryTypeIdentifierSleepAnalysis", more="")
    lines = [record(str(number), TIME.format(number), inside=extra() * (number % 3)) for number in range(40)]
    series, rest = by_stream(HEAD + ROOT + "".join([*lines, *[sleep] * 20]).encode() + b"</HealthData>\n")
    assert [len(readings) for readings in series.values()] == [40, 20]
    assert rest == []


@pytest.mark.parametrize("content", [b"", b"<html>", b"{}", b"x <HealthData>", b"<!-- <HealthData> -->"])
def test_other_files_are_none(content: bytes) -> None:
    assert read_export([content]) is None


def test_a_line_without_end_is_read_in_small_parts() -> None:
    line = re.sub(r"\n\s*", " ", record(inside=extra())) * 30
    content = HEAD + ROOT + line.encode() + b"</HealthData>\n"
    with eager(500):
        assert by_stream(content, piece=100) == by_expat(content)


def test_a_tag_without_end_is_broken_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_apple_stream, "_LONGEST_TAG", 10_000)
    monkeypatch.setattr(_apple_stream, "BLOCK", 1000)
    taken = []

    def blocks() -> Iterator[bytes]:
        yield HEAD + ROOT + record().encode() + b' <Record type="'
        for number in range(100):
            taken.append(number)
            yield b"x" * 1000

    entries = read_export(blocks())
    assert entries is not None
    series, rest = told(entries)
    assert sum(map(len, series.values())) == 1
    assert [one.why for one in rest if isinstance(one, Unread)] == [BROKEN]
    assert len(taken) == 100  # all of it, for the fingerprint


def test_a_reading_with_megabytes_of_words_is_left_out_and_told() -> None:
    said = "".join(extra(str(number), "x" * 1000) for number in range(1500))
    content = HEAD + ROOT + (record(inside=said) + record("62")).encode() + b"</HealthData>\n"
    series, rest = by_stream(content)
    assert [reading[3] for readings in series.values() for reading in readings] == [62.0]
    assert [one.why for one in rest] == [_apple_elements.TOO_LONG]
    assert by_expat(content) == (series, rest)
