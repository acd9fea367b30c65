import json
from collections import Counter
from typing import Any

import pytest

from secondlens.sample.story.laboratory import TESTS, draws_of
from secondlens.sample.story.people import LABORATORY
from secondlens.sample.story.vital_signs import STANDING_TESTS

Resource = dict[str, Any]


@pytest.fixture(scope="module")
def resources(sample_bytes: dict[str, bytes]) -> list[Resource]:
    # Numbers stay the text they are in the file: a float would lose the last zero of "63.0".
    bundle = json.loads(sample_bytes["nora-sample-heart-clinic.json"], parse_float=str, parse_int=str)
    assert bundle["resourceType"] == "Bundle"
    return [entry["resource"] for entry in bundle["entry"]]


def of(resources: list[Resource], kind: str) -> list[Resource]:
    return [each for each in resources if each["resourceType"] == kind]


def test_laboratory_values_are_exactly_those_of_the_story(resources: list[Resource]) -> None:
    written = {
        (each["effectiveDateTime"][:16], each["code"]["coding"][0]["code"], printed(each), unit(each))
        for each in of(resources, "Observation")
        if each["category"][0]["coding"][0]["code"] == "laboratory"
    }
    told = {
        (draw.when[:16], TESTS[key].loinc, value, TESTS[key].unit)
        for draw in draws_of(LABORATORY)
        for key, value in draw.values
    }
    assert written == told
    assert ("2026-11-03T08:05", "5130-0", "63.0", "[iU]/mL") in written
    assert ("2026-11-03T08:05", "5048-4", "1:640 speckled", None) in written


def printed(observation: Resource) -> str:
    if "valueString" in observation:
        return str(observation["valueString"])
    quantity = observation["valueQuantity"]
    return f"{quantity.get('comparator', '')}{quantity['value']}"


def unit(observation: Resource) -> str | None:
    return str(observation["valueQuantity"]["code"]) if "valueQuantity" in observation else None


def test_lying_and_standing_pulse_and_pressure_are_there(resources: list[Resource]) -> None:
    pulses = [
        (each["effectiveDateTime"][:16], each["valueQuantity"]["value"])
        for each in of(resources, "Observation")
        if each["code"]["coding"][0]["code"] in {"68999-2", "69001-6"}
    ]
    readings = [reading for test in STANDING_TESTS for reading in test]
    assert pulses == [(reading.when[:16], reading.pulse) for reading in readings]
    pressures = [each for each in of(resources, "Observation") if each["id"].startswith("pressure-")]
    assert [[part["valueQuantity"]["value"] for part in each["component"]] for each in pressures[-10:]] == [
        [reading.systolic, reading.diastolic] for reading in readings
    ]


def test_what_did_not_happen_is_told_as_not_happened(resources: list[Resource]) -> None:
    statuses = {each["id"]: each["status"] for each in resources if "status" in each}
    assert statuses["taken-6963"] == "not-taken"
    assert statuses["vaccination-not-given"] == "not-done"
    assert statuses["nerve-test"] == "not-done"
    assert statuses["appointment-nerve-test"] == "cancelled"
    (suspected,) = of(resources, "Condition")
    assert suspected["verificationStatus"]["coding"][0]["code"] == "provisional"


def test_every_reference_leads_to_a_resource_of_the_bundle(resources: list[Resource]) -> None:
    known = Counter(f"{each['resourceType']}/{each['id']}" for each in resources)
    found = list(references(resources))
    assert set(known.values()) == {1}
    assert len(found) > 100
    assert set(found) <= set(known)


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["reference"]] if isinstance(part.get("reference"), str) else []
        return own + [each for value in part.values() for each in references(value)]
    return [each for value in part for each in references(value)] if isinstance(part, list) else []


def test_the_bundle_is_of_the_size_a_portal_gives(resources: list[Resource]) -> None:
    assert 100 <= len(resources) <= 200
    assert len({each["resourceType"] for each in resources}) >= 12
