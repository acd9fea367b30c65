"""Dates as people say them: nothing is sharpened, nothing said is lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.said_when import SaidWhen, read_said_when, read_when
from secondlens.domain.when import MONTHS, When, read_iso

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2024", "2024"),
        ("2024-03", "2024-03"),
        ("March 2024", "2024-03"),
        ("mar 2024", "2024-03"),
        ("2 March 2024", "2024-03-02"),
        ("2. Sept 2024", "2024-09-02"),
        ("March 2, 2024", "2024-03-02"),
    ],
)
def test_a_date_is_read_as_people_write_it(typed: str, kept: str) -> None:
    assert read_when(typed) == When(kept)


@pytest.mark.parametrize("typed", ["3/4/2024", "31 February 2024", "Smarch 2024", "last spring", ""])
def test_a_date_that_could_mean_two_days_or_none_is_not_guessed(typed: str) -> None:
    assert read_when(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2nd of March 2024", "2024-03-02"),
        ("March 2nd, 2024", "2024-03-02"),
        (" march   2024. ", "2024-03"),
        ("3/2024", "2024-03"),
        ("03.2024", "2024-03"),
        ("since 2019", "2019"),
        ("in May 2019", "2019-05"),
        ("today", "2026-11-25"),
        ("Yesterday", "2026-11-24"),
        ("this month", "2026-11"),
        ("last month", "2026-10"),
        ("last year", "2025"),
    ],
)
def test_a_plain_date_needs_no_words_beside_it(typed: str, kept: str) -> None:
    assert read_said_when(typed, TODAY) == SaidWhen(When(kept))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("spring 2019", "2019"),
        ("in the late summer of 2019", "2019"),
        ("Winter 2019", "2019"),
        ("Christmas 2019", "2019"),
        ("early 2019", "2019"),
        ("the end of 2019", "2019"),
        ("about 2019", "2019"),
        ("~2019", "2019"),
        ("sometime in 2019", "2019"),
        ("early March 2019", "2019-03"),
        ("mid-March 2019", "2019-03"),
        ("around 2 March 2019", "2019-03"),
        ("as a child", None),
        ("at age 12", None),
        ("the 1990s", None),
        ("in the early 90s", None),
        ("before 2010", None),
        ("after March 2010", None),
        ("since birth", None),
    ],
)
def test_what_a_date_cannot_hold_stays_as_words(typed: str, kept: str | None) -> None:
    assert read_said_when(typed, TODAY) == SaidWhen(When(kept) if kept else None, typed)


@pytest.mark.parametrize(
    ("today", "kept", "words"),
    [
        (date(2026, 11, 25), "2026-11", "in the week of 16 November 2026"),
        (date(2026, 11, 4), "2026", "in the week of 26 October 2026"),
        (date(2026, 1, 7), None, "in the week of 29 December 2025"),
    ],
)
def test_last_week_keeps_what_all_its_days_share_and_names_the_week(
    today: date, kept: str | None, words: str
) -> None:
    assert read_said_when("last week", today) == SaidWhen(When(kept) if kept else None, words)


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "3/4/2019", "Marble 2019", "31 February 2019", "20199", "spring", "0219", "about", "2 2019"],
)
def test_what_cannot_be_understood_is_not_guessed(typed: str) -> None:
    assert read_said_when(typed, TODAY) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_and_what_it_gives_is_a_date(typed: str) -> None:
    said = read_said_when(typed, TODAY)
    assert said is None or said.when is None or read_iso(said.when.text) == said.when
    assert said is None or said.when or said.words


_PREFIXES = st.sampled_from(["", "about ", "early ", "late ", "around ", "~", "since ", "mid ", "the end of "])
_YEARS = st.integers(1800, 2199).map(str)
_DATES = st.one_of(
    _YEARS,
    st.builds("{} {}".format, st.sampled_from(MONTHS), _YEARS),
    st.builds("{} {} {}".format, st.integers(1, 28), st.sampled_from(MONTHS), _YEARS),
    st.builds("{} {}".format, st.sampled_from(["spring", "summer", "autumn", "fall", "winter"]), _YEARS),
)


@given(_PREFIXES, _DATES)
def test_nothing_is_sharpened(prefix: str, said: str) -> None:
    """The date says no year, month or day that was not typed, and words that it cannot hold are kept."""
    found = read_said_when(prefix + said, TODAY)
    assert found is not None
    assert found.when is not None
    year, *rest = found.when.text.split("-")
    assert year in said
    assert not rest or MONTHS[int(rest[0]) - 1] in said
    assert len(rest) < 2 or said.startswith(f"{int(rest[1])} ")
    if prefix not in ("", "since "):
        assert found.words == (prefix + said).strip()
