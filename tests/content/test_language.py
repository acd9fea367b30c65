"""How our texts read: short sentences, no claim we must not make, nobody else's questionnaire."""

import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from secondlens.content import (
    all_texts,
    conversations,
    emergency_numbers,
    evidence,
    guides,
    questions,
    red_flags,
    scripts,
    words,
)
from secondlens.domain.case import Step
from secondlens.domain.wording import reading_grade, sentences, word_count

# What a page may not say of the person who reads it (a tool that claims this is a medical device).
CLAIMS = (
    r"\byou (?:probably |likely )?(?:have|suffer from) (?:lupus|pots|sj|arthritis|dysautonomia)",
    r"\bdiagnoses you\b|\bwe diagnose\b|\bdetects?\b|\bscreen(?:s|ing)? (?:you|for)\b",
    r"\b(?:meets?|fulfils?) (?:the )?criteria\b|\b(?:un)?likely\b|\bprobability\b|\bhigh risk\b|\bscore\b",
    r"\bsafe to wait\b|\byou are fine\b|\bnothing to worry\b|\bno need to worry\b|\bit is nothing\b",
    r"\byou should (?:take|stop|start|increase|reduce)\b|\byou need (?:a|an|this) test\b",
    r"\bbest doctor\b|\bthe right diagnosis\b|\bproven\b|\bguarantee",
)
# Names and phrases of questionnaires that may not be copied (evidence: licences).
INSTRUMENTS = (
    r"\bRAPID-?3\b|\bEQ-?5D\b|\bFACIT\b|\bCOMPASS[- ]?31\b|\bBASDAI\b|\bESSPRI\b|\bPROMIS\b|\bSLAQ\b|\bMaPS\b",
    r"\bAsk Me 3\b|\bSURE test\b|\bFatigue Severity Scale\b|\bDAS28\b|\bLupusQoL\b|\bTeamSTEPPS\b",
    r"what is my main problem|why is it important for me to do this",
    r"over the (?:last|past) (?:2|two) weeks|little interest or pleasure",
)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)


def parts() -> Iterator[tuple[str, str]]:
    for text in all_texts():
        yield from ((text.name, part) for part in (text.title, text.summary, text.body))
    for card in evidence():
        yield from ((card.name, part) for part in (card.design, card.people, card.dates, card.limits))
    yield from ((card.name, card.do) for card in red_flags())
    for script in scripts():
        yield from ((f"{script.frame} {reply.code}", reply.answer) for reply in script.replies)
        yield from ((f"{script.frame} {reply.code}", reply.then or "") for reply in script.replies)
    for talk in conversations():
        yield from ((talk.name, reply.answer) for reply in talk.replies)
        yield from ((talk.name, reply.then or "") for reply in talk.replies)
        yield talk.name, talk.know or ""
    for question in questions():
        yield from ((question.text, part) for part in (question.text, question.why))
    yield from (("words.toml", part) for part in _leaves(asdict(words())) if part.endswith("."))


PARTS = tuple(parts())


@pytest.mark.parametrize("pattern", CLAIMS + INSTRUMENTS)
def test_no_text_makes_a_forbidden_claim_or_borrows_a_questionnaire(pattern: str) -> None:
    assert [(name, part) for name, part in PARTS if re.search(pattern, part, re.IGNORECASE)] == []


def test_no_unchecked_mark_and_no_address_is_left_in_a_text() -> None:
    assert [name for name, part in PARTS if re.search(r"\[[A-Z]\]|https?:|www\.|TODO|TBD", part)] == []


def test_nine_sentences_in_ten_have_twenty_words_or_fewer() -> None:
    everything = [sentence for _, part in PARTS for sentence in sentences(part)]
    short = sum(word_count(sentence) <= 20 for sentence in everything)
    grade = reading_grade("\n\n".join(part for _, part in PARTS))
    print(f"{short / len(everything):.1%} of {len(everything)} sentences are short; grade {grade}")  # noqa: T201 - asked for
    assert short / len(everything) >= 0.9


@pytest.mark.parametrize("text", [*guides(), *red_flags(), *evidence()], ids=lambda text: text.name)
def test_each_page_reads_at_about_grade_six(text: object) -> None:
    assert reading_grade(text.body) <= 7.5  # type: ignore[attr-defined]  # one of three kinds of Text


def test_the_figures_of_the_first_study_are_told_whole() -> None:
    first, second = evidence()[:2]
    assert all(
        figure in first.body for figure in ("286", "13 in 100", "66 in 100", "22 in 100", "Nobody checked later")
    )
    assert all(figure in second.body for figure in ("15 in 100", "37 in 100"))


def test_a_famous_wrong_figure_is_only_ever_quoted() -> None:
    assert [part for _, part in PARTS if "88" in part.replace("988", "") and '"88%"' not in part] == []


def test_each_step_has_a_guide_of_eighty_to_a_hundred_and_fifty_words_and_one_comes_before() -> None:
    assert [guide.step for guide in guides()] == [None, *Step]
    assert all(80 <= word_count(guide.body) <= 150 for guide in guides())


def test_there_are_questions_for_every_theme_and_pack() -> None:
    assert len(questions()) >= 25
    assert {question.pack for question in questions()} == set(words().packs)
    assert {question.theme for question in questions() if question.pack == "general"} == set(words().themes)
    assert {question.theme for question in questions()} <= set(words().themes)
    assert len({question.text for question in questions()}) == len(questions())
    assert all(question.text.endswith("?") for question in questions())


def test_the_card_for_everyone_comes_first_and_does_not_pretend_to_know() -> None:
    first = red_flags()[0]
    assert first.soon == "now"
    assert "This page cannot tell if it is an emergency." in first.advice
    assert [
        line for card in red_flags() for line in card.body.splitlines() if "you are fine" in line.casefold()
    ] == []


def test_every_red_flag_card_is_a_list_of_signs_with_one_thing_to_do() -> None:
    for card in red_flags():
        assert re.fullmatch(r"(- .+\n)+", card.body.partition("\n\n")[0] + "\n"), card.name
        assert not re.search(r"^- ", card.advice, re.MULTILINE), card.name
        assert re.match(r"Call|Get|Go", card.do), card.name


def test_signs_and_advice_of_a_card_come_apart_and_nothing_is_lost() -> None:
    for card in red_flags():
        assert "\n".join(f"- {sign}" for sign in card.signs) + f"\n\n{card.advice}" == card.body.strip() + (
            "" if card.advice else "\n\n"
        )


def test_emergency_numbers_are_the_ones_we_checked() -> None:
    numbers = {number.country: number.emergency for number in emergency_numbers()}
    assert numbers == {"US": "911", "CA": "911", "UK": "999", "EU": "112"}
