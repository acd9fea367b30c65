"""An export that is larger than what is taken into memory: on the disk, in a zip, hostile, and changing."""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from secondlens.actions import large_files, taking_back
from secondlens.actions.importing import ReadFile, keep, new_run, preview_all, read_files, read_paths
from secondlens.actions.large_files import CHANGED, LargeRead, on_disk, read_large_file
from secondlens.errors import BadInput
from secondlens.importers.apple_health import BROKEN
from secondlens.importers.archive import BOMB, DAMAGED, LARGE
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox
from secondlens.vault import LEAST_COST, Vault, create_vault, passing
from secondlens.vault.passing import ChangedOriginal

RATE = "HKQuantityTypeIdentifierHeartRate"
GPX = b'<?xml version="1.0"?><gpx version="1.1"></gpx>'
COUNT = 52_000


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with create_vault(tmp_path / "v.vault", "four calm words here", cost=LEAST_COST).vault as made:
        yield made


@cache
def export(count: int = COUNT) -> bytes:
    """As Apple writes them, one reading a minute; with `COUNT` larger than LARGE."""
    device = "&lt;&lt;HKDevice: 0x28&gt;, name:Apple Watch, model:Watch, hardware:Watch7,5, software:26.1&gt;"
    lines = (
        f' <Record type="{RATE}" sourceName="Watch" sourceVersion="9.1" device="{device}" unit="count/min" '
        f'creationDate="2026-01-01 00:00:00 +0100" startDate="{time}" endDate="{time}" value="{60 + n % 50}"/>\n'
        for n in range(count)
        for time in (f"2026-{n // 40320 + 1:02}-{n // 1440 % 28 + 1:02} {n // 60 % 24:02}:{n % 60:02}:00 +0100",)
    )
    workout = ' <Workout workoutActivityType="HKWorkoutActivityTypeYoga" duration="30" durationUnit="min"/>\n'
    return f'<?xml version="1.0"?>\n<HealthData locale="en_GB">\n{"".join(lines)}{workout}</HealthData>\n'.encode()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def take(vault: Vault, path: Path) -> list[ReadFile]:
    """Preview and keep; both must promise the same."""
    reads = list(read_paths([path]))
    for read in reads:
        promised, kept = preview_all(vault, [read])[0], keep(vault, read)
        assert (promised.samples, promised.samples_same) == (kept.samples, kept.samples_same)
    return reads


def everything(vault: Vault) -> object:
    records = [replace(one.record, source=None) for one in vault.list()]
    return vault.series(), vault.days(), next(vault.readings(RATE)), records


def test_a_large_export_is_the_same_on_the_disk_in_a_zip_and_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = export()
    assert len(content) > LARGE
    plain = tmp_path / "export.xml"
    plain.write_bytes(content)
    packed = zipped(tmp_path / "export.zip", {"a/export.xml": content, "a/workout-routes/route.gpx": GPX})
    told = []
    for number, path in enumerate((plain, packed, plain)):
        if number == 2:
            monkeypatch.setattr(large_files, "LARGE", 10**12)
        with create_vault(tmp_path / f"{number}.vault", "four calm words here", cost=LEAST_COST).vault as vault:
            reads = take(vault, path)
            large = reads[0].file
            assert large
            assert isinstance(large, LargeRead) == (number < 2)
            assert vault.document(large.sha256) == content
            assert sum(series.count for series in vault.series()) == COUNT
            told.append(everything(vault))
            assert all(not read.problem for read in reads)
            again = [preview_all(vault, [read])[0] for read in read_paths([path])]
            assert sum(receipt.samples + receipt.new for receipt in again) == 0
            assert vault.check(full=True).ok
            if path == packed:
                assert {document.name for document in vault.documents()} == {
                    "a/export.xml",
                    "a/workout-routes/route.gpx",
                }
                records = [one.record for one in vault.list("Observation")]
                assert records[0].source
                assert records[0].source.sha256 == large.sha256
    assert told[0] == told[2]


