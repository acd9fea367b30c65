"""The words for the first doctor: each frame in each channel, short where they are said."""

import re

import pytest

from secondlens.content import ScriptText, script_files, scripts, words
from secondlens.domain.wording import blanks, fill, sentences, word_count

EVERY_TEXT = [(script, text) for script in scripts() for text in (script.text, script.otherwise) if text]
IDS = [f"{script.frame}-{script.channel}" for script, _ in EVERY_TEXT]


def test_there_are_four_frames_in_four_channels() -> None:
    assert [(script.frame, script.channel) for script in scripts()] == [
        (frame, channel) for frame in words().frames for channel in words().channels
    ]


@pytest.mark.parametrize(("script", "text"), EVERY_TEXT, ids=IDS)
def test_filled_with_its_own_examples_a_script_has_no_gap_left(script: ScriptText, text: str) -> None:
    filled = fill(text, {name: blank.example for name, blank in script.blanks.items()}, script.labels)
    assert filled.missing == ()
    assert not re.search(r"[{}\[\]]|\.\.|\?\.|  ", filled.text)


@pytest.mark.parametrize(("script", "text"), EVERY_TEXT, ids=IDS)
def test_a_script_thanks_asks_and_names_what_comes_next(script: ScriptText, text: str) -> None:
    assert re.search(r"thank|grateful|glad|mattered", text.casefold()), script.frame
    assert "second opinion" in text or text == script.otherwise
    assert "?" in text
    assert re.search(r"records|notes", text)


@pytest.mark.parametrize(("script", "text"), EVERY_TEXT, ids=IDS)
def test_a_script_does_not_apologise_or_shrink(script: ScriptText, text: str) -> None:
    answers = " ".join(reply.answer for reply in script.replies)
    found = re.search(
        r"\b(sorry|apologi[sz]e|bother|just|i know you are busy|trouble you)\b", f"{text} {answers}", re.IGNORECASE
    )
    assert found is None


def test_what_is_said_in_the_room_is_two_to_four_sentences() -> None:
    for script, text in EVERY_TEXT:
        if script.channel == "spoken":
            assert 2 <= len(sentences(text)) <= 4, script.frame


def test_a_letter_says_more_than_a_message_and_a_message_more_than_a_call() -> None:
    by_channel = {
        channel: [word_count(script.text) for script in scripts() if script.channel == channel]
        for channel in words().channels
    }
    assert max(by_channel["phone"]) < min(by_channel["portal"])
    assert max(by_channel["portal"]) < min(by_channel["letter"])


def test_words_that_name_somebody_else_are_offered_only_when_they_are_true() -> None:
    for script in scripts():
        names_somebody = "adviser" in blanks(script.text)
        assert names_somebody == (script.frame == "system")
        assert names_somebody == bool(script.only_if_true)
        assert "adviser" not in blanks(script.otherwise or "")


def test_a_blank_means_the_same_in_every_frame() -> None:
    meanings = {(name, blank) for file in script_files() for name, blank in file.blanks.items()}
    assert len({name for name, _ in meanings}) == len(meanings)


def test_every_script_has_an_answer_ready_for_every_reply() -> None:
    for script in scripts():
        assert [reply.code for reply in script.replies] == list(words().replies)
        assert not any(blanks(reply.answer) for reply in script.replies)


def test_a_frame_may_have_an_answer_of_its_own() -> None:
    answers = {
        script.frame: reply.answer for script in scripts() for reply in script.replies if reply.code == "defensive"
    }
    assert len(set(answers.values())) == len(answers)
