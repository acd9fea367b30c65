from dataclasses import replace

import pytest

from secondlens.domain.clinical import (
    AllergyIntolerance,
    Composition,
    Condition,
    Immunization,
    MedicationRequest,
    MedicationStatement,
    Observation,
    OtherResource,
    Procedure,
)
from secondlens.domain.coding import LOINC, Coding
from secondlens.domain.kinds import KINDS
from secondlens.domain.packet import Packet, build_packet
from secondlens.domain.people import Patient
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Participant, Record
from secondlens.domain.results import key_results
from secondlens.domain.when import When
from tests.exporters.packets import (
    DOCUMENTS,
    HEART,
    MADE_ON,
    case_file,
    choose,
    facts,
    journey,
    kept,
    packet_of,
    people,
    source,
    whole_packet,
)


def _titles(packet: Packet, name: str) -> list[str]:
    return [entry.title for entry in packet.part(name).entries]


def _everywhere(packet: Packet) -> str:
    return repr((packet.parts, packet.results, packet.passages, packet.timeline))


def test_what_the_person_wrote_stands_in_the_packet() -> None:
    packet = whole_packet()
    assert packet.asked.question == "What causes my evening fevers?"
    assert packet.asked.by == "31 January 2027"
    assert packet.asked.questions[0] == "Could one thing explain the fevers and the protein?"
    assert packet.opinion
    assert packet.opinion.when == "12 May 2026"


def test_two_sources_that_name_the_person_differently_are_both_shown() -> None:
    names = packet_of(*people()).names
    assert [saying.text for saying in names] == ["Nora Sample", "Nora A. Sample"]
    assert names[0].sources != names[1].sources


def test_the_same_problem_from_two_files_is_one_line_with_both_sources() -> None:
    lupus = whole_packet().part("problems").entries[0]
    assert lupus.title == "Systemic lupus erythematosus"
    assert [len(saying.sources) for saying in lupus.says] == [2]


def test_a_statement_and_a_prescription_of_one_medicine_are_one_line() -> None:
    packet = whole_packet()
    assert _titles(packet, "medicines").count("Hydroxychloroquine") == 1
    assert "200 mg by mouth once a day" in packet.part("medicines").entries[0].says[0].text


def test_active_resolved_and_denied_problems_stand_apart() -> None:
    packet = whole_packet()
    assert _titles(packet, "problems") == ["Systemic lupus erythematosus", "Sjogren's syndrome"]
    assert _titles(packet, "problems-past") == ["Iron deficiency"]
    assert _titles(packet, "problems-no") == ["No Diabetes mellitus"]


@pytest.mark.parametrize(
    ("record", "name", "title"),
    [
        (Condition(title="Gout", negated=True), "problems-no", "No Gout"),
        (Condition(title="Gout", verification="refuted"), "problems-no", "No Gout"),
        (MedicationStatement(title="Prednisone", negated=True), "medicines-no", "Not taken: Prednisone"),
        (MedicationStatement(title="Prednisone", status="not-taken"), "medicines-no", "Not taken: Prednisone"),
        (Immunization(title="Zoster", negated=True), "vaccinations-no", "Not given: Zoster"),
        (Procedure(title="Biopsy", status="not-done"), "procedures-no", "Not done: Biopsy"),
        (AllergyIntolerance(title="No known allergies", negated=True), "allergies-no", "No known allergies"),
        (Observation(title="Fever", negated=True), "findings-no", "No Fever"),
    ],
)
def test_what_a_source_denies_is_never_listed_as_so(record: Record, name: str, title: str) -> None:
    packet = packet_of(record)
    assert {part.name: _titles(packet, part.name) for part in packet.parts if part.entries} == {name: [title]}
    assert packet.results == ()


