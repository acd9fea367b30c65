"""The lines an Apple Health export is made of, one tag a line as Apple writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from xml.sax.saxutils import quoteattr

# The night the clocks go back where Nora lives.
_CLOCKS_BACK = datetime(2026, 11, 1, 7, tzinfo=UTC)
_SUMMER, _WINTER = timezone(timedelta(hours=-5)), timezone(timedelta(hours=-6))


@dataclass(frozen=True, slots=True)
class Source:
    """What measured: a watch, a phone, a cuff. `device` is the line Apple keeps for its own devices."""

    name: str
    version: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A HealthKit type with its unit; categories have none."""

    type: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading of a measure, by a source, over a stretch of time."""

    measure: Measure
    source: Source
    start: datetime
    end: datetime
    value: str


def at(day: date, minutes: float) -> datetime:
    """So many minutes after midnight of a day, on Nora's clock, to the second."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    zone = _SUMMER if noon < _CLOCKS_BACK else _WINTER
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=round(minutes * 60))


def stamp(when: datetime) -> str:
    """A time as Apple writes it: "2026-11-18 07:12:00 -0600"."""
    zone = _SUMMER if when < _CLOCKS_BACK else _WINTER
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %z")


def tag(name: str, attributes: Mapping[str, str | None], *inside: str, indent: int = 1) -> str:
    """A line, or with something inside it, several; attributes that are None are left out."""
    pairs = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value is not None)
    space = " " * indent
    if not inside:
        return f"{space}<{name}{pairs}/>\n"
    return f"{space}<{name}{pairs}>\n{''.join(inside)}{space}</{name}>\n"


def record(sample: Sample, *inside: str, indent: int = 1) -> str:
    """A Record."""
    attributes = {
        "type": sample.measure.type,
        **origin(sample.source),
        "unit": sample.measure.unit,
        **times(sample.start, sample.end),
        "value": sample.value,
    }
    return tag("Record", attributes, *inside, indent=indent)


def origin(source: Source) -> Mapping[str, str | None]:
    """The attributes that say what measured."""
    return {"sourceName": source.name, "sourceVersion": source.version, "device": source.device}


def times(start: datetime, end: datetime) -> Mapping[str, str]:
    """The attributes that say when."""
    return {
        "creationDate": stamp(end + timedelta(seconds=4)),
        "startDate": stamp(start),
        "endDate": stamp(end),
    }


def metadata(key: str, value: str) -> str:
    """A MetadataEntry inside a Record."""
    return tag("MetadataEntry", {"key": key, "value": value}, indent=2)
