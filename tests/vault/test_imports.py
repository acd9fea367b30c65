from dataclasses import replace

import pytest

from secondlens.domain.clinical import Condition, Observation
from secondlens.domain.people import Patient
from secondlens.domain.quantity import Quantity
from secondlens.domain.receipt import Ending
from secondlens.domain.record import Record
from secondlens.domain.samples import Samples
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.errors import NotFound
from secondlens.vault import Vault, repair_vault
from secondlens.vault.imports import NotReadAgain, TakenBack, Withdrawn
from tests.vault.making import Place, fingerprint, samples

HERE, THERE, LATER = b"from the family practice", b"from the hospital", b"from the family practice, a year later"
ANN = Patient(title="Ann Sample", birth=When("1980-01-01"))
ASTHMA = Condition(title="Asthma", start=When("2019"), status="active", identifiers=("urn:here:1",))
IRON = Observation(
    title="Ferritin", start=When("2024-03-02"), value=Quantity("12", "ug/L"), identifiers=("urn:here:2",)
)


def bring(
    vault: Vault, content: bytes, *records: Record, run: str = "", readings: tuple[Samples, ...] = ()
) -> str:
    """Keep a file that holds these records, as an import of its own; give the name of the run."""
    read = [
        replace(record, source=Source(fingerprint(content), f"entry[{place}]", "example"))
        for place, record in enumerate((ANN, *records))
    ]
    run = run or f"run of {content.decode()}"
    vault.keep_file(content.decode(), content, fingerprint(content), (*read, *readings), run=run)
    return run


def files_of(vault: Vault, record_id: str) -> list[str]:
    return [told.source.sha256 for told in vault.tellings(record_id) if told.source]


def titles(vault: Vault) -> list[str]:
    return [kept.record.title for kept in vault.list() if not isinstance(kept.record, Patient)]


def other(record: Record) -> Record:
    """The same fact as another portal tells it."""
    return replace(record, identifiers=("urn:there:99",), note="told by the hospital")


def test_one_fact_in_two_portals_is_shown_once_with_both_sources(vault: Vault) -> None:
    bring(vault, HERE, ASTHMA)
    bring(vault, THERE, other(ASTHMA))
    assert titles(vault) == ["Asthma"]
    (kept,) = vault.list("Condition")
    assert files_of(vault, kept.id) == [fingerprint(HERE), fingerprint(THERE)]
    assert [told.kept.record.note for told in vault.tellings(kept.id)] == [None, "told by the hospital"]
    assert dict(vault.counts())["Condition"] == 1
    assert vault.holds() == (3, 2)
    assert [found.kept.id for found in vault.search("hospital")] == [kept.id]
    assert vault.check(full=True).ok


def test_a_file_that_tells_what_is_known_says_so_before_and_after(vault: Vault) -> None:
    bring(vault, HERE, ASTHMA)
    there = replace(other(ASTHMA), source=Source(fingerprint(THERE), "entry[1]", "example"))
    ann = replace(ANN, source=there.source)
    assert vault.compare((ann, there)) == (Ending.SAME, Ending.SAME)
    assert vault.keep("there", THERE, fingerprint(THERE), (ann, there)) == (Ending.SAME, Ending.SAME)
    assert vault.keep("there", THERE, fingerprint(THERE), (ann, there)) == (Ending.SAME, Ending.SAME)
    assert len(vault.documents()) == 2


def test_a_later_download_from_one_portal_is_a_second_source_of_what_it_repeats(vault: Vault) -> None:
    bring(vault, HERE, ASTHMA, IRON)
    bring(vault, LATER, ASTHMA, replace(IRON, value=Quantity("13", "ug/L")))
    (asthma,), (iron,) = vault.list("Condition"), vault.list("Observation")
    assert len(vault.tellings(asthma.id)) == 2
    assert files_of(vault, iron.id) == [fingerprint(LATER)]
    assert iron.version == 2


