from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.clinical import (
    AllergyIntolerance,
    Component,
    Composition,
    Condition,
    DocumentReference,
    MedicationStatement,
    Observation,
    OtherResource,
)
from secondlens.domain.coding import Coding
from secondlens.domain.kinds import KINDS
from secondlens.domain.matching import facts, identities, identity, same_content
from secondlens.domain.people import Patient
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.source import Source
from secondlens.domain.when import When

FERRITIN = Observation(
    title="Ferritin",
    codes=(Coding("http://loinc.org", "2276-4", "Ferritin"),),
    start=When("2024-03-02"),
    value=Quantity("12", "ug/L"),
    source=Source("aa", "entry[1]", "example"),
)
NAMED = replace(FERRITIN, identifiers=("urn:example:1", "urn:example:2"))


@pytest.mark.parametrize(
    "changed",
    [
        replace(NAMED, value=Quantity("13", "ug/L")),
        replace(NAMED, start=When("2024-03-03")),
        replace(NAMED, status="corrected"),
        replace(NAMED, title="Ferritin in serum"),
        replace(NAMED, identifiers=("urn:example:1",)),
        replace(NAMED, source=Source("bb", "entry[9]", "other")),
    ],
)
def test_with_the_sources_own_name_a_fact_stays_itself_whatever_is_corrected(changed: Observation) -> None:
    assert identity(changed) == identity(NAMED)


@pytest.mark.parametrize(
    "other",
    [
        replace(NAMED, identifiers=("urn:example:9",)),
        replace(NAMED, codes=(Coding("http://loinc.org", "9999-9"),)),
        FERRITIN,
    ],
)
def test_another_name_or_code_is_another_fact(other: Observation) -> None:
    assert identity(other) != identity(NAMED)


@pytest.mark.parametrize(
    "other",
    [
        replace(FERRITIN, start=When("2024-03-03")),
        replace(FERRITIN, start=None, end=When("2024-03-02")),
        replace(FERRITIN, value=Quantity("13", "ug/L")),
        replace(FERRITIN, value=Quantity("12", "mg/L")),
        replace(FERRITIN, value=None),
        replace(FERRITIN, negated=True),
        replace(FERRITIN, components=(Component(title="Ferritin", value=Quantity("12")),)),
    ],
)
def test_without_a_name_any_difference_in_when_or_what_makes_another_fact(other: Observation) -> None:
    assert identity(other) != identity(FERRITIN)


def test_without_a_name_notes_and_status_may_change() -> None:
    assert identity(replace(FERRITIN, status="amended", note="fasting")) == identity(FERRITIN)


def test_two_letters_with_one_heading_and_different_words_both_stay() -> None:
    one, other = Composition(title="Assessment", text="Well."), Composition(title="Assessment", text="Not well.")
    assert identity(one) != identity(other)


def test_titles_stand_in_for_a_code_whatever_their_case_and_spacing() -> None:
    assert identity(Condition(title="Migraine  WITH aura")) == identity(Condition(title="migraine with aura"))


def test_parts_of_a_name_cannot_slide_into_each_other() -> None:
    one = replace(FERRITIN, codes=(), title="a", value=Quantity("b"))
    assert identity(one) != identity(replace(one, title="a b", value=None))


def test_entries_a_file_holds_twice_are_each_a_fact_and_found_again() -> None:
    named = identities((FERRITIN, NAMED, FERRITIN, FERRITIN))
    assert len(set(named)) == 4
    assert identities((FERRITIN, NAMED, FERRITIN, FERRITIN)) == named


@given(st.sampled_from(KINDS).flatmap(st.from_type))
def test_content_is_the_same_whatever_the_source(record: Record) -> None:
    assert same_content(record, replace(record, source=Source("cc", "elsewhere", "other")))


def test_every_field_but_the_source_is_content() -> None:
    for field in fields(Observation):
        if field.name != "source":
            changed = replace(FERRITIN, **{field.name: "something else"})  # type: ignore[arg-type]
            assert not same_content(FERRITIN, changed), field.name


def test_two_kinds_never_have_the_same_content() -> None:
    assert not same_content(Record(title="x"), Condition(title="x"))


def test_one_number_on_two_servers_is_two_facts_when_the_dates_differ() -> None:
    here = replace(FERRITIN, identifiers=("Observation/1",))
    assert identity(here) != identity(replace(here, start=When("2024-06-01")))
    assert identity(here) == identity(replace(here, value=Quantity("13", "ug/L")))


