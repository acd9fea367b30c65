import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondlens.domain.samples import Samples
from secondlens.errors import Damaged
from secondlens.vault import LEAST_COST, Vault, create_vault, open_vault, repair_vault
from secondlens.vault._columns import Columns, DamagedSeries, pack, unpack
from tests.vault.making import PASSPHRASE, fingerprint, results, samples

DAY = 86400
FILE = b"<HealthData>"


def keep(vault: Vault, *batches: Samples, content: bytes = FILE) -> int:
    return vault.keep_file("export.xml", content, fingerprint(content), batches)[1]


def test_readings_come_back_as_they_were_with_their_clock_and_what_is_said_of_them(vault: Vault) -> None:
    assert keep(vault, samples((0, 60, 61.25), (DAY, DAY + 5, 70.0), offset=-330)) == 2
    one, other = vault.readings("HeartRate")
    assert (one.start, one.end, one.value, one.about) == (
        "1969-12-31T18:30:00-05:30",
        "1969-12-31T18:31:00-05:30",
        61.25,
        {"device": "Watch 7"},
    )
    assert (other.value, other.unit, other.source) == (70.0, "count/min", "Watch")


def test_the_same_reading_is_kept_once_however_often_it_comes(vault: Vault) -> None:
    batch = samples((0, 60, 61.0), (0, 60, 61.0), (60, 120, 62.0))
    assert vault.compare_samples([batch, batch]) == 2
    assert keep(vault, batch, batch) == 2
    assert keep(vault, batch) == 0
    assert vault.compare_samples([batch]) == 0
    assert [series.count for series in vault.series()] == [2]


def test_a_reading_written_by_another_clock_later_is_the_same_reading(vault: Vault) -> None:
    keep(vault, samples((0, 60, 61.0), offset=60))
    assert keep(vault, samples((0, 60, 61.0), offset=-300)) == 0
    assert next(vault.readings("HeartRate")).start == "1970-01-01T01:00:00+01:00"


def test_a_later_larger_export_adds_only_what_is_new_and_leaves_full_months_alone(vault: Vault) -> None:
    first = [(place * DAY, place * DAY + 60, float(place)) for place in range(50)]
    keep(vault, samples(*first))
    before = dict(vault._database.execute("SELECT month, content FROM series_chunk"))
    assert keep(vault, samples(*first, (50 * DAY, 50 * DAY, 50.0)), content=FILE * 2) == 1
    after = dict(vault._database.execute("SELECT month, content FROM series_chunk"))
    assert after["1970-01"] == before["1970-01"]
    assert after["1970-02"] != before["1970-02"]
    assert [reading.value for reading in vault.readings("HeartRate")] == [float(place) for place in range(51)]
    assert vault.check(full=True).ok


def test_days_go_by_the_local_clock_and_stand_for_each_source(vault: Vault) -> None:
    keep(vault, samples((DAY - 1800, DAY, 60.0), (DAY, DAY + 60, 80.0), offset=60))
    keep(vault, samples((DAY, DAY + 60, 80.0), source="Phone", offset=0), content=FILE * 2)
    keep(vault, samples((DAY + 600, DAY + 660, 50.0), offset=60), content=FILE * 3)
    days = [(day.source, day.day, day.count, day.low, day.high, day.total) for day in vault.days()]
    assert days == [
        ("Phone", "1970-01-02", 1, 80.0, 80.0, 80.0),
        ("Watch", "1970-01-02", 3, 50.0, 80.0, 190.0),
    ]


def test_codes_are_counted_one_by_one_with_the_seconds_they_lasted(vault: Vault) -> None:
    keep(vault, samples((0, 100, "Deep"), (100, 150, "Awake"), (150, 250, "Deep"), metric="Sleep"))
    keep(vault, samples((300, 400, "Core"), (400, 450, "Awake"), metric="Sleep"), content=FILE * 2)
    days = {day.code: (day.count, day.low, day.total) for day in vault.days("Sleep")}
    assert days == {"Deep": (2, None, 200.0), "Awake": (2, None, 100.0), "Core": (1, None, 100.0)}
    assert [reading.value for reading in vault.readings("Sleep")] == ["Deep", "Awake", "Deep", "Core", "Awake"]


def test_summaries_are_kept_and_never_counted_as_readings(vault: Vault) -> None:
    assert keep(vault, samples((0, DAY, 500.0), metric="Rings", summary=True)) == 0
    assert [(series.count, series.summary) for series in vault.series()] == [(1, True)]


