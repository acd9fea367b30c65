"""The check of all texts: green on the day of the last review, and red for each thing it guards."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest

from secondlens.content import (
    EvidenceCard,
    Guide,
    ScriptFile,
    _checks,
    all_texts,
    check,
    evidence,
    guides,
    script_files,
    scripts,
    sources,
)

FIRST_DUE = min(
    *(text.review_by for text in all_texts()),
    *(source.check_again for source in sources().values()),
)


def guide(**changes: object) -> Guide:
    return replace(guides()[1], **changes)  # type: ignore[arg-type]  # a test hands over any field


def test_all_texts_are_in_order_on_the_last_day_before_the_first_review() -> None:
    assert check(FIRST_DUE) == ()


def test_every_overdue_text_and_source_is_named() -> None:
    problems = check(date(2100, 1, 1))
    for text in all_texts():
        assert any(problem.startswith(text.name) and "review was due" in problem for problem in problems)
    for key in sources():
        assert any(key in problem and "checked again" in problem for problem in problems)


def test_a_text_may_not_go_unread_for_longer_than_a_year() -> None:
    text = guide(reviewed=date(2026, 1, 1), review_by=date(2028, 1, 1))
    assert "within 12 months" in "".join(_checks._dates(text.name, text, date(2026, 2, 1)))


@pytest.mark.parametrize("body", ["It helps 20%.", "It helps 3 in 100.", "A study says so.", "Over 38 °C."])
def test_a_medical_statement_needs_a_source(body: str) -> None:
    assert "names no source" in "".join(_checks._standing(guide(body=body, sources=())))
    assert not list(_checks._standing(guide(body=body, sources=("payne-2014",))))


def test_an_evidence_card_needs_a_source_whatever_it_says() -> None:
    card: EvidenceCard = replace(evidence()[0], summary="", body="", sources=())
    assert "names no source" in "".join(_checks._standing(card))


def test_a_source_must_be_in_the_list() -> None:
    assert "not in sources.toml" in "".join(_checks._standing(guide(sources=("hearsay",))))


def test_a_source_nothing_uses_is_named() -> None:
    assert any("payne-2014" in problem for problem in _checks._sources((), date(2026, 11, 22)))


def test_a_blank_must_be_explained_and_used_and_whole() -> None:
    file: ScriptFile = replace(script_files()[0], body="## spoken\n\nHello {docter}, { and {Doctor}")
    problems = "".join(_checks._blanks(file))
    assert "docter is not explained" in problems
    assert "no text uses its blank doctor" in problems
    assert "a brace stands alone" in problems


def test_a_frame_without_words_for_a_channel_is_named() -> None:
    assert list(_checks._complete(scripts()[1:])) == [
        "scripts: simple, spoken: it is missing, or words.toml does not know it."
    ]


def test_a_script_without_an_answer_to_every_reply_is_named() -> None:
    short = replace(scripts()[0], replies=scripts()[0].replies[1:])
    assert "its replies are not" in "".join(_checks._complete((short, *scripts()[1:])))


def test_words_that_must_be_true_need_others_for_when_they_are_not() -> None:
    bound = replace(scripts()[0], only_if_true="My nurse suggested it.")
    assert "words that must be true" in "".join(_checks._complete((bound, *scripts()[1:])))


def test_no_source_was_checked_in_the_future_or_is_good_for_more_than_a_year() -> None:
    for source in sources().values():
        assert timedelta() < source.check_again - source.checked <= timedelta(days=366)


def test_the_monthly_check_can_be_run_from_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "secondlens.content"], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == (1 if done.stdout.strip() != "All texts are in order." else 0)
    assert done.stderr == ""
