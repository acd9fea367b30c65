import json
import tracemalloc
import zipfile
from array import array
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.clinical import Composition, Observation
from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples
from secondlens.importers._sound import is_sound
from secondlens.importers.apple_health import APPLE_HEALTH, BROKEN
from secondlens.importers.incoming import Entry, IncomingFile

FIXTURES = Path(__file__).parents[1] / "fixtures" / "apple_health"
RATE = "HKQuantityTypeIdentifierHeartRate"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
# What iOS 16 writes: a list that never ends, and an element where an attribute should be.
BROKEN_TYPE = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>
<!ATTLIST Record
  type CDATA #REQUIRED
  device        CDATA #IMPLIED
<!ELEMENT HeartRateVariabilityMetadataList (InstantaneousBeatsPerMinute*)>
  startDate   CDATA #REQUIRED
]]>
"""


def reading(  # noqa: PLR0913  (as many attributes as Apple writes)
    value: str = "61",
    start: str = "2026-03-01 08:00:00 +0100",
    end: str | None = None,
    *,
    metric: str = RATE,
    unit: str = "count/min",
    source: str = "Watch",
    inside: str = "",
    more: str = "",
) -> str:
    return (
        f'<Record type="{metric}" sourceName="{source}" unit="{unit}" {more} startDate="{start}" '
        f'endDate="{end or start}" value="{value}">{inside}</Record>\n'
    )


def export(*lines: str, prolog: str = "") -> bytes:
    return f'{HEAD}{prolog}<HealthData locale="de_DE">\n{"".join(lines)}</HealthData>\n'.encode()


def read(content: bytes) -> list[Entry]:
    file = IncomingFile("Exportieren.xml", content)
    assert APPLE_HEALTH.recognises(file)
    entries = list(APPLE_HEALTH.read(file))
    assert all(is_sound(entry) for entry in entries if isinstance(entry, Samples))
    return entries


def values(entries: list[Entry]) -> list[tuple[str, str, float | str]]:
    found: list[tuple[str, str, float | str]] = []
    for one in entries:
        if isinstance(one, Samples):
            column = array(NUMBER, one.values)
            found += ((one.metric, one.source, one.codes[int(value)] if one.codes else value) for value in column)
    return found


def missed(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(entry.where, entry.why) for entry in entries if isinstance(entry, Unread)]


def test_every_reading_of_a_generated_export_is_there_and_the_sums_are_the_truth() -> None:
    with zipfile.ZipFile(FIXTURES / "generated/exportar.zip") as archive:
        entries = read(archive.read(archive.namelist()[0]))
    truth = json.loads((FIXTURES / "generated/truth.json").read_text())
    counts: Counter[str] = Counter()
    sums: defaultdict[str, float] = defaultdict(float)
    summaries: Counter[str] = Counter()
    for one in entries:
        if isinstance(one, Samples):
            (summaries if one.summary else counts)[one.metric] += one.count
            sums[one.metric] += 0 if one.codes else sum(array(NUMBER, one.values))
    for side in ("Systolic", "Diastolic"):  # once alone, once as a member
        metric = f"HKQuantityTypeIdentifierBloodPressure{side}"
        counts[metric] //= 2
        sums[metric] /= 2
    assert counts == truth["records"]
    assert {metric: sums[metric] for metric in truth["sum"]} == pytest.approx(truth["sum"])
    assert summaries["HKCorrelationTypeIdentifierBloodPressure"] == truth["correlations"]
    assert summaries["ActivitySummary.activeEnergyBurned"] == truth["activity"]
    assert sum(isinstance(entry, Observation) for entry in entries) == truth["workouts"]
    beats = (
        json.loads(about).get("beats", ()) for one in entries if isinstance(one, Samples) for about in one.abouts
    )
    assert sum(map(len, beats)) == truth["beats"]
    (clinical,) = missed(entries)
    assert "59 more" in clinical[0]


def test_a_reading_keeps_its_time_its_clock_and_what_is_said_of_it() -> None:
    device = 'sourceVersion="9.1" device="&lt;&lt;HKDevice: 0x28f&gt;, name:Apple Watch, software:9.1&gt;"'
    inside = '<MetadataEntry key="HKHeartRateMotionContext" value="1"/>'
    (one,) = read(export(reading(end="2026-03-01 02:01:00 -0500", more=device, inside=inside)))
    assert isinstance(one, Samples)
    assert array(WHOLE, one.starts)[0] == 1772348400
    assert array(WHOLE, one.ends)[0] == 1772348460
    assert array(MINUTES, one.offsets)[0] == 60
    assert json.loads(one.abouts[array(PLACE, one.notes)[0]]) == {
        "sourceVersion": "9.1",
        "device": "name:Apple Watch, software:9.1",
        "HKHeartRateMotionContext": "1",
    }


def test_watch_and_phone_stay_apart() -> None:
    entries = read(export(reading("100"), reading("100", source="Phone")))
    assert values(entries) == [(RATE, "Watch", 100.0), (RATE, "Phone", 100.0)]


def test_sleep_comes_as_codes_and_what_is_no_number_as_it_is_written() -> None:
    sleep = "HKCategoryTypeIdentifierSleepAnalysis"
    words = ("unknown", "nan", "inf", "1_000", "0x1", "")
    entries = read(export(reading("1", metric=sleep, unit=""), *map(reading, words)))
    assert values(entries) == [(sleep, "Watch", "1"), *((RATE, "Watch", word) for word in words)]


def test_the_broken_document_type_of_ios_16_is_jumped_over() -> None:
    assert values(read(export(reading(), prolog=BROKEN_TYPE))) == [(RATE, "Watch", 61.0)]


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE HealthData [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]>",
        '<!DOCTYPE HealthData [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE HealthData SYSTEM "http://127.0.0.1:1/x" [<!ENTITY % b SYSTEM "http://127.0.0.1:1/y"> %b;]>',
    ],
    ids=["laughs", "file", "network"],
)
def test_a_bomb_in_the_document_type_does_nothing(prolog: str) -> None:
    assert values(read(export(reading(), prolog=prolog))) == [(RATE, "Watch", 61.0)]
    for name in "aj":
        entries = read(export(reading(), reading(f"&{name};"), reading(), prolog=prolog))
        assert values(entries) == [(RATE, "Watch", 61.0)]
        assert [why for _, why in missed(entries)] == [BROKEN]


def test_a_file_cut_off_gives_what_comes_before_and_says_where_it_ends() -> None:
    whole = export(reading("61"), reading("62"), reading("63"))
    entries = read(whole[: whole.index(b'value="63"')])
    assert [value for *_, value in values(entries)] == [61.0, 62.0]
    assert missed(entries) == [("line 5", BROKEN)]


def test_letters_that_xml_forbids_cost_nothing() -> None:
    content = export(reading(source="Wa\x0btch"), reading("62")).replace(b"62", b"6\xff2")
    assert [value for *_, value in values(read(content))] == [61.0, "6\ufffd2"]


def test_readings_without_a_name_or_a_time_are_counted_with_the_line_of_the_first() -> None:
    entries = read(
        export(
            reading(),
            reading(start="yesterday"),
            reading(start="2026-02-30 08:00:00 +0100"),
            reading(start="2026-03-01 08:00:00"),
            reading(start="2026-03-01 24:00:00 +0100"),
            reading(start="1000-03-01 08:00:00 +0100"),
            reading(start="2026-03-01 08:00:00 +9900"),
            reading(end="2026-03-01 07:59:59 +0100"),
            reading(metric=""),
            "<Record/>\n",
        )
    )
    assert len(values(entries)) == 1
    assert [where for where, _ in missed(entries)] == ["line 4 and 5 more", "line 10", "line 11 and 1 more"]


def test_a_workout_is_a_record_with_its_figures() -> None:
    entries = read((FIXTURES / "healthkit-to-sqlite/export.xml").read_bytes())
    records = [entry for entry in entries if isinstance(entry, Record)]
    about, workout = records
    assert isinstance(about, Composition)
    assert about.text == "Date Of Birth: 1990-02-02\nBiological Sex: Male"
    assert isinstance(workout, Observation)
    assert (workout.title, workout.category) == ("Workout: Running", "activity")
    assert workout.start
    assert workout.start.text == "2016-11-14T07:25:41-07:00"
    assert workout.value
    assert workout.value.plain() == "5.19412346680959 min"
    assert [(part.title, part.value and part.value.plain()) for part in workout.components] == [
        ("total Distance", "0.4971749504535062 mi"),
        ("total Energy Burned", "48.74499999999999 kcal"),
    ]
    assert "Location: 2" in (workout.note or "")
    assert len(values([entry for entry in entries if isinstance(entry, Samples) and not entry.summary])) == 2
    assert not missed(entries)


def test_a_malformed_export_keeps_its_good_readings() -> None:
    entries = read((FIXTURES / "export_malformed.xml").read_bytes())
    assert [value for *_, value in values(entries)] == [58.0, 57.0, "unknown", 180.0]
    assert [where for where, _ in missed(entries)] == ["line 19 and 1 more"]


def test_what_is_not_known_is_named_once_with_how_many() -> None:
    entries = read(export("<Audiogram/>\n<Audiogram/>\n", "<VisionPrescription/>"))
    assert [(where, why.rpartition(" ")[2]) for where, why in missed(entries)] == [
        ("line 3 and 1 more", "Audiogram"),
        ("line 5", "VisionPrescription"),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<HealthDataExport/>",
        b"<html><HealthData></html>",
        b"{}",
        b"<!-- <HealthData> -->",
        b"x <HealthData>",
    ],
)
def test_other_files_are_left_to_others(content: bytes) -> None:
    assert not APPLE_HEALTH.recognises(IncomingFile("export.xml", content))


def test_a_comment_before_the_root_hides_nothing() -> None:
    assert len(values(read(export(reading(), prolog="<!-- <HealthData> <x> -->")))) == 1


@given(st.binary(max_size=300), st.sampled_from([b"<HealthData>", export(reading(), reading())[:-20], b""]))
def test_any_bytes_end_in_entries(noise: bytes, before: bytes) -> None:
    file = IncomingFile("x", before + noise)
    if APPLE_HEALTH.recognises(file):
        for entry in APPLE_HEALTH.read(file):
            assert not isinstance(entry, Samples) or is_sound(entry)


def test_what_is_held_while_reading_does_not_grow_with_the_file() -> None:
    line = reading(more='sourceVersion="9.1"', inside='<MetadataEntry key="k" value="1"/>')

    def held(count: int) -> int:
        content = export(*(line.replace("08:00", f"{n % 24:02}:{n // 24 % 60:02}") for n in range(count)))
        file = IncomingFile("x", content)
        tracemalloc.start()
        found = sum(entry.count for entry in APPLE_HEALTH.read(file) if isinstance(entry, Samples))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == count
        return peak

    small = held(15_000)
    assert held(60_000) < 1.2 * small
