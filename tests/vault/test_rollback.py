"""An older copy put back, in whole or in part, is said in words; and going on with it is the person's choice."""

import shutil
from pathlib import Path

import pytest

from secondlens.domain.clinical import Condition
from secondlens.vault import LEAST_COST, Vault
from secondlens.vault.witness import state_folder
from tests.vault.making import Place, files_in


def _older(place: Place) -> str | None:
    with place.open() as vault:
        assert bool(vault.older) == (vault.older in vault.check().findings)
        return vault.older


@pytest.fixture
def old(place: Place) -> dict[str, bytes]:
    """The files as they were before two more writes and a change of the keys."""
    with place.open() as vault:
        vault.add(Condition(title="Migraine"))
    files = dict(files_in(place.folder))
    with place.open() as vault:
        vault.add(Condition(title="Fever"))
        vault.add_passphrase("seven quiet herons walking", label="Ben", whose="helper", cost=LEAST_COST)
    return files


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("vault.db",), "Something is missing from this vault"),
        (("vault.keys",), "key file of this vault"),
        (("vault.keys", "vault.keys.prev"), "key file of this vault"),
        (("vault.db", "vault.keys", "vault.keys.prev"), "Something is missing from this vault"),
    ],
)
def test_old_files_put_back_are_noticed(
    place: Place, old: dict[str, bytes], names: tuple[str, ...], said: str
) -> None:
    assert _older(place) is None
    for name in names:
        (place.folder / name).write_bytes(old[name])
    told = _older(place)
    assert told
    assert said in told


def test_an_old_key_file_with_the_same_ways_in_is_noticed(place: Place) -> None:
    before = (place.folder / "vault.keys").read_bytes()
    with place.open() as vault:
        vault.add(Condition(title="Fever"))
    (place.folder / "vault.keys").write_bytes(before)
    assert "older one than this computer saw" in (_older(place) or "")


def test_the_database_alone_is_noticed_on_a_computer_that_never_saw_the_vault(
    place: Place, old: dict[str, bytes]
) -> None:
    (place.folder / "vault.db").write_bytes(old["vault.db"])
    shutil.rmtree(state_folder())
    assert "Something is missing" in (_older(place) or "")


def test_old_ways_in_are_noticed_on_a_computer_that_never_saw_the_vault(
    place: Place, old: dict[str, bytes]
) -> None:
    """A passphrase that was taken away would open the vault again; the database knows of the change."""
    for name in ("vault.keys", "vault.keys.prev"):
        (place.folder / name).write_bytes(old[name])
    shutil.rmtree(state_folder())
    assert "Ways in that you removed" in (_older(place) or "")


def test_an_old_log_put_back_takes_nothing_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.open() as vault, monkeypatch.context() as patched:
        patched.setattr("secondlens.vault.safekeeping.checkpoint", lambda _database: None)
        vault.add(Condition(title="Migraine"))
        log = (place.folder / "vault.db-wal").read_bytes()
        assert log
    with place.open() as vault:
        vault.add(Condition(title="Fever"))
    (place.folder / "vault.db-wal").write_bytes(log)
    with place.open() as vault:
        assert vault.older or {kept.record.title for kept in vault.list()} == {"Migraine", "Fever"}


def test_a_flipped_bit_in_a_log_that_was_not_emptied_is_noticed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite drops the rest of a damaged log in silence, commits and all: the anchor in the key file tells."""
    vault = place.open()
    monkeypatch.setattr("secondlens.vault.safekeeping.checkpoint", lambda _database: None)
    for number in range(5):
        vault.add(Condition(title=f"Day {number}"))
    files = dict(files_in(place.folder))  # as a crash at this moment would leave them
    monkeypatch.undo()
    vault.close()
    log = files["vault.db-wal"]
    noticed = []
    for where in range(40, len(log), len(log) // 60):
        for name, content in files.items():
            (place.folder / name).write_bytes(content)
        flipped = bytearray(log)
        flipped[where] ^= 8
        (place.folder / "vault.db-wal").write_bytes(flipped)
        with place.open() as opened:
            noticed.append(bool(opened.older) or len(list(opened.list())) == 5)
    assert len(noticed) >= 60
    assert all(noticed)


def test_nothing_hides_an_older_copy_until_the_person_accepts_it(place: Place, old: dict[str, bytes]) -> None:
    (place.folder / "vault.db").write_bytes(old["vault.db"])
    for _ in range(3):
        with place.open() as vault:
            assert vault.older
            for number in range(5):  # more writes than were lost
                vault.add(Condition(title=f"Later {number}"))
    with place.open() as vault:
        assert vault.older
        vault.accept_copy()
        assert vault.audit()[0].action == "copy-accepted"
    assert _older(place) is None


def test_two_copies_that_went_their_own_ways_are_told_apart(place: Place, tmp_path: Path) -> None:
    other = Place(folder=tmp_path / "copy.vault", recovery_code=place.recovery_code)
    shutil.copytree(place.folder, other.folder)
    for one in (place, other):
        with one.open() as vault:
            vault.add(Condition(title=f"In {one.folder.name}"))
    assert "another copy" in (_older(other) or "")
    assert _older(place) is None


def test_a_crash_between_the_writes_raises_no_false_alarm(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with place.open() as vault:
        for target in ("Keyring.save_anchor", "Witness.remember"):
            room = "keyring" if target.startswith("Key") else "witness"
            with monkeypatch.context() as patched:
                patched.setattr(f"secondlens.vault.{room}.{target}", stop)
                with pytest.raises(KeyboardInterrupt):
                    vault.add(Condition(title="Fever"))
        with monkeypatch.context() as patched:
            patched.setattr(Vault, "_after_key_change", stop)
            with pytest.raises(KeyboardInterrupt):
                vault.add_passphrase("seven quiet herons walking", label="Ben", cost=LEAST_COST)
    assert _older(place) is None


def test_a_full_disk_for_the_anchor_makes_no_write_fail(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with place.open() as vault:
        monkeypatch.setattr("secondlens.vault.keyring.save_privately", full)
        vault.add(Condition(title="Fever"))
    with place.open() as vault:
        assert [kept.record.title for kept in vault.list()] == ["Fever"]
