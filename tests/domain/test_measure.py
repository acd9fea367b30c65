import pytest

from secondlens.domain.measure import Measure, plain_number, plain_time

SHARE = Measure(name="Oxygen in the blood", best="range", unit="%", factor=100)
STEPS = Measure(name="Steps", best="sum", unit="steps")
SLEEP = Measure(name="Sleep", best="time", unit="")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (8412.4, "8,412"),
        (100.0, "100"),
        (57.64, "57.6"),
        (84.0, "84"),
        (1.756, "1.76"),
        (0.012345, "0.0123"),
        (0, "0"),
        (-3.5, "-3.5"),
    ],
)
def test_a_figure_is_rounded_as_far_as_sense_goes(value: float, words: str) -> None:
    assert plain_number(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "20 s"), (59.6, "1 min"), (725, "12 min"), (3599, "1 h"), (3600, "1 h"), (25920, "7 h 12 min")],
)
def test_a_time_is_said_in_hours_and_minutes(seconds: float, words: str) -> None:
    assert plain_time(seconds) == words


def test_a_share_is_read_in_hundredths() -> None:
    assert SHARE.exactly(0.97) == "97 %"
    assert SHARE.between(0.93, 0.981) == "93 to 98.1 %"
    assert SHARE.level(0.92) == "92"


def test_a_single_reading_is_as_exact_as_it_is_kept() -> None:
    assert STEPS.exactly(1234.5678) == "1,234.5678 steps"
    assert STEPS.amount(1234.5678) == "1,235 steps"


def test_what_is_said_alike_is_said_once() -> None:
    assert STEPS.between(312.2, 312.4) == "312 steps"


def test_levels_are_told_apart_however_large_they_are() -> None:
    assert [STEPS.level(level) for level in (167, 167.5, 0.1 * 3)] == ["167", "167.5", "0.3"]
    assert [SLEEP.level(level) for level in (0, 1800, 7200)] == ["0", "30 min", "2 h"]
