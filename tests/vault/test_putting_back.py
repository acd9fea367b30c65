from collections.abc import Sequence
from dataclasses import replace

import pytest

from secondlens.domain.case import Question
from secondlens.domain.clinical import Condition, Observation
from secondlens.domain.record import Record
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.errors import NotFound
from secondlens.vault import Vault
from tests.vault.making import fingerprint

HERE, THERE = b"from the family practice", b"from the hospital"
ASTHMA = Condition(title="Asthma", start=When("2019"), status="active", identifiers=("urn:here:1",))


def bring(vault: Vault, content: bytes, records: Sequence[Record], run: str | None = None) -> None:
    read = [replace(record, source=Source(fingerprint(content), "entry[0]", "example")) for record in records]
    vault.keep_file(content.decode(), content, fingerprint(content), read, run=run)


def titles(vault: Vault) -> list[str]:
    return [kept.record.title for kept in vault.list()]


def test_a_removed_record_is_put_back_as_it_was_and_is_found_again(vault: Vault) -> None:
    kept = vault.add(ASTHMA)
    vault.remove(kept.id)
    vault.put_back(kept.id, 1, "a slip")
    assert vault.get(kept.id).record == ASTHMA
    assert [found.kept.id for found in vault.search("asthma")] == [kept.id]
    assert [(one.version, one.removed, one.why) for one in vault.history(kept.id)] == [
        (1, False, None),
        (2, True, None),
        (3, False, "a slip"),
    ]
    assert vault.check(full=True).ok


def test_a_correction_is_undone_by_putting_an_older_version_in_front(vault: Vault) -> None:
    kept = vault.add(ASTHMA)
    vault.revise(kept.id, replace(ASTHMA, start=When("2020")))
    assert vault.put_back(kept.id, 1).version == 3
    assert vault.get(kept.id).record == ASTHMA
    assert len(vault.history(kept.id)) == 3


def test_what_other_files_said_comes_back_with_a_removed_record(vault: Vault) -> None:
    bring(vault, HERE, [ASTHMA])
    bring(vault, THERE, [replace(ASTHMA, identifiers=("urn:there:9",), note="told by the hospital")])
    (shown,) = vault.list("Condition")
    vault.remove(shown.id)
    assert [one.id for one in vault.removed()] == [shown.id]
    vault.put_back(shown.id, 1)
    assert [told.kept.record.note for told in vault.tellings(shown.id)] == [None, "told by the hospital"]
    assert vault.removed() == ()


def test_what_a_file_said_before_a_removal_is_taken_back_with_its_import(vault: Vault) -> None:
    bring(vault, HERE, [ASTHMA], run="the run")
    (kept,) = vault.list("Condition")
    vault.remove(kept.id)
    vault.put_back(kept.id, 1)
    assert vault.take_back("the run").gone == 1
    assert titles(vault) == []


def test_a_fact_put_back_still_stands_when_one_of_the_files_that_told_it_goes(vault: Vault) -> None:
    bring(vault, HERE, [ASTHMA], run="the run")
    bring(vault, THERE, [ASTHMA], run="another run")
    (kept,) = vault.list("Condition")
    vault.revise(kept.id, replace(ASTHMA, title="Asthma, mild", source=None))
    vault.put_back(kept.id, 1)
    assert vault.take_back("the run").told_elsewhere == 1
    assert titles(vault) == ["Asthma"]


def test_the_same_file_brings_nothing_new_after_putting_back(vault: Vault) -> None:
    bring(vault, HERE, [ASTHMA])
    (kept,) = vault.list("Condition")
    vault.remove(kept.id)
    vault.put_back(kept.id, 1)
    bring(vault, HERE, [ASTHMA])
    assert len(vault.history(kept.id)) == 3


def test_only_what_is_not_put_back_is_listed_as_removed_the_last_first(vault: Vault) -> None:
    first, second, third = (vault.add(replace(ASTHMA, title=title)) for title in ("One", "Two", "Three"))
    for kept in (first, second, third):
        vault.remove(kept.id)
    vault.put_back(second.id, 1)
    assert [one.record.title for one in vault.removed()] == ["Three", "One"]


def test_what_went_with_an_import_is_not_listed_as_removed_by_the_person(vault: Vault) -> None:
    bring(vault, HERE, [ASTHMA], run="the run")
    vault.take_back("the run")
    assert vault.removed() == ()


@pytest.mark.parametrize("number", [0, 2, 3, -1])
def test_a_version_that_is_no_record_cannot_be_put_back(number: int, vault: Vault) -> None:
    kept = vault.add(ASTHMA)
    vault.remove(kept.id)
    with pytest.raises(NotFound):
        vault.put_back(kept.id, number)
    with pytest.raises(NotFound):
        vault.put_back("nobody", 1)


def test_several_records_are_kept_together_or_not_at_all(vault: Vault) -> None:
    kept = vault.add_all((Observation(title="Ferritin"), Observation(title="Iron")))
    assert [vault.get(one.id).record.title for one in kept] == ["Ferritin", "Iron"]
    broken = Question(title="Why?", case="x", rank=object())  # type: ignore[arg-type]  # cannot be written
    with pytest.raises(TypeError):
        vault.add_all((Observation(title="Zinc"), broken))
    assert "Zinc" not in titles(vault)


def test_names_in_use_are_listed_by_how_often_they_are_used(vault: Vault) -> None:
    for title in ("Iron", "Ferritin", "Ferritin"):
        vault.add(Observation(title=title))
    removed = vault.add(Observation(title="Zinc"))
    vault.remove(removed.id)
    assert vault.titles("Observation") == ("Ferritin", "Iron")
    assert vault.titles("Condition") == ()
