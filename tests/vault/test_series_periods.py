"""Readings of a period: days are those of the local clock, months of the store are not."""

import pytest

from secondlens.vault import Vault
from tests.vault.making import fingerprint, samples

DAY = 86400
NEW_YEAR = 365 * DAY  # 1971-01-01T00:00:00Z


def keep(vault: Vault, *readings: tuple[int, int, float | str], **how: object) -> None:
    content = repr((readings, how)).encode()
    vault.keep_file("export.xml", content, fingerprint(content), (samples(*readings, **how),))  # type: ignore[arg-type]  # the names are those of `samples`


@pytest.mark.parametrize(("offset", "day"), [(60, "1971-01-01"), (-60, "1970-12-31")])
def test_a_reading_near_midnight_belongs_to_its_local_day_in_whatever_month_it_is_kept(
    vault: Vault, offset: int, day: str
) -> None:
    moment = NEW_YEAR - 1800 if offset > 0 else NEW_YEAR + 1800
    keep(vault, (moment, moment, 61.0), offset=offset)
    keep(vault, (NEW_YEAR - 20 * DAY, NEW_YEAR - 20 * DAY, 70.0), (NEW_YEAR + 20 * DAY, NEW_YEAR + 20 * DAY, 80.0))
    assert [(one.value, one.start[:10]) for one in vault.readings("HeartRate", day, day)] == [(61.0, day)]
    assert [(one.day, one.total) for one in vault.days("HeartRate", day, day)] == [(day, 61.0)]


def test_both_ends_of_a_period_are_in_it(vault: Vault) -> None:
    keep(vault, *((day * DAY, day * DAY + 60, float(day)) for day in range(90)))
    inside = [float(day) for day in range(20, 51)]
    assert [one.value for one in vault.readings("HeartRate", "1970-01-21", "1970-02-20")] == inside
    assert [one.total for one in vault.days("HeartRate", "1970-01-21", "1970-02-20")] == inside
    assert len(vault.days("HeartRate")) == len(list(vault.readings("HeartRate"))) == 90


def test_codes_of_a_day_stay_themselves_beside_those_of_other_days(vault: Vault) -> None:
    keep(vault, (0, 60, "Deep"), (DAY, DAY + 60, "Awake"), (DAY + 60, DAY + 90, "REM"), metric="Sleep")
    assert [one.value for one in vault.readings("Sleep", "1970-01-02", "1970-01-02")] == ["Awake", "REM"]


def test_the_number_of_a_metric_stays_when_others_come_and_sources_are_added(vault: Vault) -> None:
    keep(vault, (0, 60, 61.0), metric="Steps")
    numbers = vault.metrics()
    keep(vault, (0, 60, 61.0), metric="Breath")
    keep(vault, (0, 60, 61.0), metric="Steps", source="Phone")
    assert numbers.items() <= vault.metrics().items()
    assert sorted(vault.metrics().values()) == ["Breath", "Steps"]


def test_readings_are_counted_without_summaries(vault: Vault) -> None:
    assert vault.count_readings() == 0
    keep(vault, (0, 60, 61.0), (60, 120, 62.0))
    keep(vault, (0, 60, 61.0), metric="Rings", summary=True)
    assert vault.count_readings() == 2


def test_the_span_of_a_metric_is_of_local_days_and_of_all_its_sources(vault: Vault) -> None:
    assert vault.span_of_days("HeartRate") is None
    keep(vault, (DAY - 1800, DAY, 61.0), offset=60)
    keep(vault, (9 * DAY - 1800, 9 * DAY, 61.0), source="Phone", offset=60)
    assert vault.span_of_days("HeartRate") == ("1970-01-02", "1970-01-10")
