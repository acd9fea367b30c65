import shutil
from hashlib import shake_256
from pathlib import Path

import pytest

from secondlens.domain.clinical import Composition
from secondlens.errors import Damaged
from secondlens.vault import Vault, open_vault
from secondlens.vault.database import PAGE
from tests.vault.making import Place, Snapshot, files_in, fingerprint, results

CONTENT = shake_256(b"results").digest(51_200)  # bytes that no packing makes smaller


@pytest.fixture
def filled(place: Place) -> Place:
    with place.open() as vault:
        vault.keep("results.json", CONTENT, fingerprint(CONTENT), results(CONTENT, 120))
        vault.add(Composition(title="Letter", text="a few words " * 500))
    return place


def _noticed(place: Place) -> bool:
    """Tell whether opening or checking says something; anything but a typed error fails the test by itself."""
    try:
        with place.open() as vault:
            return not vault.check().ok
    except Damaged:
        return True


def test_a_whole_vault_has_no_findings_and_counts_what_is_there(filled: Place) -> None:
    with filled.open() as vault:
        for full in (False, True):
            report = vault.check(full=full)
            assert (report.ok, report.findings, report.records, report.documents) == (True, (), 121, 1)


def test_a_check_changes_nothing(filled: Place) -> None:
    with filled.open() as vault:
        before = tuple(files_in(filled.folder))
        vault.check(full=True)
        assert tuple(files_in(filled.folder)) == before


def test_one_flipped_bit_anywhere_in_a_page_is_noticed(filled: Place) -> None:
    before = Snapshot.taken(filled.folder)
    content = before.files["vault.db"]
    # In turn: the data, the random start of the cipher, the page's own check.
    regions = (1000, PAGE - 75, PAGE - 10)
    pages = range(0, len(content) // PAGE, 2)
    places = [0, 7, 15, 16, 40]  # the salt and the start of page 1
    places += [page * PAGE + regions[page // 2 % 3] for page in pages]
    for where in places:
        flipped = bytearray(content)
        flipped[where] ^= 1 << where % 8
        before.put_back(vault_db=bytes(flipped))
        assert _noticed(filled), where
    before.put_back()
    assert not _noticed(filled)


@pytest.mark.parametrize("pages", [1, 2, 10])
def test_pages_cut_off_the_end_are_noticed(filled: Place, pages: int) -> None:
    database = filled.folder / "vault.db"
    database.write_bytes(database.read_bytes()[: -pages * PAGE])
    assert _noticed(filled)


def test_two_pages_changed_round_are_noticed(filled: Place) -> None:
    database = filled.folder / "vault.db"
    content = database.read_bytes()
    one, other = content[3 * PAGE : 4 * PAGE], content[4 * PAGE : 5 * PAGE]
    database.write_bytes(content[: 3 * PAGE] + other + one + content[5 * PAGE :])
    assert _noticed(filled)


def test_after_a_bad_page_the_rest_of_the_vault_still_answers(filled: Place) -> None:
    database = filled.folder / "vault.db"
    with filled.open() as vault:
        page = _page_of_the_original(vault)
    flipped = bytearray(database.read_bytes())
    flipped[(page - 1) * PAGE + 500] ^= 1
    database.write_bytes(flipped)
    with filled.open() as vault:
        with pytest.raises(Damaged, match="cannot be read"):
            vault.document(fingerprint(CONTENT))
        assert len(list(vault.list())) == 121
        assert vault.search("ferritin")
        report = vault.check(full=True)
        assert not report.ok
        assert (report.records, report.documents) == (121, 0)
        assert "(1 found)" in report.findings[0]


def _page_of_the_original(vault: Vault) -> int:
    """The number of the page where the one chunk of the one document begins."""
    root = vault._database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'document_chunk'").fetchone()[
        0
    ]
    return int(root)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE document_chunk SET bytes = zeroblob(length(bytes))",
        "UPDATE document_chunk SET n = 1",
        "UPDATE document_chunk SET unpacked = unpacked - 1",
        "DELETE FROM document_chunk",
        "UPDATE document SET size = size + 1",
    ],
)
def test_an_original_that_is_not_what_was_kept_is_never_given_out(filled: Place, harm: str) -> None:
    with filled.open() as vault:
        vault._database.execute(harm)
        with pytest.raises(Damaged, match="original file is damaged"):
            vault.document(fingerprint(CONTENT))
        report = vault.check(full=True)
        assert (report.ok, report.documents) == (False, 0)


def test_a_record_whose_words_are_broken_is_counted_and_the_others_are_read(filled: Place) -> None:
    with filled.open() as vault:
        vault._database.execute("UPDATE record SET body = '{' WHERE row = 5")
        report = vault.check()
        assert (report.ok, report.records) == (False, 120)
        assert "1 found" in " ".join(report.findings)


def test_a_bad_spot_where_nothing_is_stored_now_is_noticed_too(filled: Place) -> None:
    with filled.open() as vault:
        vault._database.execute("DELETE FROM document_chunk")  # its pages are free now
    before = Snapshot.taken(filled.folder)
    pages = len(before.files["vault.db"]) // PAGE
    assert pages > 30
    assert len([page for page in range(pages) if _only_the_page_check_sees(filled, before, page)]) > 5


def _only_the_page_check_sees(place: Place, before: Snapshot, page: int) -> bool:
    flipped = bytearray(before.files["vault.db"])
    flipped[page * PAGE + 900] ^= 4
    before.put_back(vault_db=bytes(flipped))
    try:
        with place.open() as vault:
            findings = [finding for finding in vault.check().findings if "original files" not in finding]
            assert findings
            return len(findings) == 1 and "not what was written (1 found)" in findings[0]
    except Damaged:
        return False


@pytest.mark.parametrize(
    "harm",
    ["DELETE FROM import_batch", "DELETE FROM sqlite_schema WHERE name = 'live_kind'"],
)
def test_an_order_that_is_broken_inside_authentic_pages_is_noticed(filled: Place, harm: str) -> None:
    with filled.open() as vault:
        for setting in ("foreign_keys = OFF", "writable_schema = ON"):
            vault._database.execute(f"PRAGMA {setting}")
        vault._database.execute(harm)
    with filled.open() as vault:
        assert any("order of the database is broken" in finding for finding in vault.check().findings)


@pytest.mark.parametrize("name", ["vault.keys", "vault.keys.prev"])
def test_a_key_file_that_decays_is_found_while_the_vault_still_opens(filled: Place, name: str) -> None:
    with filled.open() as vault:
        (vault.folder / name).write_bytes(b"{}")
        assert any(name + " " in finding for finding in vault.check().findings)
        (vault.folder / name).unlink()
        assert not vault.check().ok


def test_a_database_exchanged_between_two_copies_of_the_key_is_refused(filled: Place, tmp_path: Path) -> None:
    # The same key, so every page is authentic; only the name written inside tells them apart.
    shutil.copytree(filled.folder, tmp_path / "copy.vault")
    with filled.open() as vault:
        vault._database.execute("UPDATE meta SET value = zeroblob(16) WHERE name = 'vault_id'")
    with pytest.raises(Damaged, match="belongs to another vault"):
        filled.open()
    open_vault(tmp_path / "copy.vault", recovery_code=filled.recovery_code).close()
