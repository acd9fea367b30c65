"""Times as Apple Health writes them: "2026-11-18 07:12:00 -0600"."""

import re
from datetime import UTC, datetime

from secondlens.domain.samples import MOST_MINUTES, is_time

_TIME = re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d ([+-])(\d\d)(\d\d)", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
DAY = 24 * 3600
_MOST_DAYS = 200_000

Moment = tuple[int, int]  # seconds since 1970 UTC, minutes the clock was ahead of UTC


class Clock:
    """Reads times. It remembers whole days: a calendar is slow, and readings come by the hundred a day."""

    def __init__(self) -> None:
        self._days: dict[str, Moment] = {}

    def read(self, text: str | None) -> Moment | None:
        """Give the moment; None when it is none or has no zone."""
        if text is None or len(text) != 25:
            return None
        day = self._days.get(text[:10] + text[19:]) or self._begin(text)
        hour, minute, second = text[11:13], text[14:16], text[17:19]
        if day is None or not (hour + minute + second).isdecimal() or text[10] + text[13] + text[16] != " ::":
            return None
        if hour > "23" or minute > "59" or second > "59":
            return None
        return day[0] + 3600 * int(hour) + 60 * int(minute) + int(second), day[1]

    def _begin(self, text: str) -> Moment | None:
        """Give the first second of a day and the minutes its clock was ahead."""
        match = _TIME.fullmatch(text)
        begin = read_day(match[1]) if match else None
        if match is None or begin is None:
            return None
        offset = (60 * int(match[3]) + int(match[4])) * (-1 if match[2] == "-" else 1)
        if abs(offset) > MOST_MINUTES:
            return None
        if len(self._days) < _MOST_DAYS:
            self._days[match[1] + text[19:]] = (begin - 60 * offset, offset)
        return begin - 60 * offset, offset


def read_day(text: str | None) -> int | None:
    """Give the first second of a day, as if its place were on UTC: the source gives no zone."""
    match = _DAY.fullmatch(text or "")
    if not match:
        return None
    year, month, day = map(int, match.groups())
    try:
        seconds = int(datetime(year, month, day, tzinfo=UTC).timestamp())
    except ValueError:
        return None
    # So far from both ends that no zone moves any time of the day beyond them.
    return seconds if is_time(seconds - 2 * DAY) and is_time(seconds + 2 * DAY) else None
