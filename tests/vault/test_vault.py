import threading
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import shake_256

import pytest

from secondlens.domain.case import Case, PacketMade
from secondlens.domain.clinical import Condition, Observation, OtherResource
from secondlens.domain.receipt import Ending
from secondlens.domain.when import When
from secondlens.errors import BadInput, NotFound
from secondlens.vault import Vault
from secondlens.vault.refusals import NoRoom
from secondlens.vault.rows import ids_of
from secondlens.vault.safekeeping import VaultClosed
from tests.vault.making import Place, fingerprint, results

FILE = b"a file from a portal"
LATER = b"a later file"
MIGRAINE = Condition(title="Migraine", start=When("2019"), note="worse in spring")


def _keep(vault: Vault, content: bytes, count: int = 3, value: str = "5.4") -> tuple[Ending, ...]:
    return vault.keep("results.json", content, fingerprint(content), results(content, count, value))


def test_what_a_person_writes_is_kept_with_its_time_and_read_back(vault: Vault) -> None:
    kept = vault.add(MIGRAINE)
    assert vault.get(kept.id) == kept
    assert (kept.version, kept.record) == (1, MIGRAINE)
    assert datetime.fromisoformat(kept.recorded_at).utcoffset() == timedelta(0)


def test_everything_is_there_after_closing_and_opening(place: Place) -> None:
    with place.open() as vault:
        _keep(vault, FILE)
        vault.add(MIGRAINE)
        before = list(vault.list())
    with place.open() as vault:
        assert list(vault.list()) == before
        assert vault.document(fingerprint(FILE)) == FILE


def test_a_revision_is_a_new_version_and_the_old_one_stays_readable_with_the_reason(vault: Vault) -> None:
    first = vault.add(MIGRAINE)
    second = vault.revise(first.id, replace(MIGRAINE, start=When("2018")), why="found the old letter")
    assert (second.id, second.version) == (first.id, 2)
    assert vault.get(first.id) == second
    versions = [(past.version, past.record.start, past.why, past.removed) for past in vault.history(first.id)]
    assert versions == [(1, When("2019"), None, False), (2, When("2018"), "found the old letter", False)]


def test_saving_without_a_change_adds_no_version(vault: Vault) -> None:
    kept = vault.add(MIGRAINE)
    assert vault.revise(kept.id, MIGRAINE, why="pressed save twice") == kept
    assert len(vault.history(kept.id)) == 1


def test_a_removed_record_leaves_every_list_but_not_its_history(vault: Vault) -> None:
    kept = vault.add(MIGRAINE)
    vault.remove(kept.id, why="not mine")
    assert (list(vault.list()), vault.counts(), vault.search("migraine")) == ([], (), ())
    last = vault.history(kept.id)[-1]
    assert (last.version, last.removed, last.why, last.record) == (2, True, "not mine", MIGRAINE)
    for ask in (vault.get, vault.remove, lambda lost: vault.revise(lost, MIGRAINE)):
        with pytest.raises(NotFound):
            ask(kept.id)


def test_an_id_nobody_gave_out_is_not_found(vault: Vault) -> None:
    for ask in (vault.get, vault.history, vault.document):
        with pytest.raises(NotFound):
            ask("' OR 1=1 --")


def test_records_come_by_kind_then_newest_first_with_unknown_dates_last(vault: Vault) -> None:
    for title, start in (("b", "2019-05"), ("unknown", None), ("a", "2024"), ("c", "2019-04-30")):
        vault.add(Condition(title=title, start=When(start) if start else None))
    vault.add(Case(title="question"))
    vault.add(OtherResource(title="plan", resource_type="CarePlan"))
    vault.add(Observation(title="observed"))
    titles = [kept.record.title for kept in vault.list()]
    assert titles == ["a", "b", "c", "unknown", "observed", "plan", "question"]
    assert vault.counts() == (("Condition", 4), ("Observation", 1), ("CarePlan", 1), ("Case", 1))
    assert [kept.record.title for kept in vault.list("CarePlan")] == ["plan"]
    assert list(vault.list("Nothing")) == []


