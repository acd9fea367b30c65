"""Making a vault and opening one."""

import contextlib
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged, Locked, NotAllowed, NotFound
from secondlens.vault._canonical import Json
from secondlens.vault._files import make_private_file, save_privately, sync_folder
from secondlens.vault.backup import BEFORE_UPGRADE, MANIFEST, make_backup, read_backup, take_out, usual_place
from secondlens.vault.database import (
    checkpoint,
    connect,
    plain_errors,
    refuse_cut_short,
    transaction,
)
from secondlens.vault.keyring import Keyring, Unlocked, Way, unlock, ways_of
from secondlens.vault.keys import (
    DATABASE,
    KEY_FILE,
    PREVIOUS_KEY_FILE,
    VaultKey,
    new_keys,
    read_key_file,
    read_keys,
    save_keys,
)
from secondlens.vault.ledger import read_ledger
from secondlens.vault.lock import LOCK_FILE, VaultLock, take_lock
from secondlens.vault.passphrases import refuse_weak
from secondlens.vault.recovery_code import new_recovery_code, read_recovery_code
from secondlens.vault.recovery_note import RECOVERY_FILE, RECOVERY_NOTE
from secondlens.vault.refusals import plain_refusals
from secondlens.vault.repair import Mended, copy_aside, mend
from secondlens.vault.rotation import settle
from secondlens.vault.slots import PASSPHRASE, PERSON, RECOVERY_CODE, Cost, calibrated_cost
from secondlens.vault.upgrades import is_older, refuse_unknown, upgrade
from secondlens.vault.vault import Vault
from secondlens.vault.witness import FailedTry, witness_of

