"""What FHIR takes back, denies or leaves open is never shown as a fact."""

import json
from typing import Any

import pytest

from secondlens.domain.clinical import AllergyIntolerance, Composition, Condition, MedicationRequest, Observation
from secondlens.domain.record import Record, Unread
from secondlens.importers.fhir import FHIR
from secondlens.importers.incoming import IncomingFile

ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
SNOMED = "http://snomed.info/sct"
UNKNOWN = {"coding": [{"system": ABSENT, "code": "unknown", "display": "Unknown"}]}


def read(content: dict[str, Any]) -> list[Record | Unread]:
    return list(FHIR.read(IncomingFile("file.json", json.dumps(content).encode())))


def one(kind: str, **fields: Any) -> Any:
    (found,) = read({"resourceType": kind, **fields})
    assert isinstance(found, Record)
    return found


@pytest.mark.parametrize("kind", ["Condition", "AllergyIntolerance"])
@pytest.mark.parametrize(
    ("said", "verification"),
    [
        ({"coding": [{"code": "confirmed"}, {"code": "Refuted"}]}, "refuted"),
        ({"coding": [{"code": "x1"}, {"code": "entered-in-error"}]}, "entered-in-error"),
        ({"coding": [{"code": "x1"}], "text": "Entered in Error"}, "entered-in-error"),
        ({"coding": [{"code": "provisional"}]}, "provisional"),
    ],
)
def test_a_mark_that_takes_it_back_wins(kind: str, said: dict[str, Any], verification: str) -> None:
    found = one(kind, code={"text": "Lupus"}, verificationStatus=said)
    assert found.verification == verification
    assert found.negated is (verification == "refuted")


def test_the_known_word_for_a_clinical_status_wins() -> None:
    found = one("Condition", code={"text": "x"}, clinicalStatus={"coding": [{"code": "1"}, {"code": "Resolved"}]})
    assert found.status == "resolved"


@pytest.mark.parametrize(
    "ended",
    [{"abatementString": "as a child"}, {"abatementBoolean": True}, {"abatementDateTime": "2020"}],
)
def test_a_problem_that_ended_is_resolved(ended: dict[str, Any]) -> None:
    assert one("Condition", code={"text": "Asthma"}, **ended).status == "resolved"
    assert one("Condition", code={"text": "Asthma"}, abatementBoolean=False).status is None


@pytest.mark.parametrize("kind", ["Condition", "AllergyIntolerance"])
def test_an_unknown_name_claims_nothing(kind: str) -> None:
    assert isinstance(one(kind, code=UNKNOWN), Composition)
    named = one(kind, code={**UNKNOWN, "text": "Headache"})
    assert isinstance(named, Condition | AllergyIntolerance)


def test_unknown_in_two_code_systems_is_no_value() -> None:
    value = {"coding": [*UNKNOWN["coding"], {"system": SNOMED, "code": "261665006", "display": "Unknown"}]}
    found = one("Observation", code={"text": "x"}, valueCodeableConcept=value)
    assert isinstance(found, Observation)
    assert found.value is None
    assert found.note == "Unknown"


def test_not_taking_is_negated() -> None:
    adherence = {"code": {"coding": [{"code": "not-taking"}]}}
    medicine = {"concept": {"text": "Prednisone"}}
    assert one("MedicationStatement", status="recorded", medication=medicine, adherence=adherence).negated
    assert not one("MedicationStatement", status="recorded", medication=medicine).negated


@pytest.mark.parametrize(("intent", "status"), [("proposal", "draft"), ("plan", "draft"), ("order", "active")])
def test_a_proposed_medicine_is_not_current(intent: str, status: str) -> None:
    found = one("MedicationRequest", status="active", intent=intent, medicationCodeableConcept={"text": "x"})
    assert isinstance(found, MedicationRequest)
    assert found.status == status


