"""`secondlens wording`: what it prints, without a vault, and what it refuses."""

import json
import subprocess
import sys

import pytest

from tests.cli.conftest import Run

KEYS = ["kind", "start", "end", "text", "why", "instead"]


def test_it_prints_words_grade_and_findings_as_json(run: Run) -> None:
    ran = run("wording", "Sorry to bother you. You never listen.", "--json")
    checked = json.loads(ran.out)
    assert (ran.status, list(checked)) == (0, ["words", "grade", "findings"])
    assert checked["words"] == 7
    assert [list(finding) for finding in checked["findings"]] == [KEYS, KEYS]
    assert [(one["kind"], one["start"], one["end"]) for one in checked["findings"]] == [
        ("needless-apology", 0, 19),
        ("blame", 21, 37),
    ]


def test_only_a_whole_message_must_thank_ask_and_say_what_comes_next(run: Run) -> None:
    for options, kinds in (
        ((), []),
        (("--message",), ["missing-thanks", "missing-ask", "missing-next-step"]),
    ):
        findings = json.loads(run("wording", "It hurts.", "--json", *options).out)["findings"]
        assert [finding["kind"] for finding in findings] == kinds


def test_for_people_it_says_what_and_why_and_what_instead(run: Run) -> None:
    said = run("wording", "I demand a scan.").out
    assert "An ultimatum: “I demand a”" in said
    assert "A threat makes it hard to say yes" in said
    assert "Nothing found that weakens these words." in run("wording", "I would like a scan.").out


def test_it_reads_standard_input() -> None:
    command = [sys.executable, "-m", "secondlens", "wording", "-", "--json"]
    ran = subprocess.run(command, input="I disagree with it.", capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == {"words": 4, "grade": json.loads(ran.stdout)["grade"], "findings": []}


@pytest.mark.parametrize("text", ["  ", "a " * 10_001])
def test_nothing_and_far_too_much_are_refused_with_a_sentence(run: Run, text: str) -> None:
    ran = run("wording", text)
    assert (ran.status, "There are no words to check, or far too many." in ran.err) == (3, True)
