"""The exports of devices we know: one file for each table of each maker, with what its columns are."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from secondlens.content._reading import FOLDER, bad, read_toml
from secondlens.domain.columns import TableMapping, is_sound


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFile:
    """A table of a maker's export. `seen` says where its header was seen: a header nobody saw does not ship."""

    title: str
    seen: tuple[str, ...]
    reviewed: date
    review_by: date
    table: TableMapping


@cache
def device_files() -> dict[str, DeviceFile]:
    """Every table we know, by the path of its file. Raises BadContent."""
    names = sorted(f"devices/{path.name}" for path in (FOLDER / "devices").glob("*.toml"))
    files = {name: read_toml(name, DeviceFile) for name in names}
    for name, file in files.items():
        if not is_sound(file.table):
            raise bad(name, "its columns, times and values do not fit each other")
        if not file.seen:
            raise bad(name, "it does not say where its header was seen")
    return files


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurable:
    """Something a column can hold: its plain `name` in a `group`, the `metric` it is kept as, its units."""

    group: str
    name: str
    metric: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choices:
    units: dict[str, str]
    choices: tuple[Measurable, ...]


def measurable() -> tuple[Measurable, ...]:
    """What a person can say a column holds, group by group. Raises BadContent."""
    return _choices().choices


def unit_word(unit: str) -> str:
    """Give a unit in plain words; one we have no words for stays as it is written."""
    return _choices().units.get(unit, unit)


@cache
def _choices() -> _Choices:
    return read_toml("measurable.toml", _Choices)


@cache
def device_tables() -> tuple[TableMapping, ...]:
    """What we know of the columns of devices' exports."""
    return tuple(file.table for file in device_files().values())
