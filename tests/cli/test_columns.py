import json
from pathlib import Path

import pytest

from tests.cli.conftest import FIXTURES, Run

WHOLE = ("--map", "Tag=time", "--map", "Gewicht (kg)=BodyMass:kg", "--map", "Notiz=note", "--device", "My scale")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "waage_2026.csv"
    file.write_text("Tag;Gewicht (kg);Notiz\n03.04.2026;72,5;früh\n14.04.2026;71,9;\n", encoding="cp1252")
    return file


def test_a_table_is_explained_once_and_then_imports_by_itself(
    run: Run, vault: Path, secret: Path, table: Path
) -> None:
    ran = run("import", vault, table, "--yes", "--passphrase-file", secret)
    assert ran.status == 3
    assert "To say it: secondlens columns VAULT FILE" in ran.out
    said = run("columns", vault, table, *WHOLE, "--json", "--passphrase-file", secret)
    assert said.status == 0
    assert [one["value"] for one in json.loads(said.out)["readings"]] == [72.5, 71.9]
    ran = run("import", vault, table, "--yes", "--json", "--passphrase-file", secret)
    (file,) = json.loads(ran.out)["files"]
    assert (ran.status, file["importer"], file["samples"]) == (0, "table", 2)
    (series,) = run("series", vault, "bodymass", "--by", "day", "--json", "--passphrase-file", secret).out.split(
        "\n"
    )[:1]
    assert json.loads(series)["source"] == "My scale"
    assert "How a table is read" in run("list", vault, "--passphrase-file", secret).out


def test_the_columns_are_shown_with_what_can_be_said_of_them(
    run: Run, vault: Path, secret: Path, table: Path
) -> None:
    ran = run("columns", vault, table, "--passphrase-file", secret)
    assert ran.status == 0
    assert "Gewicht (kg): number, such as 72,5, 71,9" in ran.out
    assert "BloodGlucose" in ran.out
    shown = json.loads(run("columns", vault, table, "--json", "--passphrase-file", secret).out)
    assert [column["looks"] for column in shown["columns"]] == ["time", "number", "text"]
    assert run("list", vault, "--passphrase-file", secret).out == ""


def test_what_a_known_table_leaves_open_is_answered_alone(
    run: Run, vault: Path, secret: Path, tmp_path: Path
) -> None:
    file = tmp_path / "libre.csv"
    file.write_text(
        "Device,Device Timestamp,Record Type,Historic Glucose mg/dL,Scan Glucose mg/dL\n"
        "Libre,03-04-2026 08:00,0,95,\n"
    )
    ran = run("import", vault, file, "--yes", "--passphrase-file", secret)
    assert (ran.status, "in two ways" in ran.out) == (3, True)
    ran = run("columns", vault, file, "--order", "day-month-year", "--passphrase-file", secret)
    assert "2026-04-03 08:00  BloodGlucose  95.0 mg/dL" in ran.out
    assert run("import", vault, file, "--yes", "--passphrase-file", secret).status == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--map", "Datum=time"), "There is no such column: Datum. Columns: Tag, Gewicht (kg), Notiz."),
        (("--map", "Tag=time"), "Say which column holds readings"),
        (("--map", "Gewicht (kg)=BodyMass:kg"), "Say which column is the time"),
        (("--map", "Tag"), "There is no such column"),
    ],
)
def test_what_is_not_enough_is_said_and_nothing_is_remembered(  # noqa: PLR0913, PLR0917  (fixtures)
    run: Run, vault: Path, secret: Path, table: Path, options: tuple[str, ...], said: str
) -> None:
    ran = run("columns", vault, table, *options, "--passphrase-file", secret)
    assert (ran.status, said in ran.err) == (3, True)
    assert run("list", vault, "--passphrase-file", secret).out == ""


def test_what_is_no_table_or_is_not_there_is_a_sentence(
    run: Run, vault: Path, secret: Path, tmp_path: Path
) -> None:
    summary = FIXTURES / "ccda" / "hl7_examples" / "Documents" / "CCD" / "CCD_1" / "CCD.XML"
    ran = run("columns", vault, summary, "--passphrase-file", secret)
    assert (ran.status, "finds no table" in ran.err) == (3, True)
    assert run("columns", vault, tmp_path / "gone.csv", "--passphrase-file", secret).status == 3
