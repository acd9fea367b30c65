"""The key file, vault.keys: which slots open the vault, bound together so that no part can be exchanged.

`checksum` needs no key: it tells decay from a wrong passphrase before anyone is asked to try again. `mac`
needs the vault key: it tells a forged file after unlocking. Slots and fields we do not know are kept as they are.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged, Locked, NotAllowed, NotFound
from secondlens.vault._canonical import Json, canonical, parse_canonical
from secondlens.vault._files import save_privately
from secondlens.vault.recovery_code import read_recovery_code
from secondlens.vault.slots import (
    KEY_BYTES,
    PASSPHRASE,
    RECOVERY_CODE,
    Cost,
    DamagedKeys,
    derive,
    new_passphrase_slot,
    new_recovery_slot,
    passphrase_secret,
    unwrap,
    wrap,
)

KEY_FILE = "vault.keys"
PREVIOUS_KEY_FILE = "vault.keys.prev"
DATABASE = "vault.db"
FORMAT = "secondlens-vault/1"
_READER = 1
_LARGEST = 1024 * 1024
_LONGEST_PASSPHRASE = 1024


class WrongPassphrase(Locked):
    """The passphrase is not the one of any slot."""


class WrongRecoveryCode(Locked):
    """The recovery code is well typed, and not this vault's."""


