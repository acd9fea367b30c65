from datetime import date, timedelta

import pytest

from secondlens.domain.device_days import Grain, OneDay, best_of, grain_of, marks, overlap, said, whole
from secondlens.domain.measure import Best, Measure

MONDAY = date(2026, 11, 2)
THREE, TWO = (f"There are readings on {days} of 30 days." for days in (3, 2))


def measured(*values: float, first: date = MONDAY) -> list[OneDay]:
    """Days of one reading each, one after another."""
    return [
        OneDay(day=first + timedelta(days=place), count=1, low=value, high=value, total=value)
        for place, value in enumerate(values)
    ]


def coded(*seconds: float) -> list[OneDay]:
    return [
        OneDay(day=MONDAY + timedelta(days=place), count=2, low=None, high=None, total=total)
        for place, total in enumerate(seconds)
    ]


def measure(best: Best, unit: str = "steps") -> Measure:
    return Measure(name="Steps", best=best, unit=unit)


@pytest.mark.parametrize(
    ("days", "grain"), [(1, "day"), (90, "day"), (365, "week"), (3650, "month"), (366 * 60, "year")]
)
def test_a_chart_never_has_more_marks_than_can_be_seen(days: int, grain: Grain) -> None:
    assert grain_of(days) == grain


def test_a_day_without_readings_has_no_mark_and_counts_as_no_zero() -> None:
    days = [*measured(10), *measured(30, first=MONDAY + timedelta(days=2))]
    found = marks(days, "sum", "day")
    assert [mark.first for mark in found] == [MONDAY, MONDAY + timedelta(days=2)]
    assert whole(days, "sum").middle == 20


def test_a_week_stands_for_its_middle_day_and_is_not_added_up() -> None:
    found = marks(measured(10, 20, 90, first=MONDAY), "sum", "week")
    assert [(mark.first, mark.last, mark.low, mark.middle, mark.high, mark.days) for mark in found] == [
        (MONDAY, MONDAY + timedelta(days=6), 10, 20, 90, 3)
    ]


def test_months_and_years_end_on_their_last_day() -> None:
    february = measured(1, first=date(2024, 2, 29))
    assert marks(february, "range", "month")[0].last == date(2024, 2, 29)
    assert marks(measured(1, first=date(2026, 12, 31)), "range", "month")[0].last == date(2026, 12, 31)
    year = marks(february, "range", "year")[0]
    assert (year.first, year.last) == (date(2024, 1, 1), date(2024, 12, 31))


def test_a_range_is_of_the_readings_and_its_middle_of_the_averages() -> None:
    day = OneDay(day=MONDAY, count=4, low=50, high=150, total=320)
    mark = whole([day], "range")
    assert (mark.low, mark.middle, mark.high) == (50, 80, 150)


def test_the_last_reading_stands_for_a_day_where_it_is_known() -> None:
    day = OneDay(day=MONDAY, count=2, low=57, high=59, total=116, last=57)
    assert whole([day], "last").middle == 57
    assert whole([day], "range").middle == 58


def test_codes_are_never_added_up_as_numbers_nor_numbers_taken_for_codes() -> None:
    assert best_of(coded(60), "sum") == "time"
    assert best_of(coded(0), "range") == "count"
    assert best_of(measured(3), "time") == "range"
    assert best_of(measured(3), "sum") == "sum"


def test_sources_overlap_on_the_days_that_more_than_one_has() -> None:
    days = [("Watch", MONDAY), ("Phone", MONDAY), ("Phone", MONDAY), ("Phone", MONDAY + timedelta(days=1))]
    assert overlap(days) == 1
    assert overlap(days[1:]) == 0


@pytest.mark.parametrize(
    ("days", "best", "sentence"),
    [
        (
            measured(10, 20, 90),
            "sum",
            f"On the middle day it was 20 steps. The days ran from 10 to 90 steps. {THREE}",
        ),
        (
            measured(10, 20, 90),
            "range",
            f"The readings ran from 10 to 90 steps. On the middle day the average was 20 steps. {THREE}",
        ),
        (
            measured(10, 20, 90),
            "last",
            f"The readings ran from 10 to 90 steps. On the middle day the last reading was 20 steps. {THREE}",
        ),
        (measured(10), "range", "There is one reading: 10 steps."),
        (
            [OneDay(day=MONDAY, count=3, low=1, high=5, total=9)],
            "range",
            "There are 3 readings on one day: 1 to 5 steps.",
        ),
        (
            coded(3600, 7200),
            "time",
            f"On the middle day it was 1 h 30 min. The days ran from 1 h to 2 h. {TWO}",
        ),
        (coded(0, 0), "count", "Noted 4 times, on 2 of 30 days."),
        (
            [OneDay(day=MONDAY, count=1, low=None, high=None, total=0)],
            "count",
            "Noted once, on 1 of 30 days.",
        ),
    ],
)
def test_a_sentence_says_what_a_chart_shows_and_judges_nothing(
    days: list[OneDay], best: Best, sentence: str
) -> None:
    assert said(whole(days, best), measure(best), 30) == sentence
