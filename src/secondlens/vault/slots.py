"""Slots: the ways to open one vault key. Each wraps the same key under a secret of its own.

A slot is a JSON object of vault.keys: `id`, `type`, `label`, `created`, `kdf`, `commitment`, `wraps`. All but
the last two are authenticated by every wrap. The commitment tells a wrong secret from a damaged file, and
binds a slot to one secret (an AES-GCM wrap alone can be made to open under several).
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from secondlens.errors import Damaged, NotAllowed
from secondlens.vault._canonical import Json, canonical

PASSPHRASE = "passphrase"  # noqa: S105 - the name of a slot type
RECOVERY_CODE = "recovery-code"
KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12


class DamagedKeys(Damaged):
    """The key file of the vault is here but its bytes are not what was written."""

    def __init__(self) -> None:
        super().__init__(
            "The key file of this vault (vault.keys) is damaged. Your records are still there, but closed. "
            "Put vault.keys back from a backup, or copy vault.keys.prev over it, and try again.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at a passphrase costs (Argon2id, RFC 9106). `memory` is in KiB."""

    memory: int = 256 * 1024
    passes: int = 3
    lanes: int = 4


# New slots never cost less than this; tests use it because it takes a quarter of the time.
LEAST_COST = Cost(memory=64 * 1024)


def new_passphrase_slot(passphrase: str, cost: Cost, label: str = "") -> tuple[Json, bytes]:
    """Make a slot without wraps, and the secret its wraps are made with."""
    if cost.memory < LEAST_COST.memory or cost.passes < LEAST_COST.passes or cost.lanes < 1:
        raise NotAllowed("A passphrase must be protected by at least 64 MiB and 3 passes. Choose a higher cost.")
    salt = secrets.token_bytes(_SALT_BYTES)
    kdf = {
        "name": "argon2id",
        "memory_kib": cost.memory,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": salt.hex(),
    }
    return _new_slot(PASSPHRASE, label, kdf), _stretch(passphrase, salt, cost)


def new_recovery_slot(code: bytes, label: str = "") -> tuple[Json, bytes]:
    """Make a slot for 20 random bytes; being random, they need no slow derivation."""
    kdf = {"name": "hkdf-sha256", "salt": secrets.token_bytes(_SALT_BYTES).hex()}
    return _new_slot(RECOVERY_CODE, label, kdf), code


def wrap(slot: Json, secret: bytes, vault_key: bytes, bound: Json) -> Json:
    """Give the slot with the vault key sealed into it. `bound` is {format, vault_id, epoch}."""
    salt = _read_hex(slot["kdf"], "salt", _SALT_BYTES)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(derive(secret, salt, "wrap")).encrypt(nonce, vault_key, _bound_to(slot, bound))
    sealed_key = {"epoch": bound["epoch"], "nonce": nonce.hex(), "sealed": sealed.hex()}
    return {**slot, "commitment": derive(secret, salt, "commitment").hex(), "wraps": [sealed_key]}


def unwrap(slot: Json, secret: bytes, bound: Json) -> bytes | None:
    """Give the vault key; None when the secret is not this slot's. Raises DamagedKeys."""
    salt = _read_hex(slot["kdf"], "salt", _SALT_BYTES)
    commitment = _read_hex(slot, "commitment", KEY_BYTES)
    if not compare_digest(commitment, derive(secret, salt, "commitment")):
        return None
    wraps = slot.get("wraps")
    for sealed_key in wraps if isinstance(wraps, list) else ():
        if isinstance(sealed_key, dict) and sealed_key.get("epoch") == bound["epoch"]:
            return _unseal(sealed_key, derive(secret, salt, "wrap"), _bound_to(slot, bound))
    raise DamagedKeys


def passphrase_secret(slot: Json, passphrase: str) -> bytes:
    """Stretch a passphrase as the slot says. Raises DamagedKeys when what it says is out of bounds."""
    kdf = slot["kdf"]
    if kdf.get("name") != "argon2id":
        raise DamagedKeys
    cost = Cost(
        memory=_read_number(kdf, "memory_kib", 19 * 1024, 1024 * 1024),
        passes=_read_number(kdf, "passes", 1, 20),
        lanes=_read_number(kdf, "lanes", 1, 16),
    )
    return _stretch(passphrase, _read_hex(kdf, "salt", _SALT_BYTES), cost)


def derive(secret: bytes, salt: bytes, purpose: str) -> bytes:
    """Derive 32 bytes for one purpose: HKDF-SHA256 (RFC 5869), info "secondlens vault/1 PURPOSE"."""
    return HKDF(SHA256(), KEY_BYTES, salt, f"secondlens vault/1 {purpose}".encode()).derive(secret)


def same_letters(passphrase: str) -> str:
    """Spell a passphrase one way, whatever keyboard typed it: NFC, no white space at its ends."""
    return unicodedata.normalize("NFC", passphrase.strip())


def _new_slot(kind: str, label: str, kdf: Json) -> Json:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return {"id": secrets.token_hex(8), "type": kind, "label": label, "created": created, "kdf": kdf}


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    try:
        return Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory,
        ).derive(same_letters(passphrase).encode())
    except MemoryError:
        raise NotAllowed(
            "There is not enough free memory to open the vault. Close other programs and try again.",
        ) from None


def _bound_to(slot: Json, bound: Json) -> bytes:
    told = {name: value for name, value in slot.items() if name not in {"commitment", "wraps"}}
    return canonical({**bound, "slot": told})


def _unseal(sealed_key: Json, key: bytes, bound_to: bytes) -> bytes:
    nonce = _read_hex(sealed_key, "nonce", _NONCE_BYTES)
    sealed = _read_hex(sealed_key, "sealed", KEY_BYTES + 16)
    try:
        return AESGCM(key).decrypt(nonce, sealed, bound_to)
    except InvalidTag:
        raise DamagedKeys from None


def _read_hex(where: Json, name: str, size: int) -> bytes:
    text: Any = where.get(name)
    try:
        value = bytes.fromhex(text)
    except (TypeError, ValueError):
        raise DamagedKeys from None
    if len(value) != size or value.hex() != text:
        raise DamagedKeys
    return value


def _read_number(where: Json, name: str, least: int, most: int) -> int:
    value: Any = where.get(name)
    if type(value) is not int or not least <= value <= most:
        raise DamagedKeys
    return value
