"""Replacing the vault's key: whoever knew the old one is out, and a program killed in the middle loses nothing."""

import shutil
from pathlib import Path

import pyrage
import pytest

from secondlens.domain.clinical import Condition
from secondlens.errors import Damaged, Locked, NotAllowed
from secondlens.vault import LEAST_COST, Vault, list_backups, new_recovery_code, open_vault, restore_vault
from secondlens.vault.database import opens_with
from secondlens.vault.keyring import WrongIdentity, WrongPassphrase, WrongRecoveryCode
from secondlens.vault.rotation import NEW_DATABASE, HalfReplaced
from tests.vault.making import PASSPHRASE, Place, files_in, fingerprint, key_of, results

CONTENT = bytes(range(256)) * 300
HELPERS = "seven quiet herons walking"


class Killed(BaseException):
    """Stands for a program that ends at this very step."""


@pytest.fixture
def filled(place: Place) -> Place:
    with place.open() as vault:
        vault.keep("results.json", CONTENT, fingerprint(CONTENT), results(CONTENT, 30))
        vault.add(Condition(title="Migraine"))
    return place


def _everything(vault: Vault) -> object:
    kept = [(one.id, vault.history(one.id)) for one in vault.list()]
    return kept, [vault.document(one.sha256) for one in vault.documents()], vault.search("ferritin")


def test_everything_is_there_under_a_new_key_and_the_old_key_reads_nothing(filled: Place) -> None:
    old = key_of(filled)
    with filled.open() as vault:
        before = _everything(vault)
        vault.rotate(PASSPHRASE, filled.recovery_code, cost=LEAST_COST)
        assert _everything(vault) == before
        assert vault.check(full=True).findings == ()
        vault.add(Condition(title="Fever"))
        assert vault.audit(action="key-replaced")
    assert not opens_with(filled.folder / "vault.db", old)
    with open_vault(filled.folder, passphrase=PASSPHRASE) as vault:
        assert len(list(vault.list())) == 32
        assert vault.check(full=True).findings == ()
        assert vault.older is None
    assert sorted(name for name, _ in files_in(filled.folder)) == [
        "README-RECOVERY.txt",
        "vault.db",
        "vault.keys",
        "vault.keys.prev",
        "vault.lock",
    ]


def test_who_may_open_afterwards(filled: Place) -> None:
    person, removed = (pyrage.x25519.Identity.generate() for _ in range(2))
    code = new_recovery_code()
    with filled.open() as vault:
        vault.add_person(str(person.to_public()), label="Ada")
        gone = vault.add_person(str(removed.to_public()), label="Cleo")
        vault.add_passphrase(HELPERS, label="Ben", whose="helper", cost=LEAST_COST)
        vault.remove_way(gone.id)
        vault.rotate(PASSPHRASE, code, cost=LEAST_COST)
        assert [(way.kind, way.label) for way in vault.ways()] == [
            ("passphrase", ""),
            ("recovery-code", ""),
            ("age-x25519", "Ada"),
        ]
    for opens in ({"passphrase": PASSPHRASE}, {"recovery_code": code}, {"identity": str(person)}):
        open_vault(filled.folder, **opens).close()
    for refused, error in (
        ({"passphrase": HELPERS}, WrongPassphrase),
        ({"recovery_code": filled.recovery_code}, WrongRecoveryCode),
        ({"identity": str(removed)}, WrongIdentity),
    ):
        with pytest.raises(error):
            open_vault(filled.folder, **refused)


def test_revoked_means_new_copies_alone_until_backups_are_wrapped_anew(filled: Place, tmp_path: Path) -> None:
    """What the page says of revoking, tried: an old copy still opens, the vault and wrapped backups do not."""
    removed = pyrage.x25519.Identity.generate()
    with filled.open() as vault:
        gone = vault.add_person(str(removed.to_public()), label="Cleo")
        vault.back_up(tmp_path / "backups")
    shutil.copytree(filled.folder, tmp_path / "their copy.vault")
    with filled.open() as vault:
        vault.remove_way(gone.id)
        vault.rotate(PASSPHRASE, filled.recovery_code, cost=LEAST_COST)
        (old,) = list_backups(tmp_path / "backups")
        open_vault(tmp_path / "their copy.vault", identity=str(removed)).close()
        restore_vault(old.folder, tmp_path / "theirs.vault", identity=str(removed)).close()
        with pytest.raises(WrongIdentity):
            open_vault(filled.folder, identity=str(removed))
        (fresh,) = vault.rewrap_backups(tmp_path / "backups", PASSPHRASE)
        assert list_backups(tmp_path / "backups") == (fresh,)
        assert vault.prove_backup(fresh).records == old.records
    with pytest.raises(WrongIdentity):
        restore_vault(fresh.folder, tmp_path / "never.vault", identity=str(removed))
    for name, content in files_in(tmp_path / "backups"):
        assert not name.endswith("vault.db") or content != (tmp_path / "their copy.vault/vault.db").read_bytes()


def test_only_the_owners_passphrase_replaces_the_key(filled: Place) -> None:
    with filled.open() as vault:
        vault.add_passphrase(HELPERS, label="Ben", whose="helper", cost=LEAST_COST)
        with pytest.raises(WrongPassphrase):
            vault.rotate("copper lantern under snow", filled.recovery_code, cost=LEAST_COST)
        with pytest.raises(NotAllowed, match="not the owner's"):
            vault.rotate(HELPERS, filled.recovery_code, cost=LEAST_COST)
        with pytest.raises(Locked, match="36 letters"):
            vault.rotate(PASSPHRASE, filled.recovery_code[:-1], cost=LEAST_COST)
        vault.add(Condition(title="Still open"))
        assert vault.check(full=True).findings == ()