_OWN_FILES = (
    *(DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"),
    *(KEY_FILE, PREVIOUS_KEY_FILE, LOCK_FILE, RECOVERY_FILE),
)


@dataclass(frozen=True, slots=True)
class NewVault:
    """A vault just made, open, and its recovery code: shown once, kept nowhere."""

    vault: Vault
    recovery_code: str


def create_vault(folder: Path, passphrase: str, *, cost: Cost | None = None) -> NewVault:
    """Make a vault in a folder that does not exist or is empty. Raises NotAllowed, NotFound.

    It is made beside its place and moved there whole, so a crash leaves no half vault. `cost` is what a guess
    at the passphrase costs, measured here when it is not given; tests lower it to LEAST_COST to save time.
    """
    refuse_weak(passphrase)
    folder = folder.absolute()
    recovery_code = new_recovery_code()
    key, keys = new_keys(passphrase, read_recovery_code(recovery_code), cost or calibrated_cost())
    with plain_refusals():
        _refuse_place(folder)
        with _made_beside(folder) as making:
            making.mkdir(mode=0o700)
            _fill(making, key, keys)
        return NewVault(_open_with(folder, Unlocked(way=ways_of(keys)[0], key=key)), recovery_code)


def open_vault(
    folder: Path,
    *,
    passphrase: str | None = None,
    recovery_code: str | None = None,
    identity: str | None = None,
) -> Vault:
    """Open a vault with a passphrase, a recovery code, or the age key of a trusted person.

    Refusing changes nothing in the vault's folder; this computer remembers that a try failed. Raises NotFound (no
    vault here), Locked (wrong secret, or in use), Damaged, NotAllowed (newer format).
    """
    folder = folder.absolute()
    with plain_refusals():
        if (folder / MANIFEST).exists():
            raise NotAllowed(
                "This is a backup. Opening it here would change it: restore it into a new place, and open that."
            )
        keys = read_keys(folder)
        refuse_cut_short(folder / DATABASE)  # before anyone waits for a passphrase to be worked through
        return _open_with(folder, _unlock(keys, passphrase, recovery_code, identity))


def prove_passphrase(
    folder: Path,
    *,
    passphrase: str | None = None,
    recovery_code: str | None = None,
    identity: str | None = None,
) -> Way:
    """Check a secret against the key file alone, so also while the vault is open. Raises as `open_vault` does."""
    with plain_refusals():
        return _unlock(read_keys(folder.absolute()), passphrase, recovery_code, identity).way


def restore_vault(
    copy: Path,
    folder: Path,
    *,
    passphrase: str | None = None,
    recovery_code: str | None = None,
    identity: str | None = None,
) -> Vault:
    """Make a vault from a backup in a place where there is none, check all of it, and open it.

    No other vault is touched, and nothing is left in the new place unless all of it was found whole. Raises
    NotFound, NotAllowed, Locked, BadBackup.
    """
    folder = folder.absolute()
    with plain_refusals():
        _refuse_place(folder)
        if read_backup(copy) is None:
            raise NotFound(
                "There is no whole backup in this folder. Choose one whose name ends in .backup, "
                "and copy it once more if it came from another disk."
            )
        opened = _unlock(read_keys(copy), passphrase, recovery_code, identity)
        assert opened.key  # noqa: S101 - a backup is never made while a key is being replaced
        with _made_beside(folder) as making:
            take_out(copy, making, opened.key)
        vault = _open_with(folder, opened)
    vault.older = None  # the person asked for this older state
    vault.note("restored", copy.name)
    return vault


def repair_vault(
    folder: Path,
    *,
    passphrase: str | None = None,
    recovery_code: str | None = None,
    backups: Path | None = None,
) -> Mended:
    """Mend a damaged vault that is not open: copy it aside, heal it from the newest backup, name what is lost.

    `backups` is the folder they are in, the usual place when not given. Raises as `open_vault` does, and Damaged
    when nothing can be saved; then nothing but the copy was written.
    """
    folder = folder.absolute()
    with plain_refusals():
        keys = _readable_keys(folder)
        opened = _unlock(keys, passphrase, recovery_code, None)
        lock = take_lock(folder)
        try:
            aside = copy_aside(folder)
            keyring = settle(folder, keys, opened)
            mended = mend(keyring, backups or usual_place(folder), aside)
            keyring.save_both()
            vault = _open_held(keyring, lock)
        except BaseException:
            lock.release()
            raise
    with vault:
        if mended.lost or vault.older:
            vault.accept_copy()
        vault.note("repaired", aside.name)
    return mended


def _readable_keys(folder: Path) -> Json:
    """The key file; when that is damaged, the copy of it."""
    try:
        return read_keys(folder)
    except Damaged:
        if not (folder / PREVIOUS_KEY_FILE).is_file():
            raise
        return read_key_file(folder / PREVIOUS_KEY_FILE)


@contextlib.contextmanager
def _made_beside(folder: Path) -> Iterator[Path]:
    """Give the name of a new folder beside a place, and move it there whole when all went well."""
    making = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    try:
        yield making
        if folder.exists():
            folder.rmdir()
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def _unlock(keys: Json, passphrase: str | None, recovery_code: str | None, identity: str | None) -> Unlocked:
    try:
        return unlock(keys, passphrase=passphrase, recovery_code=recovery_code, identity=identity)
    except Locked:
        kind = RECOVERY_CODE if recovery_code is not None else PERSON if identity is not None else PASSPHRASE
        at = datetime.now(UTC).isoformat(timespec="seconds")
        witness_of(keys["vault_id"]).tried(FailedTry(at=at, kind=kind))
        raise


def _fill(folder: Path, key: VaultKey, keys: dict[str, Any]) -> None:
    save_privately(folder / RECOVERY_FILE, RECOVERY_NOTE.encode())
    make_private_file(folder / LOCK_FILE)
    make_private_file(folder / DATABASE)
    with contextlib.closing(connect(folder / DATABASE, key, new=True)) as database, plain_errors():
        upgrade(database)
        with transaction(database):
            told = {"vault_id": bytes.fromhex(key.vault_id), "id_salt": secrets.token_bytes(32)}
            database.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", told.items())
            for name in told:
                read_ledger(database).enter(database, "meta", name, datetime.now(UTC).isoformat())
        checkpoint(database)
    save_keys(folder, keys, key)


def _open_with(folder: Path, opened: Unlocked) -> Vault:
    lock = take_lock(folder)
    try:
        return _open_held(settle(folder, read_keys(folder), opened), lock)
    except BaseException:
        lock.release()
        raise


def _open_held(keyring: Keyring, lock: VaultLock) -> Vault:
    """Open a vault whose lock is held and whose key is known; one of an older format is backed up and upgraded."""
    database = connect(keyring.folder / DATABASE, keyring.key)
    try:
        with plain_errors():
            refuse_unknown(database)
            _refuse_foreign(database, keyring.key)
            if is_older(database):
                make_backup(keyring, database, usual_place(keyring.folder), why=BEFORE_UPGRADE)
                upgrade(database)
                save_privately(keyring.folder / RECOVERY_FILE, RECOVERY_NOTE.encode())
            checkpoint(database)
        lock.say_who()
        _keep_to_owner(keyring.folder)
        return Vault(keyring, lock, database)
    except BaseException:
        database.close()
        raise


def _refuse_place(folder: Path) -> None:
    if not folder.parent.is_dir():
        raise NotFound("The folder to make the vault in does not exist. Make it first, or choose another.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed("There is already something in this place. Choose a new name for the vault.")


def _refuse_foreign(database: Any, key: VaultKey) -> None:
    """Raise Damaged unless a database names itself as this vault's."""
    meta = dict(database.execute("SELECT name, value FROM meta"))
    if meta.get("vault_id") != bytes.fromhex(key.vault_id) or not meta.get("id_salt"):
        raise Damaged(
            "The database (vault.db) belongs to another vault than the key file (vault.keys). "
            "Put together the files of one vault, or put back a copy of the folder if you have one.",
        )


def _keep_to_owner(folder: Path) -> None:
    """Close a vault to other users again: a copy or an unpacked backup is often open to all."""
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
    for name in _OWN_FILES:
        path = folder / name
        with contextlib.suppress(OSError):
            if not path.is_symlink():  # a link leads to a file that is none of ours
                path.chmod(0o600)