def test_a_type_we_do_not_interpret_keeps_its_shape_even_under_a_name_we_know(vault: Vault) -> None:
    record = OtherResource(title="odd", resource_type="Composition", text="words")
    kept = vault.add(record)
    assert vault.get(kept.id).record == record
    assert [found.record for found in vault.list("Composition")] == [record]


def test_a_file_and_its_records_are_kept_together(vault: Vault) -> None:
    assert _keep(vault, FILE) == (Ending.NEW,) * 3
    (document,) = vault.documents()
    assert (document.sha256, document.name, document.size) == (fingerprint(FILE), "results.json", len(FILE))
    assert vault.document(document.sha256) == FILE
    assert [kept.record for kept in vault.list()] == list(results(FILE, 3))


def test_an_original_of_many_chunks_comes_back_byte_for_byte(vault: Vault) -> None:
    content = bytes(range(256)) * 9000
    vault.keep("scan.pdf", content, fingerprint(content), (), media_type="application/pdf")
    vault.keep("empty", b"", fingerprint(b""), ())
    assert vault.document(fingerprint(content)) == content
    assert vault.document(fingerprint(b"")) == b""
    assert {document.media_type for document in vault.documents()} == {"application/pdf", None}


def test_keeping_a_file_twice_changes_nothing(vault: Vault) -> None:
    _keep(vault, FILE)
    before = vault._database.execute("SELECT count(*), max(row) FROM record").fetchone()
    assert _keep(vault, FILE) == (Ending.SAME,) * 3
    assert vault._database.execute("SELECT count(*), max(row) FROM record").fetchone() == before
    assert len(vault.documents()) == 1


def test_comparing_tells_what_keeping_would_do_and_writes_nothing(vault: Vault) -> None:
    assert vault.compare(results(FILE, 3)) == (Ending.NEW,) * 3
    assert vault.counts() == ()
    _keep(vault, FILE)
    later = (*results(LATER, 1, "5.4"), *results(LATER, 4, "6.1")[1:])
    assert vault.compare(later) == (Ending.SAME, Ending.CHANGED, Ending.CHANGED, Ending.NEW)


def test_a_changed_fact_gets_a_version_and_the_first_stays_readable(vault: Vault) -> None:
    _keep(vault, FILE, 1)
    assert _keep(vault, LATER, 1, "6.1") == (Ending.CHANGED,)
    (kept,) = vault.list()
    assert [past.record for past in vault.history(kept.id)] == [*results(FILE, 1), *results(LATER, 1, "6.1")]


def test_reading_an_older_file_again_does_not_bring_old_values_back(vault: Vault) -> None:
    _keep(vault, FILE, 1)
    _keep(vault, LATER, 1, "6.1")
    assert _keep(vault, FILE, 1) == (Ending.SAME,)
    (kept,) = vault.list()
    assert kept.record == results(LATER, 1, "6.1")[0]


def test_a_value_that_really_returns_in_a_new_file_is_a_change(vault: Vault) -> None:
    _keep(vault, FILE, 1)
    _keep(vault, LATER, 1, "6.1")
    assert _keep(vault, b"the newest file", 1) == (Ending.CHANGED,)


def test_a_persons_correction_stands_when_the_same_file_comes_again(vault: Vault) -> None:
    _keep(vault, FILE, 1)
    (kept,) = vault.list()
    corrected = vault.revise(kept.id, replace(kept.record, note="taken while ill"))
    assert _keep(vault, FILE, 1) == (Ending.SAME,)
    assert vault.get(kept.id) == corrected


def test_a_persons_correction_stands_when_a_later_file_repeats_what_the_first_said(vault: Vault) -> None:
    _keep(vault, FILE, 1)
    (kept,) = vault.list()
    corrected = vault.revise(kept.id, replace(kept.record, note="taken while ill"))
    assert _keep(vault, LATER, 1) == (Ending.SAME,)
    assert vault.get(kept.id) == corrected
    assert _keep(vault, b"the newest file", 1, "6.1") == (Ending.CHANGED,)


def test_a_removed_fact_imported_again_is_new_under_its_old_id(vault: Vault) -> None:
    _keep(vault, FILE, 1)
    (kept,) = vault.list()
    vault.remove(kept.id)
    assert vault.compare(results(FILE, 1)) == (Ending.NEW,)
    assert _keep(vault, FILE, 1) == (Ending.NEW,)
    assert [(found.id, found.version) for found in vault.list()] == [(kept.id, 3)]


