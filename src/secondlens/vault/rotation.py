"""Replacing the key of a vault: a new epoch in a new file, verified, then swapped in.

Killed at any moment, the vault opens: (1) vault.keys holds both epochs, (2) a new database is written, checked and
renamed over the old one, (3) vault.keys holds the new epoch alone. Which of the two the database is tells whether
a rotation that was cut off is finished or taken back.
"""

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged, Locked, NotAllowed
from secondlens.vault._canonical import Json
from secondlens.vault._files import sync_folder
from secondlens.vault.check import check_database
from secondlens.vault.database import connect, copy_with_key, empty_log, opens_with
from secondlens.vault.keyring import Keyring, Unlocked, unlock
from secondlens.vault.keys import (
    DATABASE,
    KEY_FILE,
    PREVIOUS_KEY_FILE,
    VaultKey,
    new_vault_key,
    read_key_file,
    read_keys,
)
from secondlens.vault.ledger import read_ledger
from secondlens.vault.refusals import refuse_no_room
from secondlens.vault.slots import OWNER, Cost, calibrated_cost

NEW_DATABASE = f"{DATABASE}.new"


class HalfReplaced(Locked):
    """The key was being replaced when the program stopped, and this way in reaches only the other half."""


def rotate(keyring: Keyring, database: Any, passphrase: str, recovery_code: str, cost: Cost | None) -> Any:
    """Encrypt the database anew under a new key, and give the connection to it; the old one is closed.

    The caller holds the vault's lock. Raises Locked for a wrong passphrase, NotAllowed for one that is not the
    owner's, NoRoom. When anything fails before the swap, the vault stays as it was; after it, opening the vault
    finishes what was begun.
    """
    folder = keyring.folder
    if unlock(read_keys(folder), passphrase=passphrase).way.whose != OWNER:
        raise NotAllowed("This is not the owner's passphrase. Type the passphrase of the owner of the vault.")
    refuse_no_room(folder, (folder / DATABASE).stat().st_size)
    empty_log(database)
    next_key = new_vault_key(keyring.key.vault_id, keyring.key.epoch + 1)
    slots = keyring.slots_for(next_key, passphrase, recovery_code, cost or calibrated_cost())
    keyring.begin_replacing(next_key, slots)
    try:
        _write_anew(folder, database, next_key)
        database.close()
        swap_in(folder)
    except BaseException:
        forget_unfinished(folder)
        # What failed may have failed after the swap: then both epochs must stay in the key file.
        if opens_with(folder / DATABASE, keyring.key):
            keyring.drop_replacing()
        raise
    keyring.end_replacing(next_key)
    return connect(folder / DATABASE, next_key)


def settle(folder: Path, keys: Json, opened: Unlocked) -> Keyring:
    """Give the keyring of a vault about to be opened; a rotation that was cut off is finished or taken back.

    The caller holds the vault's lock. Raises HalfReplaced when this secret reaches only the other half.
    """
    forget_unfinished(folder)
    if "next" not in keys:
        assert opened.key  # noqa: S101 - unlock gives no other key for such a file
        keyring = Keyring(folder, keys, opened.key, opened.way)
        if _epoch_of_copy(folder) < opened.key.epoch:  # cut off between the file and its copy
            keyring.save_both()
        return keyring
    if opened.key and opens_with(folder / DATABASE, opened.key):
        keyring = Keyring(folder, keys, opened.key, opened.way)
        keyring.drop_replacing()
        return keyring
    if opened.next_key and opens_with(folder / DATABASE, opened.next_key):
        keyring = Keyring(folder, keys, opened.next_key, opened.way)
        keyring.end_replacing(opened.next_key)
        return keyring
    if opened.key and opened.next_key:
        raise Damaged(
            "The database (vault.db) does not belong to this vault's keys, or its start is damaged. "
            "Restore a backup, or put back a copy of the folder if you have one."
        )
    raise HalfReplaced(
        "The key of this vault was being replaced when the program stopped. Open it once with your own "
        "passphrase; after that the other ways in work again."
    )


def forget_unfinished(folder: Path) -> None:
    """Remove a new database that never took the old one's place, and half-written key files."""
    for ending in ("", "-wal", "-shm", "-journal"):
        (folder / f"{NEW_DATABASE}{ending}").unlink(missing_ok=True)
    for name in (KEY_FILE, PREVIOUS_KEY_FILE):
        (folder / f"{name}.new").unlink(missing_ok=True)


def _epoch_of_copy(folder: Path) -> int:
    """The epoch of vault.keys.prev; a copy that cannot be read is left for the check to tell."""
    try:
        return int(read_key_file(folder / PREVIOUS_KEY_FILE)["epoch"])
    except (OSError, Damaged, NotAllowed):
        return sys.maxsize


def swap_in(folder: Path) -> None:
    """Put the new database in the place of the old one. A log left beside it would be taken for its own."""
    for ending in ("-wal", "-shm"):
        (folder / f"{DATABASE}{ending}").unlink(missing_ok=True)
    (folder / NEW_DATABASE).replace(folder / DATABASE)
    sync_folder(folder)


def _write_anew(folder: Path, database: Any, next_key: VaultKey) -> None:
    end = read_ledger(database).end(database)
    copy_with_key(database, folder / NEW_DATABASE, next_key)
    report = check_database(folder / NEW_DATABASE, next_key, full=True)
    if not report.ok or report.end != end:
        raise Damaged(
            "The newly encrypted vault was not the same as the old one, so the old one stays as it is. "
            "Check the vault, then try again."
        )
    with closing(connect(folder / NEW_DATABASE, next_key)) as fresh:
        empty_log(fresh)