def test_taken_in_one_file_and_not_taken_in_another_is_said_to_differ() -> None:
    taken = MedicationRequest(
        title="Prednisone", status="active", start=When("2026-01"), source=source(sha256=HEART)
    )
    packet = packet_of(taken, MedicationStatement(title="prednisone", negated=True, source=source()))
    assert _titles(packet, "medicines") == _titles(packet, "medicines-no") == []
    (entry,) = packet.part("medicines-differ").entries
    assert len(entry.says) == 2
    assert any("Not taken" in saying.text for saying in entry.says)


def test_ended_in_a_newer_file_is_said_to_differ_from_active_in_an_older_one() -> None:
    active = Condition(title="Anaemia", status="active", start=When("2021"), source=source())
    ended = Condition(title="Anaemia", status="resolved", end=When("2024"), source=source(sha256=HEART))
    assert _titles(packet_of(active, ended), "problems-differ") == ["Anaemia"]
    again = replace(active, start=When("2025"))
    assert _titles(packet_of(again, ended), "problems") == ["Anaemia"]


def test_a_medicine_whose_end_has_passed_is_an_earlier_medicine() -> None:
    course = MedicationStatement(title="Amoxicillin", status="active", end=When("2026-11-21"))
    assert _titles(packet_of(course), "medicines-past") == ["Amoxicillin"]
    assert _titles(packet_of(replace(course, end=When("2026-11"))), "medicines") == ["Amoxicillin"]


def test_a_medicine_only_intended_is_not_a_medicine_now() -> None:
    assert _titles(packet_of(MedicationRequest(title="Rituximab", status="draft")), "medicines") == []


def test_records_entered_in_error_never_appear() -> None:
    for record in (
        Condition(title="Mix-up", verification="entered-in-error"),
        Observation(title="Mix-up", status="entered-in-error", value=Quantity("1")),
    ):
        packet = packet_of(record, parts=(choose("r0"),))
        assert "Mix-up" not in _everywhere(packet)


def test_only_chosen_records_go_in() -> None:
    packet = packet_of(Condition(title="Inside"), Condition(title="Outside"), parts=(choose("r0"),))
    assert _titles(packet, "problems") == ["Inside"]
    assert "Outside" not in _everywhere(packet)
    assert packet.chosen


def test_a_file_with_nothing_chosen_from_it_is_not_named() -> None:
    records = (Condition(title="In", source=source()), Condition(title="Out", source=source(sha256=HEART)))
    notes = packet_of(*records, parts=(choose("r0"),)).footnotes
    assert [note.sha256 for note in notes] == ["c" * 64]


_OTHERWISE = {Patient, Composition, OtherResource}


def test_no_record_is_left_out() -> None:
    """Every kind of record that is not part of a case has a place in the packet."""
    simple = [kind for kind in KINDS if kind.__module__.endswith((".clinical", ".people"))]
    records = [kind(title=f"Strange {kind.__name__}") for kind in simple if kind not in _OTHERWISE]
    records += [
        Composition(title="Strange Composition", text="words"),
        OtherResource(title="Strange OtherResource", resource_type="Device"),
    ]
    assert len(records) == len(simple) - 1
    for record in records:
        assert record.title in _everywhere(packet_of(record))


def test_every_number_names_a_source() -> None:
    packet = whole_packet()
    numbers = {note.number for note in packet.footnotes}
    used = [saying.sources for part in packet.parts for entry in part.entries for saying in entry.says]
    used += [reading.sources for result in packet.results for reading in result.readings]
    assert all(used)
    assert {number for sources in used for number in sources} <= numbers
    texts = [note.text for note in packet.footnotes]
    assert "Visit summary, 20 May 2026, from family-practice.xml, section Problems" in texts
    assert "From heart-clinic.json" in texts


def test_what_the_person_recorded_is_marked_as_their_words() -> None:
    notes = packet_of(Condition(title="Tired after walking")).footnotes
    assert notes[0].text == "Written by the person, in the person's words"


