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
    """Something a column can hold: the `metric` it is kept as, and the units there are."""

    metric: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choices:
    choices: tuple[Measurable, ...]


@cache
def measurable() -> tuple[Measurable, ...]:
    """What a person can say a column holds. Raises BadContent."""
    return read_toml("measurable.toml", _Choices).choices


@cache
def device_tables() -> tuple[TableMapping, ...]:
    """What we know of the columns of devices' exports."""
    return tuple(file.table for file in device_files().values())
