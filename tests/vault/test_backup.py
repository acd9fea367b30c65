"""Backups: whole or not there, proven by restoring, thinned out with care, and never in the way of the vault."""

import json
import shutil
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.domain.clinical import Condition
from secondlens.errors import Damaged, Locked, NotAllowed, NotFound, SecondlensError
from secondlens.vault import Backup, Vault, list_backups, new_recovery_code, open_vault, prune, restore_vault
from secondlens.vault.backup import BadBackup, worn_out
from secondlens.vault.refusals import NoRoom
from tests.vault.making import PASSPHRASE, Place, files_in, fingerprint, results

CONTENT = bytes(range(256)) * 300


@pytest.fixture
def filled(place: Place) -> Place:
    with place.open() as vault:
        vault.keep("results.json", CONTENT, fingerprint(CONTENT), results(CONTENT, 30))
        vault.add(Condition(title="Migraine"))
    return place


@pytest.fixture
def copy(filled: Place, tmp_path: Path) -> Backup:
    with filled.open() as vault:
        return vault.back_up(tmp_path / "backups")


def _titles(vault: Vault) -> set[str]:
    return {kept.record.title for kept in vault.list()}


def test_a_backup_is_a_vault_by_itself_and_says_what_it_holds(copy: Backup, filled: Place) -> None:
    assert (copy.records, copy.documents, copy.why, copy.epoch) == (31, 1, "asked", 1)
    assert list_backups(copy.folder.parent) == (copy,)
    assert {name for name, _ in files_in(copy.folder)} == {
        "README-RECOVERY.txt",
        "manifest.json",
        "vault.db",
        "vault.keys",
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in copy.folder.rglob("*"))
    with filled.open() as vault:
        assert vault.audit(action="backed-up")[0].object == copy.name


def test_a_backup_restores_to_the_same_and_leaves_the_old_vault_alone(
    copy: Backup, filled: Place, tmp_path: Path
) -> None:
    with filled.open() as vault:
        vault.add(Condition(title="Later"))
    before = list(files_in(filled.folder))
    with restore_vault(copy.folder, tmp_path / "back.vault", passphrase=PASSPHRASE) as back:
        assert "Migraine" in _titles(back)
        assert "Later" not in _titles(back)
        assert back.document(fingerprint(CONTENT)) == CONTENT
        assert back.check(full=True).findings == ()
        assert back.older is None
    assert list(files_in(filled.folder)) == before
    with restore_vault(copy.folder, tmp_path / "again.vault", recovery_code=filled.recovery_code) as again:
        assert again.audit(action="restored")[0].object == copy.name
    with open_vault(tmp_path / "again.vault", recovery_code=filled.recovery_code) as vault:
        assert vault.older is None


def test_a_proof_restores_for_real_and_leaves_nothing(copy: Backup, filled: Place) -> None:
    with filled.open() as vault:
        proof = vault.prove_backup(copy)
        assert (proof.name, proof.records, proof.documents) == (copy.name, 31, 1)
        assert vault.audit(action="restore-proven")[0].object == copy.name
    assert [path.name for path in copy.folder.parent.iterdir()] == [copy.name]


