import json
from pathlib import Path

from tests.cli.conftest import CCD, FIXTURES, Run

EXPORT = FIXTURES / "apple_health/healthkit-to-sqlite/export.xml"


def test_one_import_of_two_files_is_listed_and_taken_back(run: Run, vault: Path, secret: Path) -> None:
    way = ("--passphrase-file", secret)
    run("import", vault, CCD, EXPORT, "--yes", *way)
    (listed,) = map(json.loads, run("imports", vault, "--json", *way).out.splitlines())
    assert listed["files"] == [CCD.name, EXPORT.name]
    assert listed["run"] in run("imports", vault, *way).out
    ran = run("imports", vault, "--take-back", listed["run"], "--yes", "--json", *way)
    withdrawn = json.loads(ran.out)
    assert withdrawn["gone"] == listed["records"]
    assert withdrawn["readings"] == 2
    assert run("list", vault, *way).out == run("series", vault, *way).out == ""
    assert "taken back" in run("imports", vault, *way).out
    again = run("imports", vault, "--take-back", listed["run"], "--yes", *way)
    assert again.status == 7
    assert "already" in again.err


def test_an_export_that_grew_keeps_its_readings_when_the_first_one_is_taken_back(
    run: Run, vault: Path, secret: Path, tmp_path: Path
) -> None:
    way = ("--passphrase-file", secret)
    grown = tmp_path / "export.xml"
    record = (
        '<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" value="61"'
        ' startDate="2026-11-18 07:12:00 -0600" endDate="2026-11-18 07:12:00 -0600"/>\n</HealthData>'
    )
    grown.write_text(EXPORT.read_text(encoding="utf-8").replace("</HealthData>", record), encoding="utf-8")
    run("import", vault, EXPORT, "--yes", *way)
    run("import", vault, grown, "--yes", *way)
    _, first = map(json.loads, run("imports", vault, "--json", *way).out.splitlines())
    before = run("series", vault, "--by", "day", *way).out
    ran = run("imports", vault, "--take-back", first["run"], "--yes", "--json", *way)
    assert json.loads(ran.out)["readings"] == 0
    assert run("series", vault, "--by", "day", *way).out == before


def test_an_import_that_is_not_there_is_said(run: Run, vault: Path, secret: Path) -> None:
    ran = run("imports", vault, "--take-back", "nothing", "--yes", "--passphrase-file", secret)
    assert ran.status == 4
    assert "not in the vault" in ran.err
