"""Every FHIR sample, read whole and compared with an independent look at the same JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from secondlens.domain import clinical
from secondlens.domain.record import Record, Unread
from secondlens.importers.fhir import FHIR
from secondlens.importers.incoming import IncomingFile

FIXTURES = Path(__file__).parents[1] / "fixtures" / "fhir"
BUNDLES = sorted([*FIXTURES.glob("synthea/*.json"), *FIXTURES.glob("ips/*.json")])
SINGLES = sorted(FIXTURES.glob("us_core/*.json"))
NDJSON = sorted(FIXTURES.glob("ndjson/*.ndjson"))
# DocumentReference and Media with a PDF or picture inside: the record is there, and the inside is named as unread.
KEPT_KINDS = {
    *("Patient", "Practitioner", "Organization", "Condition", "AllergyIntolerance", "MedicationStatement"),
    *("MedicationRequest", "Immunization", "Observation", "DiagnosticReport", "Procedure", "Encounter"),
    *("ServiceRequest", "DocumentReference"),
}


def incoming(path: Path) -> IncomingFile:
    return IncomingFile(name=path.name, content=path.read_bytes())


def exact(path: Path) -> Any:
    """Parse with numbers left as text: the independent reading the importer is held against."""
    return json.loads(path.read_bytes(), parse_float=str, parse_int=str)


def resources(path: Path) -> dict[str, Any]:
    """Every resource of a file by its place."""
    if path.suffix == ".ndjson":
        lines = path.read_text().splitlines()
        return {f"line {n}": json.loads(line, parse_float=str, parse_int=str) for n, line in enumerate(lines, 1)}
    whole = exact(path)
    if whole["resourceType"] != "Bundle":
        return {"": whole}
    return {f"Bundle.entry[{n}].resource": entry["resource"] for n, entry in enumerate(whole["entry"])}


def place_of(part: Record | Unread) -> str:
    """The resource a record or Unread came from."""
    assert isinstance(part, Unread) or part.source
    where = part.where if isinstance(part, Unread) else (part.source.where if part.source else "")
    return where.partition(".resource.")[0] + ".resource" if ".resource." in where else where


@pytest.mark.parametrize("path", [*BUNDLES, *SINGLES, *NDJSON], ids=lambda path: path.name)
def test_every_resource_becomes_a_record_of_its_kind(path: Path) -> None:
    file = incoming(path)
    assert FHIR.recognises(file)
    found = list(FHIR.read(file))
    kinds: dict[str, list[str]] = {}
    for part in found:
        if isinstance(part, Record):
            kinds.setdefault(place_of(part), []).append(part.kind)
    expected = resources(path)
    assert {place.partition(".section")[0] for place in kinds} == set(expected)
    for place, resource in expected.items():
        assert set(kinds[place]) == {resource["resourceType"]}


def test_only_documents_that_are_no_text_are_unread_in_the_samples() -> None:
    unread = Counter(
        part.why
        for path in [*BUNDLES, *SINGLES, *NDJSON]
        for part in FHIR.read(incoming(path))
        if isinstance(part, Unread)
    )
    assert set(unread) <= {"A document inside this record is kept whole. The words in it are not read."}


@pytest.mark.parametrize("path", [*BUNDLES, *SINGLES], ids=lambda path: path.name)
def test_every_measured_value_keeps_its_exact_text(path: Path) -> None:
    expected = Counter(_values_of(resources(path)))
    read = Counter(
        (place_of(part), value.text)
        for part in FHIR.read(incoming(path))
        if isinstance(part, clinical.Observation)
        for value in (part.value, *(component.value for component in part.components))
        if value and value.number is not None
    )
    assert expected == Counter({key: count for key, count in read.items() if key in expected})


def _values_of(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for place, resource in found.items():
        if resource["resourceType"] == "Observation":
            for part in (resource, *resource.get("component", ())):
                if "value" in part.get("valueQuantity", {}):
                    yield place, part["valueQuantity"].get("comparator", "") + part["valueQuantity"]["value"]


def test_the_samples_hold_enough_values_to_prove_something() -> None:
    texts = [text for path in [*BUNDLES, *SINGLES] for _, text in _values_of(resources(path))]
    assert len(texts) > 150
    assert any(text != str(Decimal(text).normalize()) for text in texts)


@pytest.mark.parametrize("path", [*BUNDLES, *SINGLES], ids=lambda path: path.name)
def test_dates_keep_the_precision_of_the_source(path: Path) -> None:
    expected = resources(path)
    for part in FHIR.read(incoming(path)):
        if isinstance(part, clinical.Observation | clinical.Condition) and part.start:
            source = expected[place_of(part)]
            starts = (source.get(key) for key in ("effectiveDateTime", "effectiveInstant", "onsetDateTime"))
            period = source.get("effectivePeriod", source.get("onsetPeriod", {}))
            assert part.start.text in (*starts, period.get("start"))


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.name)
def test_every_code_of_a_clinical_record_is_kept(path: Path) -> None:
    expected = resources(path)
    for part in FHIR.read(incoming(path)):
        if isinstance(part, Record) and part.kind in {
            "Observation",
            "Condition",
            "AllergyIntolerance",
            "Procedure",
        }:
            coding = expected[place_of(part)]["code"].get("coding", [])
            assert [(code.system, code.code) for code in part.codes] == [
                (code.get("system"), code["code"]) for code in coding
            ]


def test_identifiers_begin_with_type_and_id_and_are_unique_in_a_file() -> None:
    for path in BUNDLES:
        first = [part.identifiers[0] for part in FHIR.read(incoming(path)) if isinstance(part, Record)]
        assert len(first) == len(set(first))
        assert all("/" in name for name in first)


IPS_ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
SNOMED = "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("system", "code", "kind", "negated"),
    [
        (IPS_ABSENT, "no-known-allergies", "AllergyIntolerance", True),
        (IPS_ABSENT, "no-known-medication-allergies", "AllergyIntolerance", True),
        *((SNOMED, code, "AllergyIntolerance", True) for code in ("716186003", "409137002", "428607008")),
        *((SNOMED, code, "AllergyIntolerance", True) for code in ("429625007", "716220001", "428197003")),
        (SNOMED, "91936005", "AllergyIntolerance", False),
        ("http://example.org", "716186003", "AllergyIntolerance", False),
        (IPS_ABSENT, "no-allergy-info", "Composition", False),
        (SNOMED, "1631000175102", "Composition", False),
    ],
)
def test_absence_is_known_by_its_code_in_any_language(system: str, code: str, kind: str, *, negated: bool) -> None:
    coding = {"system": system, "code": code, "display": "Aucune"}
    resource = {"resourceType": "AllergyIntolerance", "code": {"coding": [coding]}}
    (found,) = FHIR.read(IncomingFile("x", json.dumps(resource).encode()))
    assert isinstance(found, Record)
    assert (found.kind, found.negated) == (kind, negated)


@pytest.mark.parametrize(
    ("title", "negated"),
    [
        ("No known allergies", True),
        ("NKDA", True),
        ("No known drug allergies.", True),
        ("Patient has no known food allergies", True),
        ("No known allergies except penicillin", False),
        ("Penicillin, no known reaction", False),
        ("Known allergies", False),
    ],
)
def test_absence_in_words_counts_only_when_it_is_all_that_is_said(title: str, *, negated: bool) -> None:
    resource = {"resourceType": "AllergyIntolerance", "code": {"text": title}}
    (found,) = FHIR.read(IncomingFile("x", json.dumps(resource).encode()))
    assert isinstance(found, Record)
    assert found.negated is negated


def test_a_record_of_a_document_names_the_heading_above_it() -> None:
    found = FHIR.read(incoming(FIXTURES / "ips" / "Bundle-IPS-examples-Bundle-01.json"))
    headings = {part.title: part.source.section for part in found if isinstance(part, Record) and part.source}
    assert headings["Menopausal flushing (finding)"] == "Active Problems"
    assert headings["Martha DeLarosa"] is None