def test_writing_goes_on_while_a_backup_is_made_and_the_copy_is_of_one_moment(
    filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = __import__("secondlens.vault.backup", fromlist=["x"]).copy_packed
    written = threading.Event()

    def slow(*arguments: object) -> None:
        copied(*arguments)
        assert written.wait(10)

    monkeypatch.setattr("secondlens.vault.backup.copy_packed", slow)
    with filled.open() as vault:
        made: list[Backup] = []
        thread = threading.Thread(target=lambda: made.append(vault.back_up(tmp_path / "backups")))
        thread.start()
        vault.add(Condition(title="Meanwhile"))
        written.set()
        thread.join()
        assert "Meanwhile" in _titles(vault)
        assert made[0].records in {31, 32}


@pytest.mark.parametrize("name", ["vault.db", "vault.keys", "manifest.json"])
def test_a_changed_bit_anywhere_in_a_backup_is_noticed(
    copy: Backup, filled: Place, tmp_path: Path, name: str
) -> None:
    path = copy.folder / name
    content = path.read_bytes()
    step = max(len(content) // 40, 1)
    with filled.open() as vault:
        for where in range(0, len(content.rstrip(b"\n")), step):
            flipped = bytearray(content)
            flipped[where] ^= 1 << where % 8
            path.write_bytes(flipped)
            with pytest.raises((BadBackup, Damaged, NotFound, NotAllowed)):
                restore_vault(copy.folder, tmp_path / "back.vault", recovery_code=filled.recovery_code)
            assert not (tmp_path / "back.vault").exists(), where
            seen = list_backups(copy.folder.parent)
            if seen:
                with pytest.raises(SecondlensError):
                    vault.prove_backup(seen[0])
    assert [one.name for one in tmp_path.iterdir() if "new" in one.name] == []


@pytest.mark.parametrize("harm", ["cut", "longer", "empty", "gone", "another vault's"])
def test_a_backup_with_a_broken_file_is_not_offered(copy: Backup, harm: str, place: Place) -> None:
    path = copy.folder / "vault.db"
    content = path.read_bytes()
    changed = {
        "cut": content[:-4096],
        "longer": content + bytes(4096),
        "empty": b"",
        "another vault's": (place.folder / "vault.db").read_bytes() + b"x",
    }
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(changed[harm])
    assert list_backups(copy.folder.parent) == ()
    with pytest.raises(NotFound, match="whole backup"):
        restore_vault(copy.folder, copy.folder.parent / "back.vault", passphrase=PASSPHRASE)


def test_an_older_backup_under_a_newer_name_is_noticed(copy: Backup, filled: Place, tmp_path: Path) -> None:
    with filled.open() as vault:
        vault.add(Condition(title="Later"))
        newer = vault.back_up(tmp_path / "others")
        shutil.copyfile(copy.folder / "vault.db", newer.folder / "vault.db")
        told = json.loads((newer.folder / "manifest.json").read_text())
        told["files"]["vault.db"]["size"] = (newer.folder / "vault.db").stat().st_size
        (newer.folder / "manifest.json").write_text(json.dumps(told, sort_keys=True, separators=(",", ":")))
        (seen,) = list_backups(tmp_path / "others")
        with pytest.raises(BadBackup, match="damaged"):
            vault.prove_backup(seen)


def test_a_backup_that_is_not_whole_is_not_kept(
    filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = __import__("secondlens.vault.backup", fromlist=["x"]).copy_packed

    def harmed(database: object, target: Path) -> None:
        copied(database, target)
        content = bytearray(target.read_bytes())
        content[6 * 4096 + 70] ^= 1
        target.write_bytes(content)

    monkeypatch.setattr("secondlens.vault.backup.copy_packed", harmed)
    with filled.open() as vault:
        with pytest.raises(BadBackup, match="does not count"):
            vault.back_up(tmp_path / "backups")
        vault.add(Condition(title="The vault goes on"))
    assert list((tmp_path / "backups").iterdir()) == []


def test_refusals_are_sentences(
    copy: Backup, filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with filled.open() as vault:
        with pytest.raises(NotAllowed, match="inside the vault"):
            vault.back_up(filled.folder / "backups")
        with pytest.raises(NotAllowed, match="already something"):
            restore_vault(copy.folder, filled.folder, passphrase=PASSPHRASE)
        monkeypatch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
        with pytest.raises(NoRoom, match="no room"):
            vault.back_up(tmp_path / "more")
    with pytest.raises(Locked):
        restore_vault(copy.folder, tmp_path / "back.vault", recovery_code=new_recovery_code())
    with pytest.raises(NotAllowed, match="This is a backup"):
        open_vault(copy.folder, passphrase=PASSPHRASE)
    with pytest.raises(NotFound):
        restore_vault(tmp_path / "nowhere", tmp_path / "back.vault", passphrase=PASSPHRASE)


def _some(day: date, number: int = 0, why: str = "scheduled") -> Backup:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=number)
    return Backup(
        folder=Path(f"{moment:%Y-%m-%d-%H%M}.backup"),
        vault_id="0" * 32,
        epoch=1,
        made_at=moment.isoformat(timespec="seconds"),
        why=why,
        records=0,
        documents=0,
        size=0,
        end=None,
    )


TODAY = date(2026, 11, 24)


def _kept_after_years(per_day: int) -> list[Backup]:
    kept: list[Backup] = []
    for ago in range(800, -1, -1):
        day = TODAY - timedelta(days=ago)
        kept += [_some(day, number) for number in range(per_day)]
        gone = worn_out(kept, day, None)
        kept = [one for one in kept if one not in gone]
    return kept


@pytest.mark.parametrize("per_day", [1, 3])
def test_years_of_days_leave_seven_days_four_weeks_and_twelve_months(per_day: int) -> None:
    kept = _kept_after_years(per_day)
    days = [date.fromisoformat(one.made_at[:10]) for one in kept]
    assert days[-7:] == [TODAY - timedelta(days=ago) for ago in range(6, -1, -1)]
    assert len({day.strftime("%Y-%m") for day in days}) == 12
    assert 15 <= len(kept) <= 7 + 4 + 12


@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), max_size=60), st.data())
def test_the_newest_the_proven_and_a_fresh_one_before_an_upgrade_always_stay(
    made: list[tuple[int, bool]], data: st.DataObject
) -> None:
    copies = [
        _some(TODAY - timedelta(days=ago), number, "before-upgrade" if upgrade else "scheduled")
        for number, (ago, upgrade) in enumerate(made)
    ]
    proven = data.draw(st.sampled_from(copies)).name if copies else None
    gone = worn_out(copies, TODAY, proven)
    names = {one.name for one in gone}
    assert proven not in names
    assert not copies or max(copies, key=lambda one: one.made_at).name not in names
    young = (TODAY - timedelta(days=30)).isoformat()
    assert not [one for one in gone if one.why == "before-upgrade" and one.made_at[:10] >= young]
    assert worn_out([one for one in copies if one not in gone], TODAY, proven) == ()


def test_pruning_removes_folders_and_only_those(copy: Backup, tmp_path: Path) -> None:
    others = []
    for number in range(3):
        folder = copy.folder.with_name(f"other{number}.backup")
        shutil.copytree(copy.folder, folder)
        others.append(replace(copy, folder=folder, made_at=f"2020-01-0{number + 1}T00:00:00+00:00"))
    gone = prune([copy, *others], TODAY, None)
    assert [one.name for one in gone] == []
    gone = prune(
        [replace(one, made_at=f"2020-01-01T00:0{n}:00+00:00") for n, one in enumerate(others)], TODAY, None
    )
    assert [one.name for one in gone] == ["other1.backup", "other0.backup"]
    assert {path.name for path in copy.folder.parent.iterdir()} == {copy.name, "other2.backup"}
    assert tmp_path.exists()
