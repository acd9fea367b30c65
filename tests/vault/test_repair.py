"""A damaged vault is mended beside itself: the copy aside is untouched, a backup heals, what is lost is named."""

import random
from pathlib import Path

import pytest

from secondlens.domain.clinical import Composition, Condition
from secondlens.errors import Damaged, Locked
from secondlens.vault import Vault, repair_vault, usual_place
from secondlens.vault.database import PAGE
from secondlens.vault.lock import InUse
from secondlens.vault.safekeeping import ReadOnly
from tests.vault.making import PASSPHRASE, Place, Snapshot, files_in, fingerprint, results

SMALL = bytes(range(256)) * 40
LARGE = random.Random(1).randbytes(3 * 1024 * 1024)  # noqa: S311 - the same bytes every time


@pytest.fixture
def filled(place: Place) -> Place:
    with place.open() as vault:
        vault.keep("small.json", SMALL, fingerprint(SMALL), results(SMALL, 150))
        vault.keep("large.bin", LARGE, fingerprint(LARGE), ())
        kept = vault.add(Condition(title="Migraine"))
        vault.revise(kept.id, Condition(title="Migraine with aura"), why="the letter")
        vault.add(Composition(title="Letter", text="a few words " * 500))
    return place


def _back_up(place: Place) -> None:
    with place.open() as vault:
        vault.back_up(usual_place(place.folder))


def _told(vault: Vault) -> object:
    kept = [(one.id, vault.history(one.id)) for one in vault.list()]
    originals = [(one.name, fingerprint(vault.document(one.sha256))) for one in vault.documents()]
    return kept, originals, [found.kept.id for found in vault.search("ferritin", 500)]


def _harm(place: Place, pages: list[int]) -> None:
    path = place.folder / "vault.db"
    content = bytearray(path.read_bytes())
    for page in pages:
        content[page * PAGE + 300] ^= 1
    path.write_bytes(content)


def _pages(place: Place) -> int:
    return (place.folder / "vault.db").stat().st_size // PAGE


@pytest.mark.parametrize("seed", range(6))
def test_with_a_backup_everything_comes_back_whatever_page_went_bad(filled: Place, seed: int) -> None:
    _back_up(filled)
    with filled.open() as vault:
        before = _told(vault)
    chance = random.Random(seed)  # noqa: S311 - the same pages every time
    _harm(filled, sorted(chance.sample(range(1, _pages(filled)), 1 + seed)))
    mended = repair_vault(filled.folder, recovery_code=filled.recovery_code)
    # Lines of the audit and the ledger written after the backup can be lost; nothing the person has can.
    assert [name for name in mended.lost if "who saw what" not in name] == []
    assert (mended.records, mended.documents) == (152, 2)
    with filled.open() as vault:
        assert _told(vault) == before
        assert vault.check(full=True).findings == ()
        assert vault.older is None
        assert vault.audit(action="repaired")[0].object == mended.aside.name


def test_the_copy_aside_holds_the_damaged_files_as_they_were(filled: Place) -> None:
    _harm(filled, [5])
    damaged = dict(files_in(filled.folder))
    mended = repair_vault(filled.folder, recovery_code=filled.recovery_code)
    assert dict(files_in(mended.aside)) == damaged
    assert mended.aside.parent == filled.folder.parent
    assert mended.aside.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("seed", range(6))
def test_without_a_backup_what_is_lost_is_named_and_the_rest_is_there(filled: Place, seed: int) -> None:
    with filled.open() as vault:
        had = len(list(vault.list()))
    chance = random.Random(100 + seed)  # noqa: S311 - the same pages every time
    _harm(filled, sorted(chance.sample(range(1, min(_pages(filled), 60)), 2)))
    try:
        mended = repair_vault(filled.folder, recovery_code=filled.recovery_code)
    except Damaged as error:
        # The one page that names the vault went bad, and no backup has it.
        assert "Restore a backup" in str(error) or "could not be mended" not in str(error)  # noqa: PT017
        return
    with filled.open() as vault:
        report = vault.check(full=True)
        assert report.findings == ()
        here = len(list(vault.list()))
        assert here == mended.records
        assert here + len(mended.lost) >= had or here == had
        vault.add(Condition(title="Writable again"))


