"""What a person writes becomes a record of their own, and what they did not touch stays as it was."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from secondlens.domain.clinical import (
    AllergyIntolerance,
    Component,
    Composition,
    Condition,
    Immunization,
    MedicationStatement,
    Observation,
    Reaction,
)
from secondlens.domain.coding import LOINC, Coding
from secondlens.domain.handwriting import ASKED, STATUSES, WRITTEN, answers_of, asked, write
from secondlens.domain.kinds import KINDS
from secondlens.domain.people import Patient, Practitioner
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Participant, Record
from secondlens.domain.source import Source
from secondlens.domain.when import When

TODAY = date(2026, 11, 25)
FILE = Source("ab" * 32, "entry[3]", "example")
FERRITIN = Observation(
    title="Ferritin",
    codes=(Coding(LOINC, "2276-4"),),
    category="laboratory",
    start=When("2024-03-02T08:15"),
    status="final",
    value=Quantity("12", "ug/L"),
    interpretation="L",
    reference_range="15 - 150",
    participants=(Participant("Lab North", "performer"),),
    source=FILE,
)
_DAYS = st.dates(date(1800, 1, 1), date(2199, 12, 31)).map(date.isoformat)
_WHENS = st.builds(lambda day, length: When(day[:length]), _DAYS, st.sampled_from([4, 7, 10]))


def corrected(before: Record, **answers: str) -> Record:
    record = write(type(before), answers_of(before) | answers, TODAY, before).record
    assert record is not None
    return record


def written(kind: type[Record], **answers: str) -> Record:
    record = write(kind, answers, TODAY).record
    assert record is not None
    return record


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.__name__)
def test_a_name_is_enough_and_it_is_the_persons_own_word(kind: type[Record]) -> None:
    assert written(kind, title="A name") == kind(title="A name")


def test_every_kind_that_files_bring_can_be_corrected_and_only_its_own_fields_are_asked_for() -> None:
    clinical = {kind for kind in KINDS if kind.__module__.endswith(("clinical", "people"))}
    assert set(ASKED) == clinical
    assert set(WRITTEN) <= clinical
    for kind, names in ASKED.items():
        own = set(kind.__dataclass_fields__) | ({"unit"} if kind is Observation else set())
        assert set(names) <= own, kind
        assert ("status" in names) == (kind in STATUSES), kind


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.__name__)
def test_answers_that_were_not_touched_change_nothing_but_whose_word_it_is(kind: type[Record]) -> None:
    @given(st.from_type(kind), _WHENS)
    @settings(max_examples=25, deadline=None)
    def stays(drawn: Record, when: When) -> None:
        dated = [field.name for field in fields(drawn) if isinstance(getattr(drawn, field.name), When)]
        changes: dict[str, Any] = dict.fromkeys(dated, when)
        record = replace(drawn, **changes)
        assume(record.title.strip() and getattr(record, "text", "x") != "")
        answers = answers_of(record)
        assert set(asked(kind, record)) <= set(answers)
        assume(not answers.get("unit") or answers.get("value"))
        assert write(kind, answers, TODAY, record).record == replace(record, source=None)

    stays()


@pytest.mark.parametrize("value", ["<0.41", "1:640 speckled", "positive", "5,4", "7.20", "12 - 15", "> 60", "0"])
def test_a_value_keeps_its_exact_text(value: str) -> None:
    record = written(Observation, title="ANA", value=value, unit="IU/mL")
    assert record == Observation(title="ANA", value=Quantity(value, "IU/mL"))
    alone = written(Observation, title="ANA", value=value)
    assert isinstance(alone, Observation)
    assert alone.value is not None
    assert alone.value.plain() == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("5.4 mmol/L", Quantity("5.4", "mmol/L")),
        ("<0.41 IU/mL", Quantity("<0.41", "IU/mL")),
        ("97 %", Quantity("97", "%")),
        ("20mg", Quantity("20mg")),
        ("1 1/2 tablets", Quantity("1 1/2 tablets")),
    ],
)
def test_a_unit_typed_with_its_value_is_told_apart_and_reads_the_same(typed: str, value: Quantity) -> None:
    record = written(MedicationStatement, title="Iron", dose=typed)
    assert record == MedicationStatement(title="Iron", dose=value)
    assert value.plain() == typed


def test_words_that_a_date_cannot_hold_stay_in_the_note_and_come_back_to_their_field() -> None:
    record = written(Condition, title="Joint pain", start="spring 2019", note="Both hands.")
    assert record.start == When("2019")
    assert record.note == "Both hands.\nStart, as remembered: spring 2019"
    answers = answers_of(record)
    assert (answers["start"], answers["note"]) == ("spring 2019", "Both hands.")
    assert corrected(record, start="May 2019") == replace(record, start=When("2019-05"), note="Both hands.")
    assert corrected(record, note="Hands.").note == "Hands.\nStart, as remembered: spring 2019"


def test_a_date_nobody_can_read_is_a_sentence_at_its_field() -> None:
    made = write(Condition, {"title": "Joint pain", "start": "3/4/2019"}, TODAY)
    assert made.record is None
    assert [name for name, _ in made.mistakes] == ["start"]


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [("2020", "2019", True), ("March 2020", "2020", False), ("2020", "March 2019", True), ("2020", "2020", False)],
)
def test_an_end_that_is_surely_before_the_start_is_a_mistake(start: str, end: str, *, wrong: bool) -> None:
    made = write(MedicationStatement, {"title": "Iron", "start": start, "end": end}, TODAY)
    assert [name for name, _ in made.mistakes] == (["end"] if wrong else [])


def test_a_file_that_ends_before_it_starts_can_still_be_corrected_elsewhere() -> None:
    before = Condition(title="Asthma", start=When("2020"), end=When("2019"), source=FILE)
    assert corrected(before, note="Mild.").note == "Mild."


def test_a_correction_is_the_persons_word_and_keeps_what_was_not_touched() -> None:
    assert corrected(FERRITIN, note="Fasting.") == replace(FERRITIN, source=None, note="Fasting.")


def test_the_mark_of_the_laboratory_goes_with_the_value_it_was_on() -> None:
    record = corrected(FERRITIN, value="120")
    assert record == replace(FERRITIN, source=None, value=Quantity("120", "ug/L"), interpretation=None)


def test_a_new_name_does_not_keep_the_codes_of_the_old_one() -> None:
    assert corrected(FERRITIN, title="Transferrin").codes == ()


def test_parts_of_a_result_are_corrected_each_for_itself() -> None:
    parts = (
        Component(title="Systolic", value=Quantity("210", "mmHg"), interpretation="H"),
        Component(title="Diastolic", value=Quantity("70", "mmHg")),
    )
    before = Observation(title="Blood pressure", components=parts)
    record = corrected(before, **{"part-0": "120 mmHg"})
    assert isinstance(record, Observation)
    assert record.components == (Component(title="Systolic", value=Quantity("120", "mmHg")), parts[1])


def test_people_and_reactions_are_one_on_each_line_and_keep_what_was_said_of_them() -> None:
    before = AllergyIntolerance(
        title="Penicillin",
        reactions=(Reaction(manifestation="Rash", severity="mild"), Reaction(manifestation="Cough")),
    )
    record = corrected(before, reactions="Rash\n\n  Swollen lips ")
    assert isinstance(record, AllergyIntolerance)
    assert record.reactions == (
        Reaction(manifestation="Rash", severity="mild"),
        Reaction(manifestation="Swollen lips"),
    )
    assert corrected(FERRITIN, participants="Lab North\nDr Ames").participants == (
        Participant("Lab North", "performer"),
        Participant("Dr Ames"),
    )


def test_a_denial_can_be_taken_away_and_made() -> None:
    ruled_out = Condition(title="Lupus", negated=True, verification="refuted", source=FILE)
    assert corrected(ruled_out, negated="") == Condition(title="Lupus")
    not_given = Immunization(title="Tetanus", negated=True, status="not-done")
    assert corrected(not_given, negated="") == Immunization(title="Tetanus")
    assert corrected(Condition(title="Lupus"), negated="yes").negated


def test_a_unit_without_a_result_is_not_dropped_in_silence() -> None:
    assert [name for name, _ in write(Observation, {"title": "Iron", "unit": "ug/L"}, TODAY).mistakes] == ["value"]


def test_a_date_of_birth_is_a_plain_date() -> None:
    assert corrected(Patient(title="Ann"), birth="2 March 1980") == Patient(title="Ann", birth=When("1980-03-02"))
    assert write(Patient, {"title": "Ann", "birth": "early 1980"}, TODAY, Patient(title="Ann")).mistakes


def test_a_part_of_a_document_keeps_its_text() -> None:
    before = Composition(title="History", text="Well.")
    assert [name for name, _ in write(Composition, answers_of(before) | {"text": ""}, TODAY, before).mistakes] == [
        "text"
    ]


def test_phone_numbers_are_kept_line_by_line() -> None:
    assert written(Practitioner, title="Dr Ames", telecom="555 1\n555 2") == Practitioner(
        title="Dr Ames", telecom=("555 1", "555 2")
    )
