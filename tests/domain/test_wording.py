import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.wording import Filled, blanks, fill, reading_grade, seconds_to_say, sentences, word_count

NAMES = st.sampled_from(["doctor", "since", "question", "own-word"])
PIECES = st.sampled_from(["Dear ", "It began ", ". Then ", ": ", "?\n\n", ", and ", ".", " so I ask ", "\n"])
TEMPLATES = st.lists(st.one_of(PIECES, NAMES.map("{{{}}}".format)), max_size=12).map("".join)
VALUES = st.dictionaries(NAMES, st.text(alphabet="abcIT .?!{}[]\n\tüé-'", max_size=30))


@pytest.mark.parametrize(
    ("text", "value", "reads"),
    [
        ("This does not fit: {x}. Next", "The evening fevers.", "This does not fit: the evening fevers. Next"),
        ("This does not fit: {x}.", "evening fevers...", "This does not fit: evening fevers..."),
        ("{x} worries me.", "the swelling.", "The swelling worries me."),
        ("Done. {x} worries me.", "the swelling", "Done. The swelling worries me."),
        ("Hello,\n\n{x} said so.", "my case manager", "Hello,\n\nMy case manager said so."),
        ("I ask {x}. Then", "What is this?", "I ask what is this? Then"),
        ("It began {x}, and", "in March.", "It began in March, and"),
        ("It began in {x}.", "in March", "It began in March."),
        ("It began at {x} and", "8 a.m.", "It began at 8 a.m. and"),
        ("It began at {x}. Then", "8 a.m.", "It began at 8 a.m. Then"),
        ("I saw {x}.", "Dr Sample", "I saw Dr Sample."),
        ("I feel {x}.", "I am not heard", "I feel I am not heard."),
        ("{x} is low.", "pH", "pH is low."),
        ("I have {x}.", "Sjögren's. It is dry.", "I have Sjögren's. It is dry."),
        ("Thanks,\n{x}", "Nora B.", "Thanks,\nNora B."),
        ("I notice {x}.", "fevers\n\nand   rash", "I notice fevers and rash."),
        ("I notice {x}.", "{y}", "I notice {y}."),
    ],
)
def test_what_a_person_typed_reads_right_in_its_place(text: str, value: str, reads: str) -> None:
    assert fill(text, {"x": value}) == Filled(reads, ())


@pytest.mark.parametrize("value", [None, "", "  \n"])
def test_an_unfilled_blank_shows_its_label_and_is_named_once(value: str | None) -> None:
    values = {} if value is None else {"doctor": value}
    filled = fill("Dear {doctor}, dear {doctor}", values, {"doctor": "your doctor's name"})
    assert filled == Filled("Dear [your doctor's name], dear [your doctor's name]", ("doctor",))


def test_a_blank_without_a_label_shows_its_own_name() -> None:
    assert fill("Dear {own-word}", {}).text == "Dear [own word]"


@given(TEMPLATES, VALUES)
def test_no_blank_stays_a_brace_and_exactly_the_empty_ones_are_missing(text: str, values: dict[str, str]) -> None:
    given_values = {name: value.replace("{", "").replace("}", "") for name, value in values.items()}
    filled = fill(text, given_values)
    assert "{" not in filled.text
    assert filled.missing == tuple(name for name in blanks(text) if not given_values.get(name, "").strip())


@given(st.lists(st.sampled_from(["Fever", "rash", "I", "the", "Dr", "a.m."]), min_size=2, max_size=6))
def test_no_word_a_person_typed_is_lost(typed: list[str]) -> None:
    filled = fill("What I see: {x}. Thank you.", {"x": " ".join(typed)}).text
    assert filled.casefold().startswith(f"what i see: {' '.join(typed)}".casefold().rstrip("."))


@given(st.text(alphabet=st.characters(exclude_characters="{}")))
def test_a_text_without_blanks_stays_as_it_is(text: str) -> None:
    assert fill(text, {"doctor": "Dr Sample"}) == Filled(text, ())


@given(st.sampled_from(["", "Well, ", "It began. "]), st.from_regex(r"[a-z]+( [a-z]+)*[.?!]?", fullmatch=True))
def test_no_full_stop_is_doubled_and_none_follows_a_question(before: str, value: str) -> None:
    assert not re.search(r"[.?!]{2}", fill(before + "{x}. Next.", {"x": value}).text)


def test_words_are_what_is_between_spaces_and_has_a_letter_or_digit() -> None:
    assert word_count("It can't be 5.4 - a well-known value!") == 7
    assert word_count(" \n - ") == 0


def test_calm_speech_is_130_words_a_minute() -> None:
    assert seconds_to_say("word " * 130) == 60
    assert seconds_to_say("") == 0


def test_sentences_end_at_full_stops_list_items_and_paragraphs_and_not_at_titles() -> None:
    text = 'Dr. Sample said so. "Is it?" Yes.\n\n- one thing\n- another\n\n1. a line\nthat wraps. End'
    assert sentences(text) == (
        *("Dr. Sample said so.", '"Is it?"', "Yes."),
        *("one thing", "another", "a line that wraps.", "End"),
    )


def test_longer_words_and_sentences_read_at_a_higher_grade() -> None:
    easy, hard = (
        "We go. You sit. I see it.",
        "Rheumatological investigations necessitate multidisciplinary deliberation.",
    )
    assert reading_grade(easy) < 3
    assert reading_grade(hard) > 12
    assert reading_grade("") == 0.0