@pytest.mark.parametrize(
    ("title", "negated"),
    [
        ("None known", True),
        ("Denies allergies", True),
        ("Patient denies any drug allergies", True),
        ("No known allergies to medication, food, latex", True),
        ("Denies allergies to penicillin", False),
        ("No known allergies to medication, penicillin", False),
        ("None", False),
        ("Denies penicillin but reports allergies", False),
    ],
)
def test_the_ways_of_saying_none_known(title: str, *, negated: bool) -> None:
    assert one("AllergyIntolerance", code={"text": title}).negated is negated


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("Condition", {"code": {"text": "Lupus"}, "verificationStatus": [{"coding": [{"code": "refuted"}]}]}),
        ("Immunization", {"vaccineCode": {"text": "Lupus"}, "wasNotGiven": "true"}),
        ("Condition", {"code": {"text": "Lupus"}, "modifierExtension": [{"url": "x", "valueBoolean": True}]}),
        ("Observation", {"code": {"text": "Lupus"}, "status": ["entered-in-error"]}),
    ],
)
def test_a_mark_that_can_change_the_meaning_leaves_words_only(kind: str, fields: dict[str, Any]) -> None:
    found, *unread = read({"resourceType": kind, **fields})
    assert isinstance(found, Composition)
    assert "Lupus" in found.title + found.text
    assert "kept as words only" in str(unread)
    assert "modifierExtension" not in fields or len(unread) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
def test_a_mark_is_seen_in_every_encoding(encoding: str) -> None:
    lupus = {"resourceType": "Condition", "code": {"text": "Lupus"}, "modifierExtension": [{"url": "x"}]}
    file = IncomingFile(name="lupus.json", content=json.dumps(lupus).encode(encoding))
    assert isinstance(next(FHIR.read(file)), Composition)


def test_an_empty_mark_changes_nothing() -> None:
    assert isinstance(one("Condition", code={"text": "Lupus"}, modifierExtension=[]), Condition)


def test_what_is_not_to_be_done_says_so() -> None:
    assert one("DeviceRequest", doNotPerform=True, code={"text": "x"}).negated
    assert not one("DeviceRequest", doNotPerform=False, code={"text": "x"}).negated


@pytest.mark.parametrize(
    "fields",
    [
        {"entry": [{"item": {"display": "Aspirin"}, "deleted": True}]},
        {"activity": [{"detail": {"doNotPerform": True, "description": "Aspirin"}}]},
        {"provision": {"type": "deny", "code": [{"text": "Aspirin"}]}},
    ],
)
def test_what_is_denied_inside_says_so_first(fields: dict[str, Any]) -> None:
    assert one("CarePlan", title="Plan", **fields).text.endswith("NOT:\nAspirin")


def test_what_is_denied_inside_is_said_beside_a_narrative() -> None:
    activity = [{"detail": {"doNotPerform": True, "description": "Aspirin"}}]
    found = one("CarePlan", title="Plan", text={"div": "<p>Plan</p>"}, activity=activity)
    assert "NOT:\nAspirin" in found.text


def test_every_dose_of_a_medicine_is_kept() -> None:
    doses = [{"doseAndRate": [{"doseQuantity": {"value": n, "unit": "tab"}}]} for n in (1, 2, 3)]
    found = one("MedicationStatement", medicationCodeableConcept={"text": "x"}, dosage=doses)
    assert found.dose.plain() == "1 tab"
    assert found.note == "Also: 2 tab\nAlso: 3 tab"


def test_a_range_below_zero_can_be_read() -> None:
    found = one("Observation", code={"text": "x"}, valueRange={"low": {"value": -10}, "high": {"value": -5}})
    assert found.value.text == "-10 to -5"


@pytest.mark.parametrize(("kind", "kept"), [("history", 1), ("collection", 2)])
def test_a_history_keeps_the_newest_version(kind: str, kept: int) -> None:
    days = ("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")
    versions = [
        {"resourceType": "Condition", "id": "1", "meta": {"lastUpdated": day}, "code": {"text": day}}
        for day in days
    ]
    entries = [{"resource": version} for version in versions]
    found = read({"resourceType": "Bundle", "type": kind, "entry": entries})
    records = [part for part in found if isinstance(part, Record)]
    assert len(records) == kept
    assert records[-1].title == days[1]
    assert len(found) == len(days)
