"""Tables through the confined child into a vault: known ones at once, others after their columns are said."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from secondlens.actions.columns import asks_about_columns, look_at_table, own_tables, remember
from secondlens.actions.importing import ReadFile, keep, preview_all, read_files
from secondlens.actions.taking_back import take_back
from secondlens.domain.column_uses import Said, mapping_of
from secondlens.domain.columns import ColumnMapping, Order
from secondlens.errors import BadInput
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import NO_TABLE
from secondlens.vault import LEAST_COST, Vault, create_vault
from tests.actions.test_apple_export import zipped
from tests.importers.tables import FIXTURES, SAMPLES

TABLE = IncomingFile("puls_2026-04.csv", b"Tag;Puls;Notiz\n03.04.2026;61;gut\n04.04.2026;62,5;\n")
USES = {"Tag": "time", "Puls": "HKQuantityTypeIdentifierHeartRate:count/min", "Notiz": "note"}


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with create_vault(tmp_path / "v.vault", "four calm words here", cost=LEAST_COST).vault as made:
        yield made


def say(vault: Vault, order: Order) -> None:
    seen = look_at_table(TABLE, own_tables(vault))
    remember(vault, mapping_of(Said(uses=USES, order=order), seen.columns, file_name=TABLE.name))


def first_day(read: ReadFile, vault: Vault) -> str:
    keep(vault, read)
    return vault.series("HKQuantityTypeIdentifierHeartRate")[0].first[:10]


def test_every_sample_goes_in_and_a_second_time_changes_nothing(vault: Vault) -> None:
    files = [IncomingFile(path.name, path.read_bytes()) for path in SAMPLES]
    first = [keep(vault, read) for read in read_files(files)]
    assert [receipt.path for receipt in first if receipt.problem or not receipt.samples] == []
    assert {receipt.importer for receipt in first} == {"table"}
    before = (vault.series(), vault.days(), vault.counts(), vault._ledger.end(vault._database))
    assert [keep(vault, read).samples for read in read_files(files)] == [0] * len(files)
    assert (vault.series(), vault.days(), vault.counts(), vault._ledger.end(vault._database)) == before
    assert vault.check(full=True).ok


def test_the_same_thing_of_several_makers_stands_side_by_side(vault: Vault) -> None:
    for name in ("withings-bp.csv", "omron-connect.csv", "oura-heartrate.csv"):
        for read in read_files([IncomingFile(name, (FIXTURES / name).read_bytes())]):
            keep(vault, read)
    sources = {series.source for series in vault.series("HKQuantityTypeIdentifierHeartRate")}
    assert sources == {"Withings", "Omron", "Oura"}
    pressures = vault.series("HKCorrelationTypeIdentifierBloodPressure")
    assert {(series.source, series.summary) for series in pressures} == {("Withings", True), ("Omron", True)}


def test_a_table_nobody_knows_keeps_nothing_until_its_columns_are_said(vault: Vault) -> None:
    (read,) = read_files([TABLE], own_tables(vault))
    assert asks_about_columns(preview_all(vault, [read])[0].problem)
    assert keep(vault, read).samples == 0
    say(vault, Order.DAY_FIRST)
    (read,) = read_files([TABLE], own_tables(vault))
    assert first_day(read, vault) == "2026-04-03"


def test_what_is_said_anew_of_the_same_columns_takes_the_place_of_the_old(vault: Vault) -> None:
    say(vault, Order.DAY_FIRST)
    say(vault, Order.MONTH_FIRST)
    (kept,) = vault.list(ColumnMapping.__name__)
    assert kept.version == 2
    (read,) = read_files([TABLE], own_tables(vault))
    assert first_day(read, vault) == "2026-03-04"


def test_readings_that_a_later_table_holds_too_stay_when_the_first_is_taken_back(vault: Vault) -> None:
    say(vault, Order.DAY_FIRST)
    later = IncomingFile("puls_2026-05.csv", TABLE.content + b"05.04.2026;63;\n")
    for file, run in ((TABLE, "first"), (later, "later")):
        for read in read_files([file], own_tables(vault)):
            keep(vault, read, run)
    take_back(vault, "first")
    assert [series.count for series in vault.series("HKQuantityTypeIdentifierHeartRate")] == [3]
    take_back(vault, "later")
    assert vault.series() == ()


def test_a_table_in_a_zip_is_asked_about_by_itself(vault: Vault) -> None:
    reads = list(read_files([zipped({"a/puls.csv": TABLE.content, "b.txt": b"a note"})], own_tables(vault)))
    assert [(read.path, asks_about_columns(read.problem)) for read in reads] == [
        ("export.zip/a/puls.csv", True),
        ("export.zip", False),
    ]


@pytest.mark.parametrize("content", [b"a note", b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>", b"", bytes(99)])
def test_what_is_no_table_has_no_columns(content: bytes) -> None:
    with pytest.raises(BadInput) as error:
        look_at_table(IncomingFile("x", content))
    assert str(error.value) == NO_TABLE


def test_a_mapping_that_cannot_be_used_is_as_good_as_none() -> None:
    known = mapping_of(Said(uses=USES), look_at_table(TABLE).columns, file_name=TABLE.name)
    assert look_at_table(TABLE, [known]).mapping == known
    assert look_at_table(TABLE, [replace(known, time=())]).mapping is None


def test_mappings_without_end_leave_the_reader_able_to_start() -> None:
    known = mapping_of(Said(uses=USES), look_at_table(TABLE).columns, file_name=TABLE.name)
    huge = replace(known, columns=("Tag", "Puls", *(f"{place:0400}" for place in range(400))))
    assert look_at_table(TABLE, [known, *[huge] * 200]).mapping == known


def test_the_columns_of_a_table_are_shown_with_its_first_rows() -> None:
    seen = look_at_table(TABLE)
    assert seen.names == ("Tag", "Puls", "Notiz")
    assert [column.looks for column in seen.columns] == ["time", "number", "text"]
    assert seen.rows[0] == ("03.04.2026", "61", "gut")
    assert seen.mapping is None