# Each place where a program can end, by the function it had reached, before and after that ran.
STEPS = [
    ("rotation.copy_with_key", "before"),
    ("rotation.copy_with_key", "after"),
    ("rotation.swap_in", "before"),
    ("rotation.swap_in", "after"),
    ("keyring.Keyring.end_replacing", "before"),
    ("keyring.Keyring.end_replacing", "after"),
    ("vault.Vault._after_key_change", "before"),
]


@pytest.mark.parametrize(("step", "moment"), STEPS)
@pytest.mark.parametrize("opens", ["passphrase", "old code", "new code", "person"])
def test_a_program_that_ends_at_any_step_leaves_a_vault_that_opens(
    filled: Place, monkeypatch: pytest.MonkeyPatch, step: str, moment: str, opens: str
) -> None:
    person, code = pyrage.x25519.Identity.generate(), new_recovery_code()
    with filled.open() as vault:
        vault.add_person(str(person.to_public()), label="Ada")
        before = _everything(vault)
    with monkeypatch.context() as patched:
        _end_at(patched, step, moment)
        vault = filled.open()
        files = _ended(vault, code)
    for name in [name for name, _ in files_in(filled.folder)]:
        (filled.folder / name).unlink()
    for name, content in files:
        (filled.folder / name).write_bytes(content)
    secret = {
        "passphrase": {"passphrase": PASSPHRASE},
        "old code": {"recovery_code": filled.recovery_code},
        "new code": {"recovery_code": code},
        "person": {"identity": str(person)},
    }[opens]
    try:
        opened = open_vault(filled.folder, **secret)
    except (HalfReplaced, WrongRecoveryCode):
        # One of the two codes is on the other side of the change; the passphrase never is.
        assert opens.endswith("code")
        opened = open_vault(filled.folder, passphrase=PASSPHRASE)
    with opened as vault:
        assert vault.older is None
        assert _everything(vault) == before
        assert vault.check(full=True).findings == ()
    assert not (filled.folder / NEW_DATABASE).exists()
    for again in ({"passphrase": PASSPHRASE}, {"identity": str(person)}):
        open_vault(filled.folder, **again).close()


def _end_at(patched: pytest.MonkeyPatch, step: str, moment: str) -> None:
    room, _, name = step.partition(".")
    owner, _, method = name.rpartition(".")
    target = f"secondlens.vault.{room}.{name}"
    module = __import__(f"secondlens.vault.{room}", fromlist=["x"])
    real = getattr(getattr(module, owner), method) if owner else getattr(module, name)

    def ends(*arguments: object) -> None:
        if moment == "after":
            real(*arguments)
        raise Killed

    patched.setattr(target, ends)
    # An ended program tidies nothing up.
    for tidying in ("rotation.forget_unfinished", "keyring.Keyring.drop_replacing", "vault.Vault._go_on_or_close"):
        patched.setattr(f"secondlens.vault.{tidying}", lambda *_: None)


def _ended(vault: Vault, code: str) -> list[tuple[str, bytes]]:
    """What is on disk at the end; the lock and the memory of the program go as they would."""
    with pytest.raises(Killed):
        vault.rotate(PASSPHRASE, code, cost=LEAST_COST)
    files = [(name, content) for name, content in files_in(vault.folder) if not name.endswith("-shm")]
    vault._database.close()
    vault._held.release()
    return files


def test_a_failure_after_the_swap_keeps_both_keys_and_opening_finishes(
    filled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taking the new key out of the key file then would close the vault for ever."""

    def fails(_folder: Path) -> None:
        raise OSError(5, "Input/output error")

    with filled.open() as vault:
        before = _everything(vault)
        with monkeypatch.context() as patched:
            patched.setattr("secondlens.vault.rotation.sync_folder", fails)
            with pytest.raises(NotAllowed, match="cannot be read or written"):
                vault.rotate(PASSPHRASE, filled.recovery_code, cost=LEAST_COST)
    with filled.open() as vault:
        assert _everything(vault) == before
        assert vault.check(full=True).findings == ()


def test_a_copy_that_is_not_the_same_never_takes_the_place(filled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    real = __import__("secondlens.vault.rotation", fromlist=["x"]).copy_with_key

    def copies_less(database: object, target: Path, key: object) -> None:
        real(database, target, key)
        content = bytearray(target.read_bytes())
        content[5 * 4096 + 100] ^= 1
        target.write_bytes(content)

    with filled.open() as vault:
        before = _everything(vault)
        with monkeypatch.context() as patched:
            patched.setattr("secondlens.vault.rotation.copy_with_key", copies_less)
            with pytest.raises(Damaged, match="stays as it is"):
                vault.rotate(PASSPHRASE, filled.recovery_code, cost=LEAST_COST)
        assert _everything(vault) == before
    with filled.open() as vault:
        assert _everything(vault) == before


def test_a_copy_of_the_key_file_from_before_the_change_is_renewed_at_opening(filled: Place) -> None:
    before = (filled.folder / "vault.keys").read_bytes()
    with filled.open() as vault:
        vault.rotate(PASSPHRASE, filled.recovery_code, cost=LEAST_COST)
    (filled.folder / "vault.keys.prev").write_bytes(before)  # as when the program ended between the two
    with filled.open() as vault:
        assert vault.check(full=True).findings == ()
