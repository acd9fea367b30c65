from dataclasses import replace
from typing import Any

import pytest

from secondlens.domain.clinical import (
    AllergyIntolerance,
    Condition,
    Immunization,
    MedicationRequest,
    MedicationStatement,
    Observation,
)
from secondlens.domain.coding import LOINC, RXNORM, Coding
from secondlens.domain.conflicts import conflicts
from secondlens.domain.people import Patient
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Kept, Record
from secondlens.domain.source import Source
from secondlens.domain.when import When

METFORMIN = (Coding(RXNORM, "6809", "Metformin"),)
GLUCOSE = (Coding(LOINC, "2345-7", "Glucose"),)


def told(*records: Record, files: str = "ab") -> tuple[Kept, ...]:
    """Put each record into a file of its own: the first into the file "a", the second into "b"."""
    return tuple(
        Kept(str(number), 1, "", replace(record, source=Source(file, "somewhere", "fhir")))
        for number, (record, file) in enumerate(zip(records, files, strict=True))
    )


def medicine(dose: str | None, **more: Any) -> MedicationStatement:
    taken = MedicationStatement(title="Metformin", codes=METFORMIN, status="active")
    return replace(taken, dose=Quantity(dose, "mg") if dose else None, **more)


def glucose(value: str, start: str) -> Observation:
    return Observation(title="Glucose", codes=GLUCOSE, value=Quantity(value, "mg/dL"), start=When(start))


BEGUN = Condition(title="Asthma", start=When("2019"), status="active")

DISAGREE: dict[str, tuple[str, Record, Record]] = {
    "two doses": ("dose", medicine("500"), medicine("1000")),
    "two doses in a list and a prescription": (
        "dose",
        medicine("5"),
        MedicationRequest(title="Metformin", codes=METFORMIN, status="active", dose=Quantity("50", "mg")),
    ),
    "two rhythms": ("rhythm", medicine("500", timing="once a day"), medicine("500.0", timing="every 12 hours")),
    "stopped or not": ("taken", medicine("500"), medicine("500", status="stopped")),
    "ended or not": ("taken", medicine("500", start=When("2020")), medicine("500", end=When("2024"))),
    "two birth dates": (
        "birth",
        Patient(title="Nora Sample", birth=When("1984-04-12")),
        Patient(title="Nora Sample", birth=When("1984-12-04")),
    ),
    "allergy and none": (
        "so",
        AllergyIntolerance(title="Penicillin"),
        AllergyIntolerance(title="penicillin", negated=True),
    ),
    "illness and none": ("so", BEGUN, Condition(title="Asthma", negated=True)),
    "now or over": ("over", BEGUN, replace(BEGUN, start=When("2019-03"), status="resolved")),
    "given and not given": (
        "so",
        Immunization(title="Flu", start=When("2024-10-01")),
        Immunization(title="Flu", start=When("2024-10-01"), negated=True),
    ),
    "two values of one moment": (
        "value",
        glucose("5", "2024-10-01T08:00:00Z"),
        glucose("50", "2024-10-01T08:00:00Z"),
    ),
}
AGREE: dict[str, tuple[Record, Record]] = {
    "one dose written in two ways": (medicine("500"), medicine("500.0")),
    "a dose and none": (medicine("500"), medicine(None)),
    "two courses": (
        medicine("500", start=When("2016"), status="stopped"),
        medicine("500", start=When("2021")),
    ),
    "the dose of a course that is over": (medicine("500", end=When("2016")), medicine("1000", start=When("2021"))),
    "a prescription that was used up": (
        medicine("500"),
        MedicationRequest(title="Metformin", codes=METFORMIN, status="completed"),
    ),
    "a vague and an exact birth date": (
        Patient(title="Nora Sample", birth=When("1984")),
        Patient(title="Nora Sample", birth=When("1984-12-04")),
    ),
    "two times of day": (glucose("95", "2024-10-01T08:00:00Z"), glucose("120", "2024-10-01T12:00:00Z")),
    "a day measured twice": (glucose("95", "2024-10-01"), glucose("120", "2024-10-01")),
    "different medicines": (medicine("500"), MedicationStatement(title="Aspirin", dose=Quantity("100", "mg"))),
    "an entry that was a slip": (medicine("500"), medicine("1000", status="entered-in-error")),
}


@pytest.mark.parametrize("case", DISAGREE)
def test_files_that_disagree_are_found(case: str) -> None:
    what, one, other = DISAGREE[case]
    assert [(found.what, len(found.records)) for found in conflicts(told(one, other))] == [(what, 2)]
    assert [found.what for found in conflicts(told(other, one))] == [what]


@pytest.mark.parametrize("case", AGREE)
def test_files_that_only_differ_in_how_much_they_say_do_not_disagree(case: str) -> None:
    assert conflicts(told(*AGREE[case])) == ()


def test_one_file_does_not_disagree_with_itself() -> None:
    assert conflicts(told(medicine("500"), medicine("1000"), files="aa")) == ()


def test_what_the_person_wrote_is_no_file() -> None:
    written = Kept("9", 1, "", medicine("1000"))
    assert conflicts((*told(medicine("500"), files="a"), written)) == ()


def test_three_files_make_one_disagreement_without_the_one_that_says_nothing() -> None:
    found = conflicts(told(medicine("500"), medicine("1000"), medicine(None), medicine("500"), files="abcd"))
    assert [[kept.id for kept in one.records] for one in found] == [["0", "1", "3"]]