def test_readings_and_records_of_a_file_are_kept_together_or_not_at_all(vault: Vault) -> None:
    broken = replace(samples((0, 60, 61.0)), unit=b"\xff")  # type: ignore[arg-type]  # what a column of text refuses
    with pytest.raises(Damaged):
        vault.keep_file("f", FILE, fingerprint(FILE), (*results(FILE, 2), samples((0, 1, 2.0)), broken))
    assert (vault.counts(), vault.series(), vault.documents()) == ((), (), ())
    assert vault.check(full=True).ok


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE series_chunk SET content = substr(content, 1, 20)",
        "UPDATE series_chunk SET count = count + 1",
        "UPDATE series SET source = 'Phone'",
        "UPDATE series_day SET total = 1",
        "UPDATE series_day SET count = 1",
        "DELETE FROM series_chunk",
        "DROP TABLE series_day",
    ],
)
def test_readings_changed_past_the_ledger_are_noticed(vault: Vault, change: str) -> None:
    keep(vault, samples((0, 60, 61.0), (60, 120, 62.0)))
    assert vault.check().ok
    vault._database.execute(change)
    assert not vault.check().ok


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("series_chunk", "UPDATE series_chunk SET content = substr(content, 1, 20)"),
        ("series_chunk", "UPDATE series_chunk SET last = last + 1"),
        ("series_day", "UPDATE series_day SET count = 1"),
    ],
)
def test_readings_that_do_not_fit_each_other_are_noticed_when_the_ledger_agrees(
    vault: Vault, table: str, change: str
) -> None:
    keep(vault, samples((0, 60, 61.0), (60, 120, 62.0)))
    vault._database.execute(change)
    vault._ledger.enter(vault._database, table, 1, "2026")
    assert any("readings of devices" in finding for finding in vault.check().findings)


def test_mending_brings_readings_back_from_a_backup(tmp_path: Path) -> None:
    new = create_vault(tmp_path / "v.vault", PASSPHRASE, cost=LEAST_COST)
    with new.vault as vault:
        keep(vault, samples((0, 60, 61.0), (40 * DAY, 40 * DAY, 62.0)))
        vault.back_up(tmp_path / "backups")
        told = (vault.series(), vault.days(), list(vault.readings("HeartRate")))
        vault._database.execute("UPDATE series_chunk SET content = x'00' WHERE month = '1970-01'")
    mended = repair_vault(tmp_path / "v.vault", recovery_code=new.recovery_code, backups=tmp_path / "backups")
    with open_vault(tmp_path / "v.vault", recovery_code=new.recovery_code) as vault:
        assert (vault.series(), vault.days(), list(vault.readings("HeartRate"))) == told
        assert (mended.healed, mended.lost) == (1, ())


_NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(min_value=-10000, max_value=10000, places=3).map(float),
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**31), 2**32), st.integers(0, 10**6), _NUMBERS), min_size=1, max_size=40))
def test_packing_loses_no_bit(readings: list[tuple[int, int, float]]) -> None:
    columns = _columns(readings)
    back = unpack(pack(columns))
    for name in ("starts", "ends", "offsets", "values", "notes"):
        assert getattr(back, name).tobytes() == getattr(columns, name).tobytes(), name
    assert (back.codes, back.abouts) == (columns.codes, columns.abouts)


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_damaged_chunk_is_told_as_damage(noise: bytes, at: int) -> None:
    whole = pack(_columns([(0, 1, 2.5), (60, 1, 3.5)]))
    for content in (noise, whole[:at] if at < len(whole) else b"", whole[:at] + noise):
        if content != whole:
            try:
                unpack(content)
            except DamagedSeries:
                continue


def test_a_negative_nothing_keeps_its_sign() -> None:
    assert math.copysign(1, unpack(pack(_columns([(0, 1, -0.0)]))).values[0]) == -1


def _columns(readings: list[tuple[int, int, float]]) -> Columns:
    starts = np.array([start for start, *_ in readings], np.int64)
    lengths: Any = np.array([length for _, length, _ in readings], np.int64)
    return Columns(
        starts=starts,
        ends=starts + lengths,
        offsets=np.zeros(len(readings), np.int16),
        values=np.array([value for *_, value in readings], np.float64),
        notes=np.zeros(len(readings), np.uint32),
        batches=np.full(len(readings), 7, np.uint32),
        codes=(),
        abouts=("{}",),
    )


def test_a_sum_that_a_later_import_corrects_is_shown_as_corrected_and_the_earlier_one_is_kept(
    vault: Vault,
) -> None:
    def told() -> tuple[object, ...]:
        days = [(day.day, day.count, day.total) for day in vault.days("Rings")]
        return days, [reading.value for reading in vault.readings("Rings")], vault.series()[0].count

    def rings(*values: float) -> Samples:
        spans = [(place * DAY, (place + 1) * DAY, value) for place, value in enumerate(values)]
        return samples(*spans, metric="Rings", summary=True)

    for number, values in enumerate(((300.0, 400.0), (300.0, 450.0, 500.0)), 1):
        vault.keep_file("f", FILE * number, fingerprint(FILE * number), [rings(*values)], run=f"run {number}")
    assert told() == (
        [("1970-01-01", 1, 300.0), ("1970-01-02", 1, 450.0), ("1970-01-03", 1, 500.0)],
        [300.0, 450.0, 500.0],
        3,
    )
    assert vault.check(full=True).ok
    vault.take_back("run 2")
    assert told()[:2] == ([("1970-01-01", 1, 300.0), ("1970-01-02", 1, 400.0)], [300.0, 400.0])
    assert vault.check(full=True).ok


def test_two_groups_of_one_moment_both_stand(vault: Vault) -> None:
    for number, value in enumerate(("a", "b"), 1):
        keep(vault, samples((0, 0, value), metric="Pressure", summary=True), content=FILE * number)
    assert sorted(str(reading.value) for reading in vault.readings("Pressure")) == ["a", "b"]
