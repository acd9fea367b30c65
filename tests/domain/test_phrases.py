"""Phrases as people write them down, and what they find."""

import re

import pytest

from secondlens.domain.phrases import UnreadablePhrase, compile_phrases

LISTS = {"day": ("monday", "friday"), "im": ("i'm", "i_am")}


def found(phrase: str, sentence: str) -> str | None:
    pattern = compile_phrases((phrase,), LISTS)
    assert pattern
    match = pattern.search(sentence)
    return match and re.sub(r"[\s,.?!]+$", "", match[0])


@pytest.mark.parametrize(
    ("phrase", "sentence", "words"),
    [
        ("sorry to bother/trouble (you)", "I am SORRY to trouble you.", "SORRY to trouble you"),
        ("sorry to bother/trouble (you)", "Sorry to bother.", "Sorry to bother"),
        ("sorry to bother", "Sorry to botherate.", None),
        ("by <day>", "Send it by Friday, please.", "by Friday"),
        ("by #", "Send it by 12 May.", "by 12"),
        ("apologi*", "I apologise.", "apologise"),
        ("^ sorry", "I am sorry.", None),
        ("^ sorry", "“Sorry, no.", "“Sorry"),
        ("or else $", "Do it, or else!", "or else"),
        ("or else $", "Or else we wait.", None),
        ("you .. late", "You are always so late.", "You are always so late"),
        ("you .. late", "You are not ever so very late.", None),
        ("because ... because", "Because it hurts, and because it burns.", "Because it hurts, and because"),
        ("in_time", "It came in  time.", "in  time"),
        ("don't", "I don\u2019t.", "don\u2019t"),
        ("don't", "i dont", "dont"),
        ("<im> late", "im late", "im late"),
        ("you", "do u know", "u"),
        ("you", "you're here", None),
        ("it", "it's late", None),
    ],
)
def test_a_phrase_finds_the_words_it_means_and_no_others(phrase: str, sentence: str, words: str | None) -> None:
    assert found(phrase, sentence) == words


@pytest.mark.parametrize("phrase", ["", "(maybe) ..", "^ (so)", "by <month>", "so+me", "half{"])
def test_a_phrase_that_cannot_be_read_or_would_be_found_everywhere_is_refused(phrase: str) -> None:
    with pytest.raises(UnreadablePhrase):
        compile_phrases((phrase,), LISTS)


def test_no_phrases_make_no_pattern() -> None:
    assert compile_phrases((), LISTS) is None
