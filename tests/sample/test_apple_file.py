from collections import Counter
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import etree

QUANTITY = "HKQuantityTypeIdentifier"


@pytest.fixture(scope="module")
def archive(sample_bytes: dict[str, bytes]) -> ZipFile:
    return ZipFile(BytesIO(sample_bytes["export.zip"]))


@pytest.fixture(scope="module")
def export(archive: ZipFile) -> etree._Element:
    # The document type inside the file is the judge of its own shape.
    parser = etree.XMLParser(dtd_validation=True, no_network=True)
    return etree.fromstring(archive.read("apple_health_export/export.xml"), parser)


def test_the_archive_is_whole_and_holds_what_apple_puts_in_it(archive: ZipFile) -> None:
    assert archive.testzip() is None
    assert archive.namelist() == ["apple_health_export/export.xml", "apple_health_export/export_cda.xml"]


def test_the_export_fits_its_own_document_type(export: etree._Element) -> None:
    counts = Counter(str(record.get("type")) for record in export.findall("Record"))
    assert counts[f"{QUANTITY}HeartRate"] == 60 * 36
    assert counts[f"{QUANTITY}StepCount"] == 2 * 60 * 10
    assert counts[f"{QUANTITY}RestingHeartRate"] == 60
    assert counts[f"{QUANTITY}HeartRateVariabilitySDNN"] == 240
    assert counts["HKCategoryTypeIdentifierSleepAnalysis"] == 600
    assert counts[f"{QUANTITY}BloodPressureSystolic"] == 30
    assert len(export.findall("Workout")) > 5


def test_blood_pressures_stand_alone_and_in_their_correlation(export: etree._Element) -> None:
    alone = [
        dict(record.items())
        for record in export.findall("Record")
        if str(record.get("type")).startswith(f"{QUANTITY}BloodPressure")
    ]
    paired = [dict(record.items()) for record in export.findall("Correlation/Record")]
    assert len(paired) == 60
    assert alone == paired


def test_times_cover_sixty_days_and_follow_the_clock_change(export: etree._Element) -> None:
    starts = [str(record.get("startDate")) for record in export.findall("Record")]
    ends = [str(record.get("endDate")) for record in export.findall("Record")]
    parsed = [datetime.strptime(start, "%Y-%m-%d %H:%M:%S %z") for start in starts]
    assert {start[-5:] for start in starts if start < "2026-11-01"} == {"-0500"}
    assert {start[-5:] for start in starts if start > "2026-11-01 03"} == {"-0600"}
    assert (min(starts)[:10], max(ends)[:10]) == ("2026-09-19", "2026-11-18")
    assert (max(parsed) - min(parsed)).days == 60
    assert all(
        datetime.strptime(end, "%Y-%m-%d %H:%M:%S %z") >= start for start, end in zip(parsed, ends, strict=True)
    )


def test_evening_temperatures_are_fevers_and_mornings_are_not(export: etree._Element) -> None:
    readings = [
        (int(str(record.get("startDate"))[11:13]), float(str(record.get("value"))))
        for record in export.findall("Record")
        if record.get("type") == f"{QUANTITY}BodyTemperature"
    ]
    evenings = [value for hour, value in readings if hour >= 18]
    mornings = [value for hour, value in readings if hour < 12]
    assert len(evenings) > 30
    assert len(mornings) > 8
    assert min(evenings) >= 37.6
    assert max(mornings) < 37.0


def test_the_small_document_beside_it_is_readable_xml(archive: ZipFile) -> None:
    root = etree.fromstring(archive.read("apple_health_export/export_cda.xml"))
    values = [each.get("value") for each in root.iter("{urn:hl7-org:v3}value")]
    assert root.tag == "{urn:hl7-org:v3}ClinicalDocument"
    assert values == ["82", "84", "83"]