def test_two_times_of_one_day_are_two_facts_also_in_two_files(vault: Vault) -> None:
    bring(vault, HERE, replace(IRON, start=When("2024-03-02T08:00:00Z")))
    bring(vault, THERE, other(replace(IRON, start=When("2024-03-02T20:00:00Z"))))
    bring(vault, LATER, replace(IRON, identifiers=("urn:third",)))  # a day alone may be either
    assert titles(vault) == ["Ferritin", "Ferritin"]


def test_who_stands_behind_one_time_of_a_day_does_not_go_with_another(vault: Vault) -> None:
    evening = replace(IRON, start=When("2024-03-02T20:00:00Z"))
    bring(vault, HERE, replace(IRON, start=When("2024-03-02T08:00:00Z")))
    bring(vault, THERE, replace(evening, identifiers=("urn:there",)))
    bring(vault, LATER, replace(evening, identifiers=("urn:third",)))
    late, early = vault.list("Observation")
    assert files_of(vault, early.id) == [fingerprint(HERE)]
    assert files_of(vault, late.id) == [fingerprint(THERE), fingerprint(LATER)]
    vault.remove(early.id)
    assert [kept.id for kept in vault.list("Observation")] == [late.id]


def test_every_telling_names_the_record_that_is_shown_for_it(vault: Vault) -> None:
    written = vault.add(Condition(title="Migraine"))
    bring(vault, HERE, ASTHMA)
    bring(vault, THERE, other(ASTHMA))
    bring(vault, LATER, ASTHMA)
    told = [one for one in vault.all_tellings() if isinstance(one.kept.record, Condition)]
    (asthma,) = (kept for kept in vault.list("Condition") if kept.id != written.id)
    assert [one.shown for one in told] == [asthma.id] * 3 + [written.id]
    assert {one.source.sha256 for one in told if one.source} == set(map(fingerprint, (HERE, THERE, LATER)))


def test_two_values_are_two_facts(vault: Vault) -> None:
    bring(vault, HERE, IRON)
    bring(vault, THERE, other(replace(IRON, value=Quantity("21", "ug/L"))))
    assert titles(vault) == ["Ferritin", "Ferritin"]


def test_a_fact_that_one_file_changes_stands_beside_the_other_files_word(vault: Vault) -> None:
    bring(vault, HERE, IRON)
    bring(vault, THERE, other(IRON))
    bring(vault, LATER, replace(IRON, value=Quantity("13", "ug/L")))
    assert sorted(kept.record.value.text for kept in vault.list("Observation")) == ["12", "13"]  # type: ignore[attr-defined]


def test_a_correction_by_the_person_holds_for_every_file_that_tells_the_fact(vault: Vault) -> None:
    bring(vault, HERE, IRON)
    bring(vault, THERE, other(IRON))
    (kept,) = vault.list("Observation")
    vault.revise(kept.id, replace(IRON, value=Quantity("120", "ug/L")), why="a slip of the laboratory")
    assert [one.id for one in vault.list("Observation")] == [kept.id]


def test_removing_a_fact_removes_it_from_whichever_file(vault: Vault) -> None:
    bring(vault, HERE, IRON)
    bring(vault, THERE, other(IRON))
    (kept,) = vault.list("Observation")
    vault.remove(kept.id)
    assert titles(vault) == []


def test_imports_are_listed_with_their_files(vault: Vault) -> None:
    bring(vault, HERE, ASTHMA, run="first")
    bring(vault, THERE, IRON, run="first")
    bring(vault, LATER, ASTHMA, run="second")
    second, first = vault.imports()
    assert (second.run, second.files, second.records) == ("second", (LATER.decode(),), 0)
    assert (first.run, first.files, first.records) == ("first", (HERE.decode(), THERE.decode()), 3)


