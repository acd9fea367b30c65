"""Times and numbers as tables write them.

What one text leaves open, such as 3/4/2026, is settled by the whole column, or asked.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from secondlens.domain.columns import Decimals, Order
from secondlens.domain.samples import MOST_MINUTES, is_time
from secondlens.domain.when import When

DAY = 24 * 3600
_KEPT_TEXTS = 500
_PLACES = {Order.YEAR_FIRST: (0, 1, 2), Order.DAY_FIRST: (2, 1, 0), Order.MONTH_FIRST: (2, 0, 1)}
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {
    **dict(
        zip(
            _ENGLISH,
            range(1, 13),
            strict=True,
        )
    ),
    "mär": 3,
    "mrz": 3,
    "mai": 5,
    "okt": 10,
    "dez": 12,
    "sept": 9,
}
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[AaPp]\.?\s?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_TIME = re.compile(
    r"(?P<date>(?:\d{1,4}([-/.])\d{1,2}\2\d{1,4})|(?:[^\W\d_]{3,9}\.?\s\d{1,2},?\s\d{4})|(?:\d{1,2}\.?\s[^\W\d_]{3,9}\.?,?\s\d{4}))"
    rf"(?:(?:T|,?\s+){_CLOCK})?"
)
_NAMED = re.compile(r"[^\W\d_]+|\d+")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = {
    Decimals.POINT: re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII),
    Decimals.COMMA: re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", re.ASCII),
}
_HAS_MARK = re.compile("[.,]")


class Moment(NamedTuple):
    """Seconds since 1970 UTC and minutes the clock was ahead. Not `zoned`: nobody wrote where the clock stood."""

    seconds: int
    offset: int
    zoned: bool
    day_only: bool


def read_time(text: str, order: Order, *, utc: bool) -> Moment | None:
    """Read a time; None when it is none. Without a zone it is UTC, or kept as the clock showed it."""
    if _EPOCH.fullmatch(text):
        return _moment(int(text[:10]), 0, zoned=True)
    match = _TIME.fullmatch(text)
    day = _day(match["date"], order) if match else None
    if match is None or day is None:
        return None
    if match["hour"] is None:
        return Moment(day, 0, zoned=utc, day_only=True)
    clock = _clock(match["hour"], match["minute"], match["second"], match["half"])
    offset = _offset(match["zone"])
    if clock is None or offset is None:
        return None
    return _moment(day + clock - 60 * offset, offset, zoned=utc or match["zone"] is not None)


def moment_text(seconds: int, offset: int) -> str:
    """Write a time by its own clock, without a zone: "2026-04-03 08:00"."""
    return datetime.fromtimestamp(seconds + 60 * offset, UTC).strftime("%Y-%m-%d %H:%M")


def day_text(seconds: int) -> str:
    """Write a day as a person says it: "3 April 2026"."""
    return When(datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")).plain()


def looks_like_time(text: str) -> bool:
    """Tell whether a text is a date or a time in some order."""
    return any(read_time(text, order, utc=True) for order in Order)


def orders_in(texts: Iterable[str]) -> tuple[Order, ...]:
    """Give the orders that all dates of a column can be read in, one for each meaning: several leave it open.

    A 13 settles it. Dates that are the same in two orders settle nothing and leave nothing open.
    """
    left = tuple(Order)
    open_dates: set[str] = set()
    for text in texts:
        if len(left) == 1:
            break
        match = _TIME.fullmatch(text)
        if match is None or match["date"] in open_dates:
            continue
        days = {order: day for order in left if (day := _day(match["date"], order)) is not None}
        if days and len(days) < len(left):
            left = tuple(days)
        if len(set(days.values())) > 1 and len(open_dates) < _KEPT_TEXTS:
            open_dates.add(match["date"])
    meanings = {tuple(_day(date, order) for date in sorted(open_dates)): order for order in reversed(left)}
    return tuple(order for order in left if order in meanings.values())


def decimals_in(texts: Iterable[str]) -> tuple[Decimals, ...]:
    """Give what can part the decimals in a column: both leave open whether 1,234 is more than a thousand.

    None when nothing in the column bears on it, as with whole numbers.
    """
    left = set(Decimals)
    bears = False
    for text in texts:
        if text.isdecimal() or not _HAS_MARK.search(text):
            continue
        can = {one for one in Decimals if isinstance(read_number(text, one), float)}
        bears = bears or bool(can)
        left = left & can or left
        if len(left) == 1:
            break
    return tuple(one for one in Decimals if one in left) if bears else ()


def read_number(text: str, decimals: Decimals) -> float | str:
    """Give the number a text is; the text itself when it is none, or when a number would not print back equal."""
    plain = text
    if not text.isdecimal():
        grouping = "," if decimals is Decimals.POINT else "."
        if grouping in text:
            if not _GROUPED[decimals].fullmatch(text):
                return text
            plain = text.replace(grouping, "")
        plain = plain.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        return text
    number = float(plain)
    return number if number - number == 0 and Decimal(repr(number)) == Decimal(plain) else text


@lru_cache(maxsize=4096)
def _day(date: str, order: Order) -> int | None:
    """Give the first second of a day, as if its place were on UTC."""
    parts = _NAMED.findall(date)
    places = _PLACES[order]
    name = next((part for part in parts if not part.isdecimal()), None)
    if name:
        month = _MONTHS.get(name.casefold()) or _MONTHS.get(name.casefold()[:3])
        parts = [part for part in parts if part != name]
        year, day = parts[1], parts[0]
        if month is None:
            return None
        return _first_second(year, month, day)
    if any(len(part) == 4 and place != places[0] for place, part in enumerate(parts)):
        return None
    return _first_second(*(parts[place] for place in places))


def _first_second(year: str, month: str | int, day: str) -> int | None:
    if len(year) not in (2, 4):
        return None
    try:
        whole = int(year) + (2000 if len(year) == 2 else 0)
        seconds = int(datetime(whole, int(month), int(day), tzinfo=UTC).timestamp())
    except ValueError:
        return None
    return seconds if is_time(seconds - 2 * DAY) and is_time(seconds + 2 * DAY) else None


def _clock(hour: str, minute: str, second: str | None, half: str | None) -> int | None:
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return 3600 * hours + 60 * minutes + seconds


def _offset(zone: str | None) -> int | None:
    if zone is None or not zone[1:2].isdecimal():
        return 0
    digits = zone[1:].replace(":", "")
    minutes = 60 * int(digits[:2]) + int(digits[2:])
    return (-minutes if zone[0] == "-" else minutes) if minutes <= MOST_MINUTES else None


def _moment(seconds: int, offset: int, *, zoned: bool) -> Moment | None:
    return Moment(seconds, offset, zoned=zoned, day_only=False) if is_time(seconds) else None