def test_facts_of_two_people_never_become_versions_of_each_other() -> None:
    ann, bob = Patient(title="Ann", birth=When("1980-01-01")), Patient(title="Bob", birth=When("1990-01-01"))
    assert identities([ann, NAMED])[1] != identities([bob, NAMED])[1]
    assert identities([ann, NAMED])[1] == identities([replace(ann, title="Ann B."), NAMED])[1]


def test_without_a_name_two_titles_under_one_general_code_both_stay() -> None:
    sort = (Coding("http://snomed.info/sct", "419199007"),)
    penicillin, latex = (AllergyIntolerance(title=title, codes=sort) for title in ("Penicillin", "Latex"))
    assert identity(penicillin) != identity(latex)


ANN = Patient(title="Ann Sample", birth=When("1980-01-01"))
GLUCOSE = Observation(
    title="Glucose",
    codes=(Coding("http://loinc.org", "2345-7", "Glucose"),),
    start=When("2024-03-05T09:12:00-05:00"),
    value=Quantity("95", "mg/dL"),
    status="final",
    identifiers=("urn:here:1",),
)


def fact_of(record: Record, *before: Record) -> tuple[str, ...] | None:
    return facts((ANN, *before, record))[-1]


@pytest.mark.parametrize(
    "other",
    [
        replace(GLUCOSE, identifiers=("urn:there:77",), source=Source("bb", "elsewhere", "ccda")),
        replace(GLUCOSE, title="GLUCOSE, SERUM", status=None, note="fasting"),
        replace(GLUCOSE, start=When("2024-03-05"), value=Quantity("95.0", "mg/dL")),
        replace(GLUCOSE, codes=(Coding(None, "GLU"), *GLUCOSE.codes)),
    ],
)
def test_another_portal_tells_the_same_fact_under_its_own_number(other: Observation) -> None:
    assert fact_of(other) == fact_of(GLUCOSE)


@pytest.mark.parametrize(
    "other",
    [
        replace(GLUCOSE, value=Quantity("96", "mg/dL")),
        replace(GLUCOSE, value=Quantity("95", "mmol/L")),
        replace(GLUCOSE, value=Quantity("<95", "mg/dL")),
        replace(GLUCOSE, start=When("2024-03-06")),
        replace(GLUCOSE, codes=(Coding("http://loinc.org", "2339-0"),)),
        replace(GLUCOSE, negated=True),
        replace(GLUCOSE, status="entered-in-error"),
    ],
)
def test_what_says_something_else_is_another_fact(other: Observation) -> None:
    assert fact_of(other) != fact_of(GLUCOSE)


def test_two_equal_readings_of_one_day_are_two_facts_in_the_order_of_their_times() -> None:
    evening = replace(GLUCOSE, start=When("2024-03-05T20:00:00-05:00"))
    one_way, other_way = facts((ANN, evening, GLUCOSE)), facts((ANN, GLUCOSE, evening))
    assert (one_way[1], one_way[2]) == (other_way[2], other_way[1])
    assert one_way[1] != one_way[2]


def test_a_code_for_a_sort_of_things_does_not_make_two_of_them_one() -> None:
    sort = (Coding("http://snomed.info/sct", "419199007"),)
    penicillin, latex = (AllergyIntolerance(title=title, codes=sort) for title in ("Penicillin", "Latex"))
    assert fact_of(penicillin) != fact_of(latex)


def test_facts_of_two_people_are_never_one() -> None:
    bob = Patient(title="Bob", birth=When("1990-01-01"))
    assert facts((ANN, GLUCOSE))[1] != facts((bob, GLUCOSE))[1]


def test_doses_of_a_medicine_tell_facts_apart_and_ways_of_writing_them_do_not() -> None:
    once = MedicationStatement(
        title="Metformin", dose=Quantity("500", "mg"), timing="once a day", sig="1 tab daily"
    )
    assert fact_of(once) == fact_of(replace(once, sig="Take one tablet each day", dose=Quantity("500.0", "mg")))
    assert fact_of(once) != fact_of(replace(once, dose=Quantity("1000", "mg")))
    assert fact_of(once) != fact_of(replace(once, timing="twice a day"))


def test_what_says_too_little_is_never_the_same_as_anything() -> None:
    assert fact_of(replace(GLUCOSE, start=None)) is None
    assert fact_of(DocumentReference(title="Progress note", start=When("2024-03-05"))) is None
    assert fact_of(Condition(title="Asthma")) is not None
    assert fact_of(OtherResource(title="Plan", resource_type="CarePlan", text="Walk.")) is None


@given(st.lists(st.sampled_from(KINDS).flatmap(st.from_type), max_size=6))
def test_every_record_of_a_file_tells_a_fact_of_its_own(records: list[Record]) -> None:
    told = [fact for fact in facts(records) if fact is not None]
    assert len(set(told)) == len(told)
