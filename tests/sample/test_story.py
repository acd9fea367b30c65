import pytest

from secondlens.domain.case import CaseFile, Decision, Opinion, Question, Reason, Step, gaps, next_step
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Kept
from secondlens.domain.when import read_iso
from secondlens.sample.journey import JOURNEY
from secondlens.sample.story.chart import PROBLEMS, PROCEDURES, VACCINATIONS
from secondlens.sample.story.laboratory import DRAWS, TESTS
from secondlens.sample.story.medicines import MEDICINES
from secondlens.sample.story.people import CLINICS
from secondlens.sample.story.visits import VISITS, consultation
from secondlens.sample.story.vital_signs import STANDING_TESTS, VITALS


def values_of(key: str) -> list[str]:
    return [value for draw in DRAWS for name, value in draw.values if name == key]


def test_every_date_of_the_story_is_a_date_and_none_is_after_november_2026() -> None:
    dates = [
        *(draw.when for draw in DRAWS),
        *(vitals.when for vitals in VITALS),
        *(reading.when for readings in STANDING_TESTS for reading in readings),
        *(visit.start for visit in VISITS),
        *(problem.onset for problem in PROBLEMS),
        *(problem.end for problem in PROBLEMS if problem.end),
        *(medicine.start for medicine in MEDICINES),
        *(each.day for each in (*VACCINATIONS, *PROCEDURES)),
    ]
    assert all(read_iso(date) for date in dates)
    assert max(dates) < "2026-12"


def test_draws_are_in_order_of_time_and_come_from_three_providers() -> None:
    assert [draw.when for draw in DRAWS] == sorted(draw.when for draw in DRAWS)
    assert len({draw.place for draw in DRAWS}) == 3
    assert {draw.place for draw in DRAWS} <= set(CLINICS)
    assert all(len(dict(draw.values)) == len(draw.values) for draw in DRAWS)


def test_urine_protein_rises_with_every_draw_and_weight_falls() -> None:
    protein = [int(value) for value in values_of("upcr")]
    weights = [float(dict(vitals.values)["weight"]) for vitals in VITALS]
    assert protein == sorted(set(protein))
    assert weights == sorted(set(weights), reverse=True)
    assert (protein[0], protein[-1]) == (88, 468)


@pytest.mark.parametrize("key", ["c3", "c4"])
def test_complements_fall_in_every_draw_after_the_dose_was_lowered(key: str) -> None:
    after = [
        float(value) for draw in DRAWS for name, value in draw.values if name == key and draw.day > "2024-05-06"
    ]
    assert len(after) > 5
    assert after == sorted(set(after), reverse=True)


def test_values_that_are_not_numbers_stay_the_words_they_are() -> None:
    assert values_of("ana")[-1] == "1:640 speckled"
    assert values_of("dna")[0] == "<0.41"
    assert Quantity(values_of("dna")[0]).number is None


@pytest.mark.parametrize(
    ("key", "value", "flag"),
    [
        ("c4", "9.9", "L"),
        ("c4", "10.0", "N"),
        ("c4", "40.0", "N"),
        ("c4", "40.1", "H"),
        ("esr", "21", "H"),
        ("egfr", "59", "L"),
        ("dna", "<0.41", None),
        ("ana", "1:640 speckled", None),
    ],
)
def test_a_flag_compares_with_the_printed_range(key: str, value: str, flag: str | None) -> None:
    assert TESTS[key].flag(value) == flag


def case_file() -> CaseFile:
    case, parts = JOURNEY
    kept = [
        Kept(id=str(number), version=1, recorded_at="2026-11-18T10:00:00Z", record=part)
        for number, part in enumerate(parts("case-1"))
    ]
    return CaseFile(
        case=Kept(id="case-1", version=1, recorded_at="2026-11-11T10:00:00Z", record=case), parts=tuple(kept)
    )


def test_the_journey_has_come_as_far_as_asking() -> None:
    assert next_step(case_file()) is Step.ASK
    assert gaps(case_file()) == ("choice",)


def test_the_first_opinion_is_the_one_in_the_consultation_note() -> None:
    opinion = case_file().opinion("first")
    assert opinion
    assert opinion.doctor == consultation().doctor.name
    assert opinion.start
    assert opinion.start.text == consultation().start[:10]
    assert "stress and deconditioning" in consultation().words.lower()
    assert opinion.title == "Stress and deconditioning."


def test_the_questions_are_ranked_and_their_numbers_are_those_measured() -> None:
    questions = case_file().questions()
    assert [question.rank for question in questions] == [1, 2, 3, 4, 5]
    assert f"from {values_of('upcr')[0]} to {values_of('upcr')[-1]}" in questions[1].title


def test_every_part_belongs_to_the_case_it_was_made_for() -> None:
    parts = JOURNEY[1]("another-case")
    assert {part.case for part in parts} == {"another-case"}
    assert {type(part) for part in parts} == {Reason, Opinion, Decision, Question}
