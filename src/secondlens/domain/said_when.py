"""Dates as people say them: "March 2019", "spring 2019", "last week". What a date cannot hold stays as words."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from secondlens.domain.when import MONTHS, When, read_iso

_YEAR = r"(?:18|19|20|21)\d\d"
_DAY_MONTH_YEAR = re.compile(rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?)?([a-z]{{3,9}})\.?,?\s+({_YEAR})")
_MONTH_DAY_YEAR = re.compile(rf"([a-z]{{3,9}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+({_YEAR})")
_MONTH_BY_NUMBER = re.compile(rf"(\d{{1,2}})[/.]({_YEAR})")
# What stands before a year or a month and says more, or less, than it does.
_ABOUT = re.compile(
    r"(?:(?:about|around|circa|ca\.?|c\.?|approximately|roughly|maybe|probably|i think|some ?time(?: in)?|"
    r"(?:(?:in|at|by|from) )?(?:the )?"
    r"(?:early|mid|middle|late|beginning|start|end|first half|second half)(?: (?:of|in))?)[ -]+|~ ?)(.+)"
)
_TIME_OF_YEAR = re.compile(
    r"(?:in |the |early |mid |mid-|late )*"
    rf"(?:spring|summer|autumn|fall|winter|easter|christmas|new year)(?: of)?,? ({_YEAR})"
)
_SINCE = re.compile(r"(?:since|in|on|from) (.+)")
# True, but no year: kept as words alone.
_NO_YEAR = re.compile(
    rf"(?:(?:since |as a |as |in (?:my )?|my )*(?:birth|child|childhood|baby|teenager|teens)"
    rf"|(?:when i was |at |at age |age |aged )\d{{1,2}}"
    rf"|(?:in |since )?(?:the )?(?:early |mid |late )?(?:(?:18|19|20)?\d0s)"
    rf"|(?:(?:some time|sometime|shortly|long) )?(?:before|after) (?:the )?(?:[a-z]{{3,9}} )?{_YEAR})"
)


@dataclass(frozen=True, slots=True)
class SaidWhen:
    """A date somebody said. `words` is what they said where it says more than `when` can hold, else None.

    `when` never says more than the words do, and is None where they name no year at all ("as a child").
    """

    when: When | None
    words: str | None = None


def read_when(text: str) -> When | None:
    """Read a plain date: 2024, 2024-03, 2024-03-02, March 2024, 2 March 2024, March 2, 2024, 3/2024.

    All-number dates such as 3/4/2024 mean two different days to different people, so they are not read.
    """
    plain = _folded(text)
    if match := _DAY_MONTH_YEAR.fullmatch(plain):
        day, month, year = match.groups()
    elif match := _MONTH_DAY_YEAR.fullmatch(plain):
        month, day, year = match.groups()
    elif match := _MONTH_BY_NUMBER.fullmatch(plain):
        return read_iso(f"{match[2]}-{int(match[1]):02d}")
    else:
        return read_iso(plain) if re.match(_YEAR, plain) else None
    number = _number_of_month(month)
    return read_iso(f"{year}-{number:02d}" + (f"-{int(day):02d}" if day else "")) if number else None


def read_said_when(text: str, today: date) -> SaidWhen | None:
    """Read a date as vague as it was said; None when it is empty or cannot be understood. `today` is the person's.

    "Spring 2019" keeps 2019, "early March 2019" keeps March 2019, and both keep their words.
    """
    said = " ".join(text.split())
    plain = _folded(said)
    if when := read_when(plain):
        return SaidWhen(when)
    if counted := _from_today(plain, today):
        return counted
    if match := _SINCE.fullmatch(plain):
        inner = read_said_when(match[1], today)
        if inner:
            return SaidWhen(inner.when, inner.words and said)
    if match := _TIME_OF_YEAR.fullmatch(plain):
        return SaidWhen(When(match[1]), said)
    return SaidWhen(None, said) if _NO_YEAR.fullmatch(plain) else _about(said, plain, today)


def _about(said: str, plain: str, today: date) -> SaidWhen | None:
    match = _ABOUT.fullmatch(plain)
    inner = read_said_when(match[1], today) if match else None
    # "About 2 March" may be another day of March; what is surely meant is not a day.
    return SaidWhen(When(inner.when.text[:7]), said) if inner and inner.when else None


def _from_today(plain: str, today: date) -> SaidWhen | None:
    """Read what counts from today. "Last week" will mean nothing next year, so its words name the week."""
    before = today.replace(day=1) - timedelta(days=1)
    points = {
        **dict.fromkeys(("today", "now"), today.isoformat()),
        "yesterday": (today - timedelta(days=1)).isoformat(),
        "this month": today.isoformat()[:7],
        "last month": before.isoformat()[:7],
        "this year": today.isoformat()[:4],
        "last year": f"{today.year - 1:04d}",
    }
    weeks = {"this week": 0, "last week": 7}
    if plain in points:
        return SaidWhen(When(points[plain]))
    if plain not in weeks:
        return None
    monday = today - timedelta(days=today.weekday() + weeks[plain])
    sunday = monday + timedelta(days=6)
    words = f"in the week of {When(monday.isoformat()).plain()}"
    if monday.year != sunday.year:
        return SaidWhen(None, words)
    return SaidWhen(When(monday.isoformat()[: 7 if monday.month == sunday.month else 4]), words)


def _number_of_month(word: str) -> int | None:
    known = "september" if word == "sept" else word
    return next((number for number, name in enumerate(MONTHS, 1) if name.casefold().startswith(known)), None)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).strip(".,;")