def test_one_lost_original_is_named_and_its_records_stay(filled: Place) -> None:
    _harm(filled, [_pages(filled) // 2])  # inside the large original
    mended = repair_vault(filled.folder, recovery_code=filled.recovery_code)
    assert mended.lost
    assert all(name.startswith("Original file: ") for name in mended.lost)
    with filled.open() as vault:
        assert len(list(vault.list())) == 152
        assert vault.check(full=True).findings == ()


@pytest.mark.parametrize("cut", [PAGE, 5 * PAGE, 777])
def test_a_file_cut_short_is_healed_from_the_backup(filled: Place, cut: int) -> None:
    _back_up(filled)
    with filled.open() as vault:
        before = _told(vault)
    path = filled.folder / "vault.db"
    path.write_bytes(path.read_bytes()[:-cut])
    repair_vault(filled.folder, recovery_code=filled.recovery_code)
    with filled.open() as vault:
        assert _told(vault) == before


@pytest.mark.parametrize("content", [b"", b"garbage" * 5000, None])
def test_a_database_that_is_gone_comes_back_from_the_backup(filled: Place, content: bytes | None) -> None:
    _back_up(filled)
    with filled.open() as vault:
        before = _told(vault)
    path = filled.folder / "vault.db"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    repair_vault(filled.folder, recovery_code=filled.recovery_code)
    with filled.open() as vault:
        assert _told(vault) == before
        assert vault.older is None


def test_nothing_is_wiped_when_nothing_can_be_saved(filled: Place) -> None:
    (filled.folder / "vault.db").write_bytes(b"garbage" * 5000)
    before = dict(files_in(filled.folder))
    with pytest.raises(Damaged, match="no whole backup"):
        repair_vault(filled.folder, recovery_code=filled.recovery_code)
    assert {name: content for name, content in files_in(filled.folder) if name != "vault.db"} == {
        name: content for name, content in before.items() if name != "vault.db"
    }
    (aside,) = filled.folder.parent.glob("*.damaged-*")
    assert dict(files_in(aside)) == before


def test_an_old_page_put_back_is_healed_too(filled: Place) -> None:
    old = (filled.folder / "vault.db").read_bytes()
    with filled.open() as vault:
        for kept in list(vault.list("Observation")):
            vault.revise(kept.id, Condition(title=f"Changed {kept.record.title}"))
    _back_up(filled)
    now = Snapshot.taken(filled.folder)
    with filled.open() as vault:
        before = _told(vault)
    now.put_back()
    content = now.files["vault.db"]
    affected: tuple[str, ...] = ()
    for page in range(1, len(old) // PAGE):
        now.put_back(vault_db=content[: page * PAGE] + old[page * PAGE :][:PAGE] + content[(page + 1) * PAGE :])
        with filled.open() as vault:
            affected = vault.check().affected
        if affected:
            break  # this page held newer rows, and the encryption finds nothing wrong with the older ones
    assert affected
    repair_vault(filled.folder, recovery_code=filled.recovery_code)
    with filled.open() as vault:
        assert _told(vault) == before
        assert vault.check(full=True).findings == ()


def test_a_row_changed_past_the_ledger_is_taken_from_the_backup(filled: Place) -> None:
    _back_up(filled)
    with filled.open() as vault:
        before = _told(vault)
        vault._database.execute(
            "UPDATE record SET body = replace(body, 'Migraine', 'Gout') WHERE kind = 'Condition'"
        )
    mended = repair_vault(filled.folder, recovery_code=filled.recovery_code)
    assert (mended.healed, mended.lost) == (2, ())
    with filled.open() as vault:
        assert _told(vault) == before
        assert vault.check(full=True).findings == ()


def test_a_damaged_key_file_is_mended_from_its_copy(filled: Place) -> None:
    (filled.folder / "vault.keys").write_bytes(b"{}")
    repair_vault(filled.folder, passphrase=PASSPHRASE)
    with filled.open() as vault:
        assert vault.check(full=True).findings == ()


def test_an_open_vault_is_not_mended_and_a_wrong_secret_mends_nothing(filled: Place) -> None:
    with filled.open(), pytest.raises(InUse):
        repair_vault(filled.folder, recovery_code=filled.recovery_code)
    with pytest.raises(Locked):
        repair_vault(filled.folder, passphrase="copper lantern under snow")
    assert list(filled.folder.parent.glob("*.damaged-*")) == []


def test_a_vault_found_damaged_is_read_and_not_written(filled: Place) -> None:
    _harm(filled, [_pages(filled) // 2])
    with filled.open() as vault:
        vault.add(Condition(title="Not known to be damaged yet"))
        assert not vault.check().ok
        with pytest.raises(ReadOnly, match="secondlens repair"):
            vault.add(Condition(title="Never"))
        assert len(list(vault.list())) == 153


def test_the_backup_used_is_the_newest_whole_one(filled: Place) -> None:
    _back_up(filled)
    (first,) = usual_place(filled.folder).iterdir()
    first.rename(first.with_name(first.name.replace(".backup", "0.backup")))
    with filled.open() as vault:
        vault.add(Condition(title="Second"))
    _back_up(filled)
    second = max(usual_place(filled.folder).iterdir(), key=lambda path: (path / "manifest.json").stat().st_mtime)
    harmed = bytearray((second / "vault.db").read_bytes())
    harmed[9 * PAGE] ^= 1
    (second / "vault.db").write_bytes(harmed)
    with filled.open() as vault:
        before = _told(vault)
    _harm(filled, [_pages(filled) // 2])
    mended = repair_vault(filled.folder, recovery_code=filled.recovery_code)
    assert mended.healed > 0
    with filled.open() as vault:
        assert _told(vault) == before
    assert Path(mended.aside).exists()
