"""The wording check on made-up rules: where it finds, what it says, what it leaves alone."""

from secondlens.domain.tone import MESSAGE_KINDS, SENTENCE_KINDS, Advice, Finding, Rule, Tone, check_wording

TONE = Tone(
    longest_sentence=8,
    longest_message=20,
    grade_from=4,
    hardest_grade=12,
    medical_endings=("ology",),
    kinds={
        kind: Advice(name=kind, why=f"why {kind}.", instead="instead")
        for kind in (*SENTENCE_KINDS, *MESSAGE_KINDS)
    },
    lists={},
    rules=(
        Rule(kind="needless-apology", phrases=("sorry",), unless=("sorry to hear",)),
        Rule(kind="needless-apology", phrases=("so sorry", "forgive me"), why="own why", instead="own instead"),
    ),
    stiff={"utilise/utilize": "use"},
    present={"missing-thanks": ("thank*",), "missing-ask": ("please",), "missing-next-step": ("by friday",)},
)
WHOLE = "Thank you. Please call by Friday."


def kinds(text: str, *, message: bool = False) -> list[str]:
    return [finding.kind for finding in check_wording(text, TONE, message=message).findings]


def test_a_finding_names_its_place_its_words_and_what_to_say() -> None:
    assert check_wording("Hello. I am sorry, no.", TONE).findings == (
        Finding(
            kind="needless-apology", start=12, end=17, text="sorry", why="why needless-apology.", instead="instead"
        ),
    )


def test_places_are_those_of_the_text_as_typed_with_its_line_breaks_and_lists() -> None:
    text = "One\nline.\n\n- Two. Forgive\nme.\n1. Sorry."
    assert [text[one.start : one.end] for one in check_wording(text, TONE).findings] == ["Forgive\nme", "Sorry"]


def test_a_rule_may_say_something_of_its_own() -> None:
    (finding,) = check_wording("Forgive me.", TONE).findings
    assert (finding.why, finding.instead) == ("own why", "own instead")


def test_words_that_overlap_are_named_once_for_each_kind() -> None:
    assert kinds("I am so sorry.") == ["needless-apology"]


def test_a_harmless_phrase_keeps_its_rule_quiet_there_and_only_there() -> None:
    assert kinds("I was sorry to hear it.") == []
    assert kinds("Sorry to hear it, sorry.") == ["needless-apology"]


def test_a_long_sentence_is_named_with_its_length() -> None:
    (finding,) = check_wording("One two three four five six seven eight nine.", TONE).findings
    assert (finding.kind, finding.why) == ("too-long", "why too-long. It has 9 words.")


def test_a_stiff_word_comes_with_a_plain_one() -> None:
    (finding,) = check_wording("We utilise it.", TONE).findings
    assert (finding.kind, finding.text, finding.instead) == ("hard-to-read", "utilise", "Say “use”.")


def test_long_words_are_hard_to_read_unless_they_are_medical_or_names() -> None:
    assert kinds("Considerable deterioration necessitates reconsideration.") == ["hard-to-read"]
    assert kinds("I see rheumatology and gastroenterology Emmanuelle.") == []


def test_a_message_must_thank_ask_and_say_what_comes_next() -> None:
    assert kinds(WHOLE, message=True) == []
    assert kinds("It hurts.", message=True) == list(MESSAGE_KINDS)
    assert kinds("It hurts.") == []
    assert kinds("Thank you. By Friday?", message=True) == []
    missing = check_wording("It hurts.", TONE, message=True).findings[0]
    assert (missing.start, missing.end, missing.text) == (9, 9, "")


def test_a_message_may_be_too_long_as_a_whole() -> None:
    assert kinds(f"{WHOLE} " + "Yes. " * 20, message=True) == ["too-long"]


def test_an_empty_text_has_no_words_and_nothing_to_find() -> None:
    checked = check_wording("  \n", TONE)
    assert (checked.words, checked.grade, checked.findings) == (0, 0.0, ())