def test_unknown_dates_say_so() -> None:
    packet = packet_of(Condition(title="Fatigue"), Observation(title="Ferritin", value=Quantity("41", "ug/L")))
    assert packet.part("problems").entries[0].says[0].when == "date unknown"
    assert packet.results[0].readings[0].when == "date unknown"
    assert packet.undated == 2


def test_results_stand_newest_first_with_the_laboratorys_own_words() -> None:
    protein = next(result for result in whole_packet().results if result.title.startswith("Protein"))
    assert [reading.text for reading in protein.readings] == ["468 mg/g", "262 mg/g", "150 mg/g", "88 mg/g"]
    newest = protein.readings[0]
    assert (newest.range, newest.flag, len(newest.sources)) == ("<150", "H", 2)


def test_exact_values_stay_as_printed() -> None:
    texts = {reading.text for result in whole_packet().results for reading in result.readings}
    assert {"1:640 speckled", "<0.41 IU/mL", "Systolic 118 mm[Hg]; Diastolic 74 mm[Hg]"} <= texts


def test_results_of_different_tests_are_never_joined() -> None:
    def glucose(code: str, title: str = "Glucose") -> Observation:
        return Observation(title=title, codes=(Coding(LOINC, code),), value=Quantity("1"), source=source())

    assert len(packet_of(glucose("2345-7"), glucose("2350-7")).results) == 2
    assert len(packet_of(glucose("8867-4", "Pulse lying"), glucose("8867-4", "Pulse standing")).results) == 2
    elsewhere = replace(glucose("2345-7", "GLUCOSE, SERUM"), source=source(sha256=HEART))
    assert len(packet_of(glucose("2345-7"), elsewhere).results) == 1


def test_flagged_laboratory_results_come_first_on_page_one() -> None:
    titles = [result.title for result in key_results(whole_packet().results)]
    assert titles[0] == "Protein/creatinine ratio, urine"
    assert titles[-1] == "Blood pressure"


def test_a_section_told_as_facts_is_not_told_again_as_text() -> None:
    text = Composition(title="Results", text="Ferritin | 41", source=source("Results"))
    packet = packet_of(text, Observation(title="Ferritin", value=Quantity("41"), source=source("Results")))
    assert (packet.passages, packet.told) == ((), ("Results",))
    assert packet_of(text).passages[0].text == "Ferritin | 41"


def test_plain_words_replace_codes() -> None:
    problem = Condition(title="Asthma", status="remission")
    packet = build_packet(case_file(), kept(problem), {}, MADE_ON, words={"remission": "calm for now"})
    assert packet.part("problems").entries[0].says[0].text == "calm for now"


def test_page_one_gives_a_medicines_printed_instruction_and_the_details_everything() -> None:
    medicine = MedicationStatement(
        title="Pilocarpine", sig="one tablet at night", route="oral", participants=(Participant("Dr Example"),)
    )
    saying = packet_of(medicine).part("medicines").entries[0].says[0]
    assert saying.brief == "one tablet at night"
    assert saying.text == "one tablet at night, oral, by Dr Example"


def test_the_timeline_runs_from_oldest_to_newest_and_joins_a_days_results() -> None:
    timeline = whole_packet().timeline
    assert [event.day for event in timeline] == sorted(event.day for event in timeline)
    lines = [event.text for event in timeline]
    assert "Not done: Nerve conduction test" in lines
    assert "First opinion: Dr Ines Example" in lines
    assert "2 results: ANA titre, Anti-dsDNA" in lines
    assert lines.count("Health problem began: Systemic lupus erythematosus") == 1


def test_the_order_of_records_in_the_vault_changes_no_list() -> None:
    records = kept(*people(), *facts())
    one = build_packet(case_file(*journey()), records, DOCUMENTS, MADE_ON)
    other = build_packet(case_file(*journey()), records[::-1], DOCUMENTS, MADE_ON)
    for part in one.parts:
        assert set(_titles(one, part.name)) == set(_titles(other, part.name))