def test_which_run_a_file_came_with_cannot_be_changed_past_the_ledger(vault: Vault) -> None:
    bring(vault, HERE, ASTHMA)
    vault._database.execute("UPDATE import_run SET run = 'another'")
    assert not vault.check().ok


def test_a_file_that_is_no_import_is_not_listed_as_one(vault: Vault) -> None:
    vault.keep("packet.pdf", HERE, fingerprint(HERE), ())
    assert vault.imports() == ()


def test_taking_a_run_back_takes_all_of_its_files_and_nothing_else(vault: Vault) -> None:
    written = vault.add(Condition(title="Migraine"))
    run = bring(vault, HERE, ASTHMA, run="first")
    bring(vault, THERE, IRON, run="first")
    assert vault.take_back(run) == Withdrawn(gone=3)
    assert [kept.id for kept in vault.list()] == [written.id]
    assert vault.search("Asthma") == ()
    assert vault.imports()[0].taken_back_at
    assert vault.check(full=True).ok


def test_what_another_file_says_too_stays_with_that_file_as_its_source(vault: Vault) -> None:
    first = bring(vault, HERE, ASTHMA, IRON)
    bring(vault, THERE, other(ASTHMA))
    bring(vault, LATER, IRON)
    assert vault.take_back(first) == Withdrawn(told_elsewhere=3)
    (asthma,), (iron,) = vault.list("Condition"), vault.list("Observation")
    assert files_of(vault, asthma.id) == [fingerprint(THERE)]
    assert set(files_of(vault, iron.id)) == {fingerprint(LATER)}


def test_what_the_run_had_changed_reads_as_before(vault: Vault) -> None:
    bring(vault, HERE, IRON)
    bring(vault, THERE, other(IRON))
    later = bring(vault, LATER, replace(IRON, value=Quantity("13", "ug/L")))
    assert vault.take_back(later) == Withdrawn(as_before=1)
    (iron,) = vault.list("Observation")
    assert iron.record.value == Quantity("12", "ug/L")  # type: ignore[attr-defined]
    assert len(vault.tellings(iron.id)) == 2


def test_a_file_that_repeats_a_fact_holds_it_however_often_imports_are_taken_back(vault: Vault) -> None:
    first = bring(vault, HERE, IRON)
    bring(vault, THERE, IRON)
    changed = bring(vault, LATER, replace(IRON, value=Quantity("13", "ug/L")))
    vault.take_back(changed)
    (iron,) = vault.list("Observation")
    assert files_of(vault, iron.id) == [fingerprint(HERE), fingerprint(THERE)]
    assert vault.take_back(first) == Withdrawn(told_elsewhere=2)
    assert files_of(vault, iron.id) == [fingerprint(THERE)]
    vault.take_back(f"run of {THERE.decode()}")
    assert titles(vault) == []


def test_the_third_file_that_repeats_a_fact_is_not_forgotten_with_the_second(vault: Vault) -> None:
    runs = [bring(vault, content, IRON) for content in (HERE, THERE, LATER)]
    (iron,) = vault.list("Observation")
    vault.take_back(runs[0])
    assert files_of(vault, iron.id) == [fingerprint(THERE), fingerprint(LATER)]
    vault.take_back(runs[1])
    assert files_of(vault, iron.id) == [fingerprint(LATER)]


def test_nothing_is_read_again_for_an_import_without_new_readings(vault: Vault) -> None:
    pulses = (samples((0, 60, 60.0)),)
    bring(vault, HERE, readings=pulses)
    bring(vault, LATER, readings=pulses)
    letter = bring(vault, THERE, ASTHMA)
    assert vault.files_to_read_again(letter) == ()
    assert [one.readings for one in vault.imports()] == [0, 0, 1]
    assert vault.take_back(letter).readings == 0


