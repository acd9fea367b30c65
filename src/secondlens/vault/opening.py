"""Making a vault and opening one."""

import contextlib
import errno
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged, NotAllowed, NotFound
from secondlens.vault._files import make_private_file, save_privately, sync_folder
from secondlens.vault.database import (
    checkpoint,
    connect,
    no_room,
    plain_errors,
    refuse_cut_short,
    transaction,
)
from secondlens.vault.keys import (
    DATABASE,
    KEY_FILE,
    PREVIOUS_KEY_FILE,
    VaultKey,
    new_keys,
    read_keys,
    refuse_weak,
    save_keys,
    unlock,
)
from secondlens.vault.lock import LOCK_FILE, take_lock
from secondlens.vault.recovery_code import new_recovery_code, read_recovery_code
from secondlens.vault.recovery_note import RECOVERY_FILE, RECOVERY_NOTE
from secondlens.vault.slots import Cost
from secondlens.vault.upgrades import refuse_unknown, upgrade
from secondlens.vault.vault import Vault

DEFAULT_COST = Cost()
_OWN_FILES = (
    *(DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"),
    *(KEY_FILE, PREVIOUS_KEY_FILE, LOCK_FILE, RECOVERY_FILE),
)


@dataclass(frozen=True, slots=True)
class NewVault:
    """A vault just made, open, and its recovery code: shown once, kept nowhere."""

    vault: Vault
    recovery_code: str


def create_vault(folder: Path, passphrase: str, *, cost: Cost = DEFAULT_COST) -> NewVault:
    """Make a vault in a folder that does not exist or is empty. Raises NotAllowed, NotFound.

    It is made beside its place and moved there whole, so a crash leaves no half vault. `cost` is what a guess
    at the passphrase costs; tests lower it to LEAST_COST to save time.
    """
    refuse_weak(passphrase)
    folder = folder.absolute()
    recovery_code = new_recovery_code()
    key, keys = new_keys(passphrase, read_recovery_code(recovery_code), cost)
    making = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    with _writable_place():
        _refuse_place(folder)
        making.mkdir(mode=0o700)
        try:
            _fill(making, key, keys)
            if folder.exists():
                folder.rmdir()
            making.rename(folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        sync_folder(folder.parent)
        return NewVault(_open_with(folder, key), recovery_code)


def open_vault(folder: Path, *, passphrase: str | None = None, recovery_code: str | None = None) -> Vault:
    """Open a vault with its passphrase or its recovery code. Refusing changes nothing on disk.

    Raises NotFound (no vault here), Locked (wrong secret, or in use), Damaged, NotAllowed (newer format).
    """
    folder = folder.absolute()
    with _writable_place():
        keys = read_keys(folder)
        refuse_cut_short(folder / DATABASE)  # before anyone waits for a passphrase to be worked through
        return _open_with(folder, unlock(keys, passphrase=passphrase, recovery_code=recovery_code))


def prove_passphrase(folder: Path, *, passphrase: str | None = None, recovery_code: str | None = None) -> None:
    """Check a secret against the key file alone, so also while the vault is open. Raises as `open_vault` does."""
    with _writable_place():
        unlock(read_keys(folder.absolute()), passphrase=passphrase, recovery_code=recovery_code)


def _fill(folder: Path, key: VaultKey, keys: dict[str, Any]) -> None:
    save_privately(folder / RECOVERY_FILE, RECOVERY_NOTE.encode())
    make_private_file(folder / LOCK_FILE)
    make_private_file(folder / DATABASE)
    with contextlib.closing(connect(folder / DATABASE, key, new=True)) as database, plain_errors():
        upgrade(database)
        with transaction(database):
            told = {"vault_id": bytes.fromhex(key.vault_id), "id_salt": secrets.token_bytes(32)}
            database.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", told.items())
        checkpoint(database)
    save_keys(folder, keys, key)


def _open_with(folder: Path, key: VaultKey) -> Vault:
    lock = take_lock(folder)
    try:
        database = connect(folder / DATABASE, key)
        try:
            with plain_errors():
                refuse_unknown(database)
                id_salt = _read_id_salt(database, key)
                upgrade(database)
                checkpoint(database)
        except BaseException:
            database.close()
            raise
    except BaseException:
        lock.release()
        raise
    lock.say_who()
    _keep_to_owner(folder)
    return Vault(folder, key, lock, database, id_salt)


def _refuse_place(folder: Path) -> None:
    if not folder.parent.is_dir():
        raise NotFound("The folder to make the vault in does not exist. Make it first, or choose another.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotAllowed("There is already something in this place. Choose a new name for the vault.")


def _read_id_salt(database: Any, key: VaultKey) -> bytes:
    """Read what ids are made with, from a database that names itself as this vault's."""
    meta = dict(database.execute("SELECT name, value FROM meta"))
    if meta.get("vault_id") != bytes.fromhex(key.vault_id) or not meta.get("id_salt"):
        raise Damaged(
            "The database (vault.db) belongs to another vault than the key file (vault.keys). "
            "Put together the files of one vault, or put back a copy of the folder if you have one.",
        )
    return bytes(meta["id_salt"])


def _keep_to_owner(folder: Path) -> None:
    """Close a vault to other users again: a copy or an unpacked backup is often open to all."""
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
    for name in _OWN_FILES:
        path = folder / name
        with contextlib.suppress(OSError):
            if not path.is_symlink():  # a link leads to a file that is none of ours
                path.chmod(0o600)


@contextlib.contextmanager
def _writable_place() -> Iterator[None]:
    """Turn what the operating system says about files into one of our sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise no_room() from None
        if error.errno == errno.ENAMETOOLONG:
            raise NotAllowed("This name is too long for this computer. Choose a shorter one.") from None
        raise NotAllowed(
            "This folder cannot be read or written by you. Choose a folder of your own on this computer.",
        ) from None
