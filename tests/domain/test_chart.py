from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.chart import Drawing, draw, levels_for, words_of
from secondlens.domain.device_days import OneDay, grain_of, marks
from secondlens.domain.measure import Best

SINCE = date(2026, 11, 2)
BESTS: tuple[Best, ...] = ("sum", "range", "last", "time", "count")
sizes = st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: round(value, 4))


def drawn(*days: tuple[int, float], best: Best = "sum", length: int = 10) -> Drawing:
    """A chart of days (from the first, value)."""
    measured = [
        OneDay(day=SINCE + timedelta(days=day), count=1, low=value, high=value, total=value) for day, value in days
    ]
    values = [value for _, value in days]
    until = SINCE + timedelta(days=length - 1)
    levels = levels_for(min(values), max(values), best)
    return draw(marks(measured, best, "day"), SINCE, until, levels, best)


def test_days_stand_at_their_place_and_a_gap_stays_empty() -> None:
    first, second = drawn((0, 50), (9, 100)).shapes
    assert (round(first.left, 3), round(first.width, 3)) == (0.01, 0.08)
    assert round(second.left, 3) == 0.91


def test_a_bar_stands_on_zero_and_is_as_high_as_its_value() -> None:
    half, full = drawn((0, 50), (1, 100)).shapes
    assert (half.top, half.bottom) == (0.5, 1)
    assert full.top == 0


def test_a_zero_that_was_measured_is_seen() -> None:
    zero, _ = drawn((0, 0), (1, 100)).shapes
    assert 0 < zero.bottom - zero.top < 0.05


def test_a_span_runs_from_the_lowest_to_the_highest_reading() -> None:
    day = OneDay(day=SINCE, count=3, low=50, high=150, total=300)
    chart = draw(marks([day], "range", "day"), SINCE, SINCE, (50, 100, 150), "range")
    assert not chart.bars
    shape = chart.shapes[0]
    assert (shape.top, shape.middle, shape.bottom) == (0, 0.5, 1)


@pytest.mark.parametrize(
    ("low", "high", "best", "levels"),
    [
        (0, 4300, "sum", (0, 2000, 4000, 6000)),
        (47, 139, "range", (25, 50, 75, 100, 125, 150)),
        (168, 168, "last", (167, 167.5, 168, 168.5, 169)),
        (0, 0, "sum", (0, 0.25, 0.5, 0.75, 1)),
        (0, 3, "count", (0, 1, 2, 3)),
        (0, 2 * 3600, "time", (0, 1800, 3600, 5400, 7200)),
        (0, 9 * 3600, "time", (0, 3 * 3600, 6 * 3600, 9 * 3600)),
    ],
)
def test_levels_are_round_and_hold_what_is_drawn(
    low: float, high: float, best: Best, levels: tuple[float, ...]
) -> None:
    assert levels_for(low, high, best) == pytest.approx(levels)


def test_levels_are_round_as_they_are_read() -> None:
    assert [level * 100 for level in levels_for(0.93, 0.98, "range", 100)] == pytest.approx([92, 94, 96, 98])


@given(sizes, sizes, st.sampled_from(BESTS), st.sampled_from([1, 100]))
def test_any_values_lie_between_few_levels(one: float, other: float, best: Best, factor: float) -> None:
    low, high = sorted((abs(one), abs(other)) if best in ("time", "count") else (one, other))
    levels = levels_for(low, high, best, factor)
    assert 2 <= len(levels) <= 9
    assert all(first < second for first, second in pairwise(levels))
    room = 1e-6 * max(1, abs(low), abs(high))
    assert levels[0] - room <= low <= high <= levels[-1] + room


@given(st.dates(date(1900, 1, 1), date(2199, 1, 1)), st.integers(1, 6000))
def test_labels_of_any_period_have_room_and_do_not_stick_out(since: date, days: int) -> None:
    chart = draw((), since, since + timedelta(days=days - 1), (0, 1), "sum")
    places = [place for place, _ in chart.times]
    assert all(second - first >= 0.2 for first, second in pairwise(places))
    assert all(0 <= place <= 0.94 for place in places)
    assert places


@pytest.mark.parametrize(("days", "words"), [(1, "2 Nov 2026"), (365, "Week from 2 Nov 2026"), (3650, "Nov 2026")])
def test_a_row_is_named_for_the_days_it_stands_for(days: int, words: str) -> None:
    grain = grain_of(days)
    mark = marks([OneDay(day=SINCE, count=1, low=1, high=1, total=1)], "sum", grain)[0]
    assert words_of(mark, grain) == words