def test_what_the_person_corrected_since_stays_as_they_wrote_it(vault: Vault) -> None:
    run = bring(vault, HERE, IRON)
    (kept,) = vault.list("Observation")
    vault.revise(kept.id, replace(kept.record, note="my own words"), why="typed")
    assert vault.take_back(run) == Withdrawn(gone=1, changed_since=1)
    assert [one.record.note for one in vault.list("Observation")] == ["my own words"]


def test_a_run_that_was_taken_back_can_come_again(vault: Vault) -> None:
    run = bring(vault, HERE, ASTHMA)
    (before,) = vault.list("Condition")
    vault.take_back(run)
    bring(vault, HERE, ASTHMA, run="again")
    assert [kept.id for kept in vault.list("Condition")] == [before.id]
    assert vault.take_back("again") == Withdrawn(gone=2)
    assert titles(vault) == []


def test_a_run_is_taken_back_once(vault: Vault) -> None:
    run = bring(vault, HERE, ASTHMA)
    vault.take_back(run)
    with pytest.raises(TakenBack):
        vault.take_back(run)
    with pytest.raises(NotFound):
        vault.take_back("never was")


def test_readings_go_with_the_run_that_brought_them(vault: Vault) -> None:
    bring(vault, HERE, readings=(samples((0, 60, 60.0), (3600, 3660, 80.0)),))
    days = vault.days()
    later = bring(
        vault, LATER, readings=(samples((3600, 3660, 80.0), (7200, 7260, 90.0), (40 * 86400, 40 * 86400, 1.0)),)
    )
    assert len(vault.days()) == 2
    assert vault.take_back(later).readings == 2
    assert vault.days() == days
    assert [one.value for one in vault.readings("HeartRate")] == [60.0, 80.0]
    assert [one.count for one in vault.series()] == [2]
    assert vault.check(full=True).ok


def test_readings_that_a_later_file_has_too_stay_when_it_is_read_again(vault: Vault) -> None:
    first = bring(vault, HERE, readings=(samples((0, 60, 60.0), (3600, 3660, 80.0)),))
    more = (samples((3600, 3660, 80.0), (7200, 7260, 90.0)),)
    bring(vault, LATER, readings=more)
    assert vault.files_to_read_again(first) == (fingerprint(LATER),)
    with pytest.raises(NotReadAgain):
        vault.take_back(first)
    assert [one.value for one in vault.readings("HeartRate")] == [60.0, 80.0, 90.0]
    assert vault.take_back(first, {fingerprint(LATER): more}).readings == 1
    assert [one.value for one in vault.readings("HeartRate")] == [80.0, 90.0]
    assert vault.take_back(f"run of {LATER.decode()}").readings == 2
    assert (vault.series(), vault.days()) == ((), ())
    assert vault.check(full=True).ok


def test_codes_go_too_and_come_again(vault: Vault) -> None:
    night = (samples((0, 600, "Asleep"), (600, 900, "Awake"), metric="Sleep"),)
    run = bring(vault, HERE, readings=night)
    days = vault.days()
    vault.take_back(run)
    assert vault.days() == ()
    bring(vault, HERE, run="again", readings=night)
    assert vault.days() == days


def test_a_mended_vault_knows_its_sources_and_imports(place: Place) -> None:
    with place.open() as vault:
        bring(vault, HERE, ASTHMA)
        bring(vault, THERE, other(ASTHMA), IRON)
        taken = bring(vault, LATER, IRON, run="third")
        vault.take_back(taken)
        before = (vault.imports(), [vault.tellings(kept.id) for kept in vault.list()])
        vault._database.execute("UPDATE record SET text = 'harm' WHERE kind = 'Observation'")
    repair_vault(place.folder, recovery_code=place.recovery_code)
    with place.open() as vault:
        kept = [vault.tellings(one.id) for one in vault.list()]
        assert vault.imports()[0].taken_back_at
        assert [one.run for one in vault.imports()] == [one.run for one in before[0]]
        assert [told for told in before[1] if told[0].kept.record.kind != "Observation"] == kept
