"""The hard-conversation library: enough of it, no two alike, filled without a gap, words one can say aloud."""

import re
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from secondlens.content import (
    Branch,
    Conversation,
    _checks,
    conversation_blanks,
    conversations,
    script_files,
    words,
)
from secondlens.domain.wording import blanks, fill, reading_grade, seconds_to_say, sentences, word_count

EXAMPLES = {name: blank.example for name, blank in conversation_blanks().items()}
by_code = pytest.mark.parametrize("talk", conversations(), ids=lambda talk: talk.name)


def test_there_are_forty_and_more_over_every_situation_audience_and_tone() -> None:
    assert len(conversations()) >= 40
    situations = Counter(talk.situation for talk in conversations())
    assert set(situations) == set(words().situations)
    assert min(situations.values()) >= 2
    assert {talk.audience for talk in conversations()} == set(words().audiences)
    assert {talk.tone for talk in conversations()} == set(words().tones)


def test_each_has_a_name_and_a_title_of_its_own() -> None:
    assert len({talk.number for talk in conversations()}) == len(conversations())
    assert len({talk.title for talk in conversations()}) == len(conversations())


def test_the_library_stands_in_the_order_of_its_situations() -> None:
    met = list(dict.fromkeys(talk.situation for talk in conversations()))
    assert met == list(words().situations)


@by_code
def test_filled_with_its_examples_it_has_no_gap_left(talk: Conversation) -> None:
    for said in _checks.spoken_of(talk):
        filled = fill(said, EXAMPLES)
        assert filled.missing == ()
        assert not re.search(r"[{}\[\]]|\.\.|\?\.|  ", filled.text)


@by_code
def test_it_can_be_said_by_somebody_tired(talk: Conversation) -> None:
    said = fill(talk.say, EXAMPLES).text
    assert 15 <= seconds_to_say(said) <= 45
    assert word_count(fill(talk.short, EXAMPLES).text) < word_count(said)
    assert reading_grade(" ".join(fill(part, EXAMPLES).text for part in _checks.spoken_of(talk))) <= 6
    assert all(word_count(sentence) <= 25 for sentence in sentences(said))


@by_code
def test_it_knows_what_to_say_to_at_least_two_replies(talk: Conversation) -> None:
    assert len(talk.replies) >= 2 or talk.know


def test_no_two_are_variations_of_one_text() -> None:
    bags = {talk.number: set(re.findall(r"[a-z]{4,}", talk.say.lower())) for talk in conversations()}
    close = [
        (one, two)
        for one, two in combinations(bags, 2)
        if len(bags[one] & bags[two]) > 0.5 * len(bags[one] | bags[two])
    ]
    assert close == []


def test_a_blank_means_the_same_here_and_in_the_frames() -> None:
    frames = {name: blank for file in script_files() for name, blank in file.blanks.items()}
    shared = frames.keys() & conversation_blanks().keys()
    assert {"doctor", "person", "unexplained", "since"} <= shared
    assert all(frames[name] == conversation_blanks()[name] for name in shared)


def test_a_fact_beside_the_words_names_its_country_or_its_study_and_its_source() -> None:
    facts = [talk for talk in conversations() if talk.know]
    assert all(talk.sources for talk in facts)
    assert all(re.search(r"In the (?:US|UK)|study|studies|survey", talk.know or "") for talk in facts)


def broken(**changes: object) -> str:
    return "".join(_checks._conversation(replace(conversations()[0], **changes)))  # type: ignore[arg-type]  # any field


def test_the_check_of_our_texts_finds_what_is_wrong_with_a_conversation() -> None:
    talk = conversations()[0]
    assert broken() == ""
    assert "needs the sections say and short" in broken(body="## say\n\nOnly this.")
    assert "no answer to what they might say" in broken(replies=())
    assert "does not know loud" in broken(tone="loud")
    apology = Branch(they_say="Yes?", answer="Sorry to bother you.")
    assert "finds needless-apology" in broken(replies=(apology,))
    unexplained = replace(talk, body=talk.body.replace("{unexplained}", "{mystery}"))
    assert "mystery is not explained" in "".join(_checks._conversation_blanks((unexplained,)))
    assert "no text uses the blank allergy" in "".join(_checks._conversation_blanks((talk,)))
    assert "names no source" in "".join(_checks._standing(replace(talk, sources=(), know="It is so.")))


def test_blanks_are_found_in_answers_too() -> None:
    assert any(blanks(reply.answer) for talk in conversations() for reply in talk.replies)
