"""The exports of devices we know: each was seen somewhere, is looked at again in time, and has a sample."""

from datetime import date

import pytest

from secondlens.content import _checks, check, device_files, measurable, metrics
from secondlens.content._devices import DeviceFile
from secondlens.content._reading import BadContent, convert
from secondlens.importers._table_head import find_table
from secondlens.importers.incoming import IncomingFile
from tests.importers.tables import SAMPLES


def test_every_table_we_know_is_found_in_a_sample_and_every_sample_is_known() -> None:
    tables = tuple(file.table for file in device_files().values())
    samples = {path.name: find_table(IncomingFile(path.name, path.read_bytes()), tables) for path in SAMPLES}
    assert [name for name, table in samples.items() if table is None or table.mapping is None] == []
    # The older export of Fitbit holds two tables; the second has its own test.
    met = {table.mapping.name for table in samples.values() if table and table.mapping}
    assert {table.name for table in tables} - met == {"Fitbit, older export: sleep"}


def test_the_name_of_a_table_is_its_title_and_none_is_there_twice() -> None:
    names = [file.table.name for file in device_files().values()]
    assert names == [file.title for file in device_files().values()]
    assert len(set(names)) == len(names)


def test_an_overdue_table_is_named_by_the_monthly_check() -> None:
    problems = check(date(2100, 1, 1))
    assert all(any(problem.startswith(name) for problem in problems) for name in device_files())
    name, file = next(iter(device_files().items()))
    assert not list(_checks._dates(name, file, file.reviewed))


def test_a_slip_in_a_table_is_refused() -> None:
    with pytest.raises(BadContent):
        convert("devices/x.toml", {"title": "x", "seen": [], "reviewed": date(2026, 1, 1)}, DeviceFile)


def test_what_can_be_chosen_is_there_once_and_percent_is_not_apples() -> None:
    chosen = [(one.metric, unit) for one in measurable() for unit in one.units]
    assert len(set(chosen)) == len(chosen)
    assert "%" not in {unit for _, unit in chosen}
    measure = metrics().measure("HKQuantityTypeIdentifierOxygenSaturation", "percent")
    assert measure.exactly(97) == "97 %"


def test_every_metric_of_a_table_has_a_plain_name() -> None:
    ours = {value.metric for file in device_files().values() for value in file.table.values}
    ours |= {one.metric for one in measurable()}
    assert [metric for metric in sorted(ours) if metrics().metric(metric).group == "other"] == []
