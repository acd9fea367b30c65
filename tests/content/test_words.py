"""words.toml and the code must name the same things."""

from dataclasses import fields
from typing import get_args

import pytest

from secondlens.content import words
from secondlens.domain.case import GAPS, Step
from secondlens.domain.kinds import KINDS
from secondlens.domain.receipt import Ending
from secondlens.vault.audit import Action
from secondlens.vault.slots import PASSPHRASE, PERSON, RECOVERY_CODE

TABLES = (
    ("kinds", {kind.__name__ for kind in KINDS}),
    ("steps", set(Step)),
    ("gaps", set(GAPS)),
    ("fields", {field.name for kind in KINDS for field in fields(kind)}),
    ("endings", {*Ending, "as_text", "unread", "samples", "samples_same"}),
    ("decisions", {"yes", "not-now", "no"}),
    ("orders", {"first", "second"}),
    ("ways", {PASSPHRASE, RECOVERY_CODE, PERSON}),
    ("audit", set(get_args(Action))),
)


@pytest.mark.parametrize(("table", "codes"), TABLES, ids=[name for name, _ in TABLES])
def test_every_word_of_the_code_has_words_for_the_screen_and_none_is_left_over(
    table: str, codes: set[str]
) -> None:
    assert set(getattr(words(), table)) == codes


def test_steps_are_listed_in_the_order_they_come() -> None:
    assert tuple(words().steps) == tuple(Step)


def test_words_that_depend_on_the_kind_are_for_kinds_and_statuses_we_have() -> None:
    assert set(words().status_of) <= {kind.__name__ for kind in KINDS}
    assert {code for table in words().status_of.values() for code in table} <= set(words().statuses)


def test_no_word_is_empty() -> None:
    for kind in (*words().kinds.values(), *words().others.values()):
        assert all((kind.plain, kind.plural, kind.medical, kind.what))
    for table in ("endings", "fields", "statuses", "verifications", "interpretations", "categories"):
        assert all(getattr(words(), table).values())


def test_a_type_we_have_no_word_for_shares_one() -> None:
    assert words().kind("SubstanceReferenceInformation") == words().kind("OtherResource")
    assert words().kind("CarePlan").plain == "Care plan"
    assert not set(words().others) & set(words().kinds)
    assert words().kind("Condition").plain == "Health problem"


def test_a_vaccine_is_given_and_a_procedure_is_done() -> None:
    assert words().status("completed", "Immunization") == "given"
    assert words().status("not-done", "Immunization") == "not given"
    assert words().status("completed", "Procedure") == "done"


def test_a_code_we_do_not_know_stays_as_the_source_wrote_it() -> None:
    assert words().status("on ice") == "on ice"
    assert words().interpretation("w00t") == "w00t"
    assert words().category("x-ray of the soul") == "x-ray of the soul"
    assert words().verification("guessed") == "guessed"
    assert words().criticality("sky-high") == "sky-high"


def test_a_mark_of_the_laboratory_is_told_as_the_laboratorys() -> None:
    assert words().interpretation("H") == words().interpretation("high") == "above the lab's range"
    assert words().interpretation("N") == "within the lab's range"


@pytest.mark.parametrize("table", ["interpretations", "categories", "statuses", "criticalities"])
def test_no_mark_is_turned_into_a_verdict(table: str) -> None:
    said = " ".join(getattr(words(), table).values()).casefold()
    assert not {"bad", "good", "healthy", "sick", "dangerous", "fine", "abnormal"} & set(said.split())


def test_a_name_of_our_own_that_has_no_words_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError):
        words().step("dance")


def test_each_lookup_gives_its_own_words() -> None:
    assert words().step("ask").name == "Ask"
    assert words().gap("reason").todo.startswith("Write")
    assert words().field("start") == "From"
    assert words().ending("as_text") == "kept as text"
