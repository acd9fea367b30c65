"""The key file, vault.keys: which slots open the vault, bound together so that no part can be exchanged.

`checksum` needs no key: it tells decay from a wrong passphrase before anyone is asked to try again. `mac`
needs the vault key: it tells a forged file after unlocking. Slots and fields we do not know are kept as they are.
While the vault key is being replaced, `next` holds the slots of the new one, and `next_mac` is made with it.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from secondlens.errors import Damaged, NotAllowed, NotFound
from secondlens.vault._canonical import Json, canonical, parse_canonical
from secondlens.vault._files import save_privately
from secondlens.vault.slots import (
    KEY_BYTES,
    Cost,
    DamagedKeys,
    derive,
    new_passphrase_slot,
    new_recovery_slot,
    wrap,
)

KEY_FILE = "vault.keys"
PREVIOUS_KEY_FILE = "vault.keys.prev"
DATABASE = "vault.db"
FORMAT = "secondlens-vault/1"
_READER = 1
_LARGEST = 1024 * 1024
_SIGNATURES = {"mac", "next_mac", "checksum"}


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


def new_vault_key(vault_id: str, epoch: int) -> VaultKey:
    """Draw the key of a new epoch."""
    return VaultKey(vault_id=vault_id, epoch=epoch, secret=secrets.token_bytes(KEY_BYTES))


def new_keys(passphrase: str, recovery_secret: bytes, cost: Cost) -> tuple[VaultKey, Json]:
    """Make the key of a new vault, and the content of its key file with a passphrase and a recovery slot."""
    key = new_vault_key(secrets.token_hex(16), 1)
    slots = (new_passphrase_slot(passphrase, cost), new_recovery_slot(recovery_secret))
    return key, {
        **bound_to(key),
        "min_reader": _READER,
        "serial": 1,
        "features": {"required": [], "read_only": [], "optional": []},
        "slots": [wrap(slot, secret, key.secret, bound_to(key)) for slot, secret in slots],
    }


def bound_to(key: VaultKey) -> Json:
    """Give what every wrap of a key is bound to, besides its slot."""
    return {"format": FORMAT, "vault_id": key.vault_id, "epoch": key.epoch}


def save_keys(folder: Path, keys: Json, key: VaultKey, next_key: VaultKey | None = None) -> None:
    """Write the key file, signed with the key; the one before it becomes vault.keys.prev.

    A new vault gets both alike, so that one bad spot on a disk does not close it for ever.
    """
    content = sign_keys(keys, key, next_key)
    current = folder / KEY_FILE
    save_privately(folder / PREVIOUS_KEY_FILE, current.read_bytes() if current.exists() else content)
    save_privately(current, content)


def sign_keys(keys: Json, key: VaultKey, next_key: VaultKey | None = None) -> bytes:
    """Spell a key file as it is on disk, signed with its key, and with the next one while that is being put in."""
    told = {name: value for name, value in keys.items() if name not in _SIGNATURES}
    signed = {**told, "mac": _mac(told, key)}
    if next_key:
        signed["next_mac"] = _mac(told, next_key)
    return canonical({**signed, "checksum": _checksum(signed)}) + b"\n"


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
    keys = parse_canonical(content[:-1]) if content.endswith(b"\n") else None
    if keys is None:
        raise DamagedKeys
    _refuse_newer(keys)
    if keys.get("format") != FORMAT or keys.get("checksum") != _checksum(keys) or not _well_formed(keys):
        raise DamagedKeys
    return keys


def verify_keys(keys: Json, key: VaultKey) -> None:
    """Raise DamagedKeys unless the key file is the one that was signed with this key."""
    name = "mac" if key.epoch == keys["epoch"] else "next_mac"
    told = {field: value for field, value in keys.items() if field not in _SIGNATURES}
    if not hmac.compare_digest(_mac(told, key).encode(), str(keys.get(name)).encode(errors="replace")):
        raise DamagedKeys


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
    following = keys.get("next")
    return (
        re.fullmatch(r"[0-9a-f]{32}", str(keys.get("vault_id"))) is not None
        and type(keys.get("serial", 0)) is int
        and _is_epoch(keys)
        and (following is None or (isinstance(following, dict) and _is_epoch(following)))
        and (following is None or following["epoch"] == keys["epoch"] + 1)
    )


def _is_epoch(keys: Json) -> bool:
    slots = keys.get("slots")
    return (
        type(keys.get("epoch")) is int
        and isinstance(slots, list)
        and all(
            isinstance(slot, dict)
            and isinstance(slot.get("kdf"), dict)
            and all(isinstance(slot.get(name, ""), str) for name in ("id", "type", "label", "whose", "created"))
            and "type" in slot
            for slot in slots
        )
    )


def _mac(told: Json, key: VaultKey) -> str:
    return hmac.new(key.part("header-mac"), canonical(told), sha256).hexdigest()


def _checksum(keys: Json) -> str:
    told = {name: value for name, value in keys.items() if name != "checksum"}
    return sha256(canonical(told)).hexdigest()