class NewerVault(NotAllowed):
    """The vault needs a newer Secondlens than this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKey:
    """The one secret everything in a vault hangs on, of one epoch. Never printed."""

    vault_id: str
    epoch: int
    secret: bytes = field(repr=False)

    def part(self, purpose: str) -> bytes:
        """Derive the 32-byte key of one purpose: "db", "header-mac", "ledger", ..."""
        return derive(self.secret, bytes.fromhex(self.vault_id), purpose)


def new_keys(passphrase: str, recovery_secret: bytes, cost: Cost) -> tuple[VaultKey, Json]:
    """Make the key of a new vault, and the content of its key file with a passphrase and a recovery slot."""
    key = VaultKey(vault_id=secrets.token_hex(16), epoch=1, secret=secrets.token_bytes(KEY_BYTES))
    bound = {"format": FORMAT, "vault_id": key.vault_id, "epoch": key.epoch}
    slots = (new_passphrase_slot(passphrase, cost), new_recovery_slot(recovery_secret))
    return key, {
        **bound,
        "min_reader": _READER,
        "features": {"required": [], "read_only": [], "optional": []},
        "slots": [wrap(slot, secret, key.secret, bound) for slot, secret in slots],
    }


def save_keys(folder: Path, keys: Json, key: VaultKey) -> None:
    """Write the key file, signed with the key; the one before it becomes vault.keys.prev.

    A new vault gets both alike, so that one bad spot on a disk does not close it for ever.
    """
    content = canonical(_signed(keys, key)) + b"\n"
    current = folder / KEY_FILE
    save_privately(folder / PREVIOUS_KEY_FILE, current.read_bytes() if current.exists() else content)
    save_privately(current, content)


def read_keys(folder: Path) -> Json:
    """Read the key file. Raises NotFound, Damaged or NewerVault; nothing secret is needed or touched."""
    path = folder / KEY_FILE
    if not path.is_file():
        if (folder / DATABASE).exists() or (folder / PREVIOUS_KEY_FILE).exists():
            raise Damaged(
                "The key file (vault.keys) is missing from this vault, so it cannot be opened. "
                "Put vault.keys back from a copy of the folder, or make a copy of vault.keys.prev with that name.",
            )
        raise NotFound("There is no vault in this folder. Choose the folder whose name ends in .vault.")
    return read_key_file(path)


def read_key_file(path: Path) -> Json:
    """Read one key file that is there. Raises DamagedKeys or NewerVault."""
    with path.open("rb") as file:
        content = file.read(_LARGEST)  # more than that is no key file, and its first part does not parse
    keys = parse_canonical(content)
    if keys is None:
        raise DamagedKeys
    _refuse_newer(keys)
    if keys.get("format") != FORMAT or keys.get("checksum") != _checksum(keys) or not _well_formed(keys):
        raise DamagedKeys
    return keys


def unlock(keys: Json, *, passphrase: str | None = None, recovery_code: str | None = None) -> VaultKey:
    """Open a key file with one secret. Raises Locked for a wrong one, Damaged for a forged file."""
    if recovery_code is not None:
        secret = read_recovery_code(recovery_code)
        opened = _first_opened(keys, RECOVERY_CODE, lambda _slot: secret)
        wrong: Locked = WrongRecoveryCode(
            "This recovery code belongs to another vault, or was replaced. "
            "Look for the newest recovery sheet, or use your passphrase.",
        )
    else:
        wrong = WrongPassphrase(
            "This passphrase does not open the vault. Try again, or use your recovery code.",
        )
        if not passphrase or len(passphrase) > _LONGEST_PASSPHRASE or not _is_text(passphrase):
            raise wrong
        opened = _first_opened(keys, PASSPHRASE, lambda slot: passphrase_secret(slot, passphrase))
    if opened is None:
        raise wrong
    key = VaultKey(vault_id=keys["vault_id"], epoch=keys["epoch"], secret=opened)
    verify_keys(keys, key)
    return key


def verify_keys(keys: Json, key: VaultKey) -> None:
    """Raise DamagedKeys unless the key file is the one that was signed with this key."""
    if not hmac.compare_digest(_mac(keys, key), str(keys.get("mac")).encode(errors="replace")):
        raise DamagedKeys


def refuse_weak(passphrase: str) -> None:
    """Raise NotAllowed for a passphrase that is easy to guess or cannot be typed again."""
    if len(passphrase) > _LONGEST_PASSPHRASE:
        raise NotAllowed("This passphrase is longer than 1024 characters. Choose a shorter one.")
    if not _is_text(passphrase):
        raise NotAllowed("This passphrase has characters that cannot be typed again. Choose other ones.")
    letters = passphrase.strip().casefold()
    if not letters:
        raise NotAllowed("The passphrase is empty. Choose four or more words that only you would put together.")
    if len(letters) < 12:
        raise NotAllowed("This passphrase is too short. Use at least 12 characters, such as four unrelated words.")
    steps = {ord(after) - ord(before) for before, after in pairwise(letters)}
    if len(set(letters)) < 6 or len(steps) < 4:
        raise NotAllowed("This passphrase is easy to guess: it repeats or counts. Use four unrelated words.")


def _first_opened(keys: Json, kind: str, secret_of: Any) -> bytes | None:
    bound = {name: keys[name] for name in ("format", "vault_id", "epoch")}
    for slot in keys["slots"]:
        if slot["type"] == kind:
            opened = unwrap(slot, secret_of(slot), bound)
            if opened is not None:
                return opened
    return None


def _refuse_newer(keys: Json) -> None:
    number = re.fullmatch(r"secondlens-vault/(\d{1,6})", str(keys.get("format")))
    reader = keys.get("min_reader")
    needs = max(int(number[1]) if number else 0, reader if isinstance(reader, int) else 0)
    if needs > _READER:
        raise NewerVault(
            f"This vault has format {needs}; this Secondlens reads format {_READER}. "
            "Install the newest Secondlens and open the vault with it.",
        )
    features = keys.get("features")
    if isinstance(features, dict) and (features.get("required") or features.get("read_only")):
        raise NewerVault(
            "This vault uses parts that this version of Secondlens (vault format 1) does not know. "
            "Install the newest Secondlens and open the vault with it.",
        )


def _well_formed(keys: Json) -> bool:
    slots = keys.get("slots")
    return (
        type(keys.get("epoch")) is int
        and re.fullmatch(r"[0-9a-f]{32}", str(keys.get("vault_id"))) is not None
        and isinstance(slots, list)
        and all(isinstance(slot, dict) and isinstance(slot.get("kdf"), dict) and "type" in slot for slot in slots)
    )


def _signed(keys: Json, key: VaultKey) -> Json:
    signed = {**keys, "mac": _mac(keys, key).decode()}
    return {**signed, "checksum": _checksum(signed)}


def _mac(keys: Json, key: VaultKey) -> bytes:
    told = {name: value for name, value in keys.items() if name not in {"mac", "checksum"}}
    return hmac.new(key.part("header-mac"), canonical(told), sha256).hexdigest().encode()


def _checksum(keys: Json) -> str:
    told = {name: value for name, value in keys.items() if name != "checksum"}
    return sha256(canonical(told)).hexdigest()


def _is_text(passphrase: str) -> bool:
    """Half characters, left over from a broken keyboard or terminal, have no bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in passphrase)