def test_a_large_export_that_comes_by_the_browser_is_read_part_by_part_too(vault: Vault, tmp_path: Path) -> None:
    packed = zipped(tmp_path / "export.zip", {"export.xml": export(), "noise": os.urandom(200_000)})
    for file in (IncomingFile("export.zip", packed.read_bytes()), IncomingFile("export.xml", export())):
        reads = [read for read in read_files([file]) if read.importer == "apple_health"]
        assert [isinstance(read.file, LargeRead) for read in reads] == [True]
        keep(vault, reads[0])
    assert [series.count for series in vault.series()] == [COUNT]


def test_two_exports_in_a_zip_are_two_files(tmp_path: Path) -> None:
    other = export().replace(b"Watch", b"Phone")
    reads = list(read_paths([zipped(tmp_path / "e.zip", {"a/export.xml": export(), "b/export.xml": other})]))
    assert [(read.path.rpartition("zip/")[2], read.gathered and read.gathered.count) for read in reads] == [
        ("a/export.xml", COUNT),
        ("b/export.xml", COUNT),
    ]


def test_a_bomb_that_looks_like_an_export_is_refused(tmp_path: Path) -> None:
    bomb = b"<HealthData>" + b" " * (2 * LARGE)
    path = zipped(tmp_path / "e.zip", {"export.xml": bomb, "noise": os.urandom(200_000)})
    assert [(read.problem, read.records) for read in read_paths([path])] == [(BOMB, ())]


def test_a_large_export_cut_off_gives_what_comes_before(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(export()[:-40_000])
    (read,) = take(vault, path)
    assert [one.why for one in read.unread] == [BROKEN]
    assert COUNT - 200 < sum(series.count for series in vault.series()) < COUNT


def test_a_large_export_damaged_in_its_zip_keeps_nothing(vault: Vault, tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", {"export.xml": export()})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    (read,) = take(vault, path)
    assert read.problem == DAMAGED
    assert (vault.documents(), vault.series()) == ((), ())


def test_a_large_file_that_only_looks_like_an_export_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_bytes(b'{"resourceType": "Bundle", "x": "<HealthData>"' + b" " * LARGE + b"}")
    assert [read.importer for read in read_paths([path])] == ["fhir"]


def test_what_is_too_large_to_hold_is_read_once_more_and_must_be_the_same(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "_MOST_HELD", 1000)
    path = tmp_path / "export.xml"
    path.write_bytes(export())
    (read,) = read_paths([path])
    path.write_bytes(export().replace(b"Watch", b"Phone", 1))
    with pytest.raises(ChangedOriginal):
        keep(vault, read)
    assert (vault.documents(), vault.series(), vault.counts()) == ((), (), ())
    for again in (path, zipped(tmp_path / "e.zip", {"export.xml": export()})):
        path.write_bytes(export() if again == path else export().replace(b"9.1", b"9.2", 1))
        (read,) = read_paths([again])
        keep(vault, read)
        assert read.file
        assert vault.document(read.file.sha256) == export()


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(export())
    large = on_disk(path, "export.xml", path.stat().st_size)
    assert large
    os.truncate(path, LARGE // 2)
    with Sandbox() as sandbox:
        reading = read_large_file(sandbox, large)
    assert reading
    assert reading.problem == CHANGED
    assert reading.entries == ()


def test_a_disk_that_goes_away_is_told(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(export())
    large = on_disk(path, "export.xml", path.stat().st_size)
    assert large
    path.unlink()
    with pytest.raises(BadInput, match="changed while"):
        large.lying.read_at(0, 1)


def test_a_large_export_gives_back_what_it_shares_with_one_that_is_taken_back(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_back, "LARGE", 0)
    runs = []
    for number, count in enumerate((100, 300)):
        path = tmp_path / f"{number}.xml"
        path.write_bytes(export(count))
        runs.append(new_run())
        for read in read_paths([path]):
            keep(vault, read, runs[-1])
    withdrawn = taking_back.take_back(vault, runs[0])
    assert withdrawn.readings == 0
    assert [series.count for series in vault.series()] == [300]
