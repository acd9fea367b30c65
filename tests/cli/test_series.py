import json
from pathlib import Path

import pytest

from secondlens.content import metrics
from tests.cli.conftest import FIXTURES, Run

EXPORT = FIXTURES / "apple_health/healthkit-to-sqlite/export.xml"


@pytest.fixture
def filled(run: Run, vault: Path, secret: Path) -> Path:
    ran = run("import", vault, EXPORT, "--yes", "--json", "--passphrase-file", secret)
    assert json.loads(ran.out)["files"][0]["samples"] == 2
    return vault


def lines(run: Run, *arguments: str | Path) -> list[dict[str, object]]:
    ran = run("series", *arguments, "--json")
    assert ran.status == 0
    return [json.loads(line) for line in ran.out.splitlines()]


def test_the_metrics_are_listed_with_counts_and_sources(run: Run, filled: Path, secret: Path) -> None:
    found = [one for one in lines(run, filled, "--passphrase-file", secret) if not one["summary"]]
    assert sum(int(str(one["count"])) for one in found) == 2
    assert all(one["source"] and one["first"] and one["last"] for one in found)


def test_a_metric_is_shown_reading_by_reading_and_day_by_day(run: Run, filled: Path, secret: Path) -> None:
    listed = next(one for one in lines(run, filled, "--passphrase-file", secret) if not one["summary"])
    metric = str(listed["metric"])
    short = metric.rpartition("Identifier")[2].lower()
    readings = lines(run, filled, short, "--passphrase-file", secret)
    days = lines(run, filled, metric, "--by", "day", "--passphrase-file", secret)
    assert len(readings) == sum(int(str(day["count"])) for day in days) == listed["count"]
    assert {day["source"] for day in days} == {reading["source"] for reading in readings}
    for arguments in ((), (short,), (short, "--by", "day"), ("--by", "day")):
        ran = run("series", filled, *arguments, "--passphrase-file", secret)
        assert ran.status == 0
        assert ran.out


def test_a_slip_in_the_name_is_said(run: Run, filled: Path, secret: Path) -> None:
    ran = run("series", filled, "HartRate", "--passphrase-file", secret)
    assert ran.status == 4
    assert "There is no metric with this name" in ran.err


def test_a_metric_has_its_plain_name_for_people_and_its_own_for_programs(
    run: Run, filled: Path, secret: Path
) -> None:
    listed = next(one for one in lines(run, filled, "--passphrase-file", secret) if not one["summary"])
    identifier = str(listed["metric"])
    plain = metrics().metric(identifier).name
    assert identifier.startswith("HK")
    shown = run("series", filled, "--passphrase-file", secret).out
    assert plain in shown
    assert "HKQuantityType" not in shown
    by_plain_name = lines(run, filled, plain.upper(), "--passphrase-file", secret)
    assert by_plain_name == lines(run, filled, identifier, "--passphrase-file", secret) != []
