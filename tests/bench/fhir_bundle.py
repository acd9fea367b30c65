"""A made-up FHIR transaction bundle of any size: visits, laboratory results, medicines, problems of one person.

The same seed gives the same bytes. About 1 kB an entry, as in bundles from real portals.
"""

import json
from random import Random
from typing import Any
from uuid import UUID

LABORATORY = (
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 6.0, 1.0),
    ("2339-0", "Glucose [Mass/volume] in Blood", "mg/dL", 95.0, 14.0),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.9, 0.2),
    ("8867-4", "Heart rate", "/min", 74.0, 9.0),
    ("29463-7", "Body weight", "kg", 78.0, 4.0),
    ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 7.0, 2.0),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 14.0, 1.2),
)


def make_bundle(megabytes: float, seed: int = 3) -> bytes:
    """Give a bundle of at least `megabytes` (10**6 bytes)."""
    chance = Random(seed)  # noqa: S311  (made-up data, not a secret)
    entries = [_entry(_patient(chance))]
    size = 0
    while size < megabytes * 1_000_000:
        visit = [_entry(resource) for resource in _visit(chance)]
        size += sum(len(entry) + 2 for entry in visit)
        entries += visit
    return b'{"resourceType": "Bundle", "type": "transaction", "entry": [' + b", ".join(entries) + b"]}"


def _entry(resource: dict[str, Any]) -> bytes:
    address = f"urn:uuid:{resource['id']}"
    request = {"method": "POST", "url": resource["resourceType"]}
    return json.dumps({"fullUrl": address, "resource": resource, "request": request}).encode()


def _identity(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _moment(chance: Random) -> str:
    day = f"{chance.randrange(2005, 2026)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 28):02}"
    return f"{day}T{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}+00:00"


def _concept(system: str, code: str, name: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": name}], "text": name}


def _patient(chance: Random) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": _identity(chance),
        "name": [{"use": "official", "family": "Okafor", "given": ["Ada"]}],
        "gender": "female",
        "birthDate": "1979-05-03",
    }


def _visit(chance: Random) -> list[dict[str, Any]]:
    moment, visit = _moment(chance), _identity(chance)
    results = [_observation(chance, visit, moment) for _ in range(chance.randrange(4, 14))]
    resources = [_encounter(visit, moment), *results, _report(chance, results, moment)]
    if chance.random() < 0.3:
        resources.append(_prescription(chance, moment))
    return resources


def _encounter(visit: str, moment: str) -> dict[str, Any]:
    name = "General examination of patient (procedure)"
    return {
        "resourceType": "Encounter",
        "id": visit,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [_concept("http://snomed.info/sct", "162673000", name)],
        "participant": [{"individual": {"display": "Dr. Hana Sato"}}],
        "period": {"start": moment, "end": moment},
    }


def _observation(chance: Random, visit: str, moment: str) -> dict[str, Any]:
    code, name, unit, middle, spread = chance.choice(LABORATORY)
    kind = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation",
        "id": _identity(chance),
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"]},
        "status": "final",
        "category": [_concept(kind, "laboratory", "laboratory")],
        "code": _concept("http://loinc.org", code, name),
        "subject": {"reference": "Patient/ada"},
        "encounter": {"reference": f"urn:uuid:{visit}"},
        "effectiveDateTime": moment,
        "issued": moment,
        "valueQuantity": {
            "value": round(abs(chance.gauss(middle, spread)), 4),
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
        "referenceRange": [
            {
                "low": {"value": middle - 2 * spread, "unit": unit},
                "high": {"value": middle + 2 * spread, "unit": unit},
            }
        ],
    }


def _report(chance: Random, results: list[dict[str, Any]], moment: str) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": _identity(chance),
        "status": "final",
        "code": _concept("http://loinc.org", "58410-2", "CBC panel"),
        "effectiveDateTime": moment,
        "result": [{"reference": f"urn:uuid:{result['id']}"} for result in results],
    }


def _prescription(chance: Random, moment: str) -> dict[str, Any]:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    dosage = {
        "text": "1 tablet twice a day",
        "timing": {"repeat": {"frequency": 2, "period": 1.0, "periodUnit": "d"}},
    }
    return {
        "resourceType": "MedicationRequest",
        "id": _identity(chance),
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _concept(rxnorm, "860975", "24 HR metformin hydrochloride 500 MG"),
        "authoredOn": moment,
        "dosageInstruction": [dosage],
    }