def test_entries_a_file_holds_twice_are_all_kept_and_all_found_again(vault: Vault) -> None:
    twice = results(FILE, 1) * 2
    for ending in (Ending.NEW, Ending.SAME):
        assert vault.keep("twice.json", FILE, fingerprint(FILE), twice) == (ending,) * 2
    assert vault.counts() == (("Observation", 2),)


def test_two_packets_with_one_name_are_both_kept(vault: Vault) -> None:
    for content in (b"packet of May", b"packet of June"):
        made = PacketMade(title="packet.pdf", case="c", sha256=fingerprint(content))
        assert vault.keep("packet.pdf", content, fingerprint(content), (made,)) == (Ending.NEW,)
    assert vault.counts() == (("PacketMade", 2),)


def test_ids_are_short_and_differ_between_vaults_for_the_same_fact(vault: Vault) -> None:
    _keep(vault, FILE, 1)
    (kept,) = vault.list()
    assert len(kept.id) == 20
    assert kept.id.isalnum()
    other_salt = b"another vault's salt"
    assert ids_of(results(FILE, 1), vault._salt) == (kept.id,)
    assert ids_of(results(FILE, 1), other_salt) != (kept.id,)


def test_a_failed_import_leaves_nothing_behind(vault: Vault) -> None:
    _keep(vault, LATER, 1)
    before = (vault.counts(), vault.documents(), list(vault.list()))
    broken = (*results(FILE, 5, "9"), Condition(title="x", note="half a character \ud800"))
    with pytest.raises(BadInput, match="broken characters"):
        vault.keep("bad.json", FILE, fingerprint(FILE), broken)
    assert (vault.counts(), vault.documents(), list(vault.list())) == before
    assert vault.check(full=True).ok


def test_a_full_disk_is_said_in_words_and_everything_stays_usable(vault: Vault) -> None:
    _keep(vault, LATER, 1)
    pages = vault._database.execute("PRAGMA page_count").fetchone()[0]
    vault._database.execute(f"PRAGMA max_page_count = {pages + 50:d}")
    big = shake_256(b"big").digest(1_000_000)  # bytes that no packing makes smaller
    with pytest.raises(NoRoom, match="no room left"):
        vault.keep("big", big, fingerprint(big), results(big, 3))
    assert len(vault.documents()) == 1
    vault._database.execute("PRAGMA max_page_count = 1000000")
    _keep(vault, FILE)
    assert vault.check(full=True).ok


def test_after_each_write_nothing_waits_in_the_log(vault: Vault) -> None:
    log = vault.folder / "vault.db-wal"
    for write in (lambda: vault.add(MIGRAINE), lambda: _keep(vault, FILE)):
        write()
        assert log.stat().st_size == 0


def test_a_closed_vault_answers_nothing_and_closing_twice_is_fine(vault: Vault) -> None:
    vault.close()
    vault.close()
    with pytest.raises(VaultClosed, match="locked"):
        vault.counts()
    assert sorted(path.name for path in vault.folder.iterdir()) == [
        "README-RECOVERY.txt",
        "vault.db",
        "vault.keys",
        "vault.keys.prev",
        "vault.lock",
    ]


def test_many_threads_may_write_and_read_at_once(vault: Vault) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            content = f"file {number}".encode()
            for place in range(5):
                kept = vault.add(Condition(title=f"worker {number} {place}"))
                assert vault.search(f"worker {number} {place}")
                vault.revise(kept.id, Condition(title=f"revised {number} {place}"))
            vault.keep("f", content, fingerprint(content), ())
        except BaseException as error:  # noqa: BLE001 - whatever goes wrong in a thread must fail the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert vault.counts() == (("Condition", 30),)
    assert len(vault.search("revised", limit=100)) == 30
    assert len(vault.documents()) == 6


def test_a_file_that_is_not_what_its_fingerprint_says_is_not_kept(vault: Vault) -> None:
    with pytest.raises(BadInput, match="changed while it was being read"):
        vault.keep("f", FILE, fingerprint(LATER), results(FILE, 1))
    assert vault.documents() == ()
