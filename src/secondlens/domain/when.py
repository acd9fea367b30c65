"""A date as vague as its source: "2024", "2024-03", "2024-03-02" or a time of day, never sharpened."""

import re
from dataclasses import dataclass

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
)
_HL7 = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\.\d+)?([+-]\d{4}|Z)?")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class When:
    """A point in time, ISO 8601, cut where the source's knowledge ends.

    `text` is one of YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.f]][Z|+hh:mm]. As text it sorts by time
    within one zone; `read_iso` and `read_hl7` are the ways to make one from outside text.
    """

    text: str

    @property
    def day(self) -> str:
        """The date part alone, as precise as it is: "2024-03" stays "2024-03"."""
        return self.text[:10]

    @property
    def year(self) -> int:
        """The calendar year."""
        return int(self.text[:4])

    def plain(self) -> str:
        """As a person says it: "2 March 2024", "March 2024", "2024"; a time of day is left out."""
        year, *rest = self.day.split("-")
        if not rest:
            return year
        month = MONTHS[int(rest[0]) - 1]
        return f"{month} {year}" if len(rest) == 1 else f"{int(rest[1])} {month} {year}"


def read_iso(text: str | None) -> When | None:
    """Read an ISO 8601 or FHIR date; None when it is absent or is not one. Precision is kept."""
    text = (text or "").strip()
    match = _ISO.fullmatch(text)
    return When(text) if match and _possible(match.group(1, 2, 3, 4, 5, 6)) else None


def read_hl7(text: str | None) -> When | None:
    """Read an HL7 v3 timestamp (YYYY[MM[DD[hh[mm[ss]]]]][zone]); None when it is absent or is not one.

    An hour without minutes is cut to its day: ISO 8601 has no such precision.
    """
    match = _HL7.fullmatch((text or "").strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    if not _possible((year, month, day, hour, minute, second)):
        return None
    date = "-".join(part for part in (year, month, day) if part)
    if not (day and hour and minute):
        return When(date)
    time = f"T{hour}:{minute}" + (f":{second}{fraction or ''}" if second else "")
    if zone and zone != "Z":
        zone = f"{zone[:3]}:{zone[3:]}"
    return When(date + time + (zone or ""))


def _possible(parts: tuple[str | None, ...]) -> bool:
    year, month, day, hour, minute, second = (int(part) if part else None for part in parts)
    if not year or (month is not None and not 1 <= month <= 12):
        return False
    if day is not None and not (month and 1 <= day <= _DAYS_IN_MONTH[month - 1]):
        return False
    # A leap second is :60, and some systems write midnight as 24:00.
    return (hour or 0) <= 24 and (minute or 0) <= 59 and (second or 0) <= 60
