from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondlens.domain.clinical import Composition, Condition, Observation
from secondlens.domain.quantity import Quantity
from secondlens.vault import Vault


def _titles(vault: Vault, words: str) -> list[str]:
    return [found.kept.record.title for found in vault.search(words)]


@pytest.mark.parametrize(
    "words",
    ["ménière", "MENIERE", "me\u0301niere dise", "disease meni", "diseases", "1:640", "speckl", "Ménière's"],
)
def test_words_are_found_whatever_their_case_accents_and_endings(vault: Vault, words: str) -> None:
    vault.add(Condition(title="Ménière's disease", note="ANA 1:640 speckled"))
    vault.add(Condition(title="Something else"))
    assert _titles(vault, words) == ["Ménière's disease"]


def test_all_words_must_be_there_and_only_the_last_may_be_unfinished(vault: Vault) -> None:
    vault.add(Condition(title="Chronic migraine"))
    assert _titles(vault, "chron migraine") == []
    assert _titles(vault, "migraine chron") == ["Chronic migraine"]
    assert _titles(vault, "migraine acute") == []


def test_the_best_match_comes_first_and_the_limit_holds(vault: Vault) -> None:
    filler = "a long letter about many other things that were said on that day " * 5
    vault.add(Composition(title="Letter", text=filler + "ferritin"))
    vault.add(Observation(title="Ferritin", value=Quantity("12", "ug/L")))
    assert _titles(vault, "ferritin") == ["Ferritin", "Letter"]
    assert [found.kept.record.title for found in vault.search("ferritin", limit=1)] == ["Ferritin"]


def test_an_excerpt_shows_the_words_around_the_match(vault: Vault) -> None:
    vault.add(Composition(title="Letter", text="opening words " * 50 + "the tilt table test was stopped early"))
    (found,) = vault.search("tilt table")
    assert "tilt table" in found.excerpt
    assert len(found.excerpt) < 200


def test_only_what_holds_now_is_found(vault: Vault) -> None:
    kept = vault.add(Condition(title="Suspected lupus"))
    vault.revise(kept.id, replace(kept.record, title="Sjögren syndrome"))
    assert _titles(vault, "lupus") == []
    assert _titles(vault, "sjogren") == ["Sjögren syndrome"]
    vault.remove(kept.id)
    assert _titles(vault, "sjogren") == []


def test_the_index_of_words_and_the_records_agree_after_many_changes(vault: Vault) -> None:
    kept = [vault.add(Condition(title=f"word{number}")) for number in range(20)]
    for number, one in enumerate(kept):
        if number % 3 == 0:
            vault.remove(one.id)
        elif number % 3 == 1:
            vault.revise(one.id, Condition(title=f"other{number}"))
    # FTS5's own comparison of index and content (rank 1): raises when they differ.
    vault._database.execute("INSERT INTO record_words (record_words, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        '"',
        '""',
        "*",
        "AND",
        "NOT migraine",
        "a OR b",
        "text:x",
        "(",
        "^a",
        "-",
        "😀",
        "\0",
        "NEAR(a b)",
    ],
)
def test_nothing_a_person_types_is_an_operator_or_an_error(vault: Vault, words: str) -> None:
    vault.add(Condition(title="Migraine"))
    assert vault.search(words) == ()


@given(st.text())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_may_be_searched_for(vault: Vault, words: str) -> None:
    assert isinstance(vault.search(words), tuple)


def test_very_long_searches_are_answered(vault: Vault) -> None:
    vault.add(Condition(title="Migraine"))
    assert _titles(vault, "migraine " * 100_000) == ["Migraine"]
    assert _titles(vault, "m " * 100_000) == []
