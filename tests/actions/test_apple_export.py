"""A whole export.zip of Apple Health, through the confined child into a vault."""

import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from secondlens.actions.importing import ReadFile, keep, preview_all, read_files
from secondlens.domain.clinical import DocumentReference
from secondlens.importers.incoming import IncomingFile
from secondlens.vault import LEAST_COST, Vault, create_vault

FIXTURES = Path(__file__).parents[1] / "fixtures" / "apple_health"
RATE = "HKQuantityTypeIdentifierHeartRate"
ASTHMA = {
    "resourceType": "Condition",
    "id": "c1",
    "code": {"text": "Asthma"},
    "subject": {"reference": "Patient/1"},
}


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with create_vault(tmp_path / "v.vault", "four calm words here", cost=LEAST_COST).vault as made:
        yield made


def zipped(members: dict[str, bytes]) -> IncomingFile:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return IncomingFile("export.zip", packed.getvalue())


def export(*days: int, metric: str = RATE) -> bytes:
    lines = "\n".join(
        f'<Record type="{metric}" sourceName="Watch" unit="count/min" value="{60 + day}" '
        f'startDate="2026-03-{day:02} 08:00:00 +0100" endDate="2026-03-{day:02} 08:00:00 +0100"/>'
        for day in days
    )
    return f'<?xml version="1.0"?>\n<HealthData locale="es_ES">\n{lines}\n</HealthData>'.encode()


def take(vault: Vault, file: IncomingFile) -> list[tuple[ReadFile, int, int]]:
    """Preview and keep; both must promise the same."""
    done = []
    for read in read_files([file]):
        promised, kept = preview_all(vault, [read])[0], keep(vault, read)
        assert (promised.samples, promised.samples_same) == (kept.samples, kept.samples_same)
        assert kept.problem is None
        done.append((read, kept.samples, kept.samples_same))
    return done


def test_an_export_in_another_language_gives_the_truth_and_nothing_more_the_second_time(vault: Vault) -> None:
    file = IncomingFile("exportar.zip", (FIXTURES / "generated/exportar.zip").read_bytes())
    truth = json.loads((FIXTURES / "generated/truth.json").read_text())
    ((_, new, same),) = take(vault, file)
    assert (new, same) == (truth["total_records"] - truth["dups"], truth["nested_records"] + truth["dups"])
    counts: Counter[str] = Counter()
    for series in vault.series():
        counts[series.metric] += 0 if series.summary else series.count
    assert +counts == truth["records"]
    sums: defaultdict[str, float] = defaultdict(float)
    for day in vault.days():
        sums[day.metric] += day.total
    assert {metric: sums[metric] for metric in truth["sum"]} == pytest.approx(truth["sum"])

    before = (vault.series(), vault.days(), vault.counts(), vault._ledger.end(vault._database))
    ((_, new, same),) = take(vault, file)
    assert (new, same) == (0, truth["total_records"] + truth["nested_records"])
    assert (vault.series(), vault.days(), vault.counts(), vault._ledger.end(vault._database)) == before
    assert vault.check(full=True).ok


def test_a_later_larger_export_adds_only_what_is_new(vault: Vault) -> None:
    take(vault, zipped({"apple_health_export/export.xml": export(1, 2, 3)}))
    ((_, new, same),) = take(vault, zipped({"apple_health_export/export.xml": export(1, 2, 3, 4, 4, 5)}))
    assert (new, same) == (2, 4)
    assert [day.day for day in vault.days(RATE)] == [f"2026-03-0{day}" for day in range(1, 6)]
    assert len(vault.documents()) == 2


def test_everything_in_the_zip_goes_to_its_own_reader(vault: Vault) -> None:
    ecg = "Name,N\nClassification,Sinus\nSample Rate,512 hertz\n\n\nLead,Lead I\nUnit,\u00b5V\n\n" + "-1.5\n" * 50
    route = next(FIXTURES.rglob("*.gpx")).read_bytes()
    taken = take(
        vault,
        zipped(
            {
                "apple_health_export/Exportieren.xml": export(1),
                "apple_health_export/workout-routes/route.gpx": route,
                "apple_health_export/electrocardiograms/ecg_2026.csv": ecg.encode(),
                "apple_health_export/clinical-records/Condition-1.json": json.dumps(ASTHMA).encode(),
            }
        ),
    )
    readers = {read.path.rpartition("/")[2]: read.importer for read, *_ in taken}
    assert readers == {
        "Condition-1.json": "fhir",
        "Exportieren.xml": "apple_health",
        "ecg_2026.csv": "keepsake",
        "route.gpx": "keepsake",
    }
    kept = {one.record.title: type(one.record) for one in vault.list()}
    assert kept["route"] is kept["ecg_2026"] is DocumentReference
    assert "Asthma" in kept
    assert {document.name for document in vault.documents()} >= {"apple_health_export/workout-routes/route.gpx"}


def test_the_zip_of_another_project_is_read_whole(vault: Vault) -> None:
    folder = FIXTURES / "healthkit-to-sqlite/zip_contents"
    members = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    taken = take(vault, zipped(members))
    assert sorted(read.importer or "" for read, *_ in taken) == ["apple_health", "keepsake"]
    assert sum(new for _, new, _ in taken) == 2
    assert dict(vault.counts()) == {"Composition": 1, "DocumentReference": 1, "Observation": 1}


def test_readings_alone_are_worth_keeping(vault: Vault) -> None:
    ((read, new, _),) = take(vault, IncomingFile("export.xml", export(1)))
    assert (read.records, new) == ((), 1)
    assert [document.name for document in vault.documents()] == ["export.xml"]
