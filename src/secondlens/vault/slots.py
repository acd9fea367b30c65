"""Slots: the ways to open one vault key. Each wraps the same key under a secret of its own.

A slot is a JSON object of vault.keys: `id`, `type`, `label`, `whose`, `created`, `kdf`, `commitment`, `wraps`. All
but the last two are authenticated by every wrap. The commitment tells a wrong secret from a damaged file, and
binds a slot to one secret (an AES-GCM wrap alone can be made to open under several). The slot of a trusted
person holds a plain age file instead, so that any age tool opens it; age authenticates it by itself.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from time import perf_counter
from typing import Any

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from secondlens.errors import BadInput, Damaged, NotAllowed
from secondlens.vault._canonical import Json, canonical, parse_canonical

PASSPHRASE = "passphrase"  # noqa: S105 - the name of a slot type
RECOVERY_CODE = "recovery-code"
PERSON = "age-x25519"
OWNER, HELPER = "owner", "helper"  # whose a slot is: reads through a helper's are written into the audit
KEY_BYTES = 32
_SALT_BYTES = 16
_WANTED_SECONDS = 0.6
_MOST_STEPS = 8  # of 64 MiB each: more could not be opened on a small computer or a phone of the same person
_NONCE_BYTES = 12


class DamagedKeys(Damaged):
    """The key file of the vault is here but its bytes are not what was written."""

    def __init__(self) -> None:
        super().__init__(
            "The key file of this vault (vault.keys) is damaged. Your records are still there, but closed. "
            "Put vault.keys back from a backup, or copy vault.keys.prev over it, and try again.",
        )


class UnusableRecipient(BadInput):
    """What should name a trusted person's key is no age recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at a passphrase costs (Argon2id, RFC 9106). `memory` is in KiB."""

    memory: int = 256 * 1024
    passes: int = 3
    lanes: int = 4


# New slots never cost less than this; tests use it because it takes a quarter of the time.
LEAST_COST = Cost(memory=64 * 1024)


def new_passphrase_slot(passphrase: str, cost: Cost, label: str = "", whose: str = OWNER) -> tuple[Json, bytes]:
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
    return _new_slot(PASSPHRASE, label, whose, kdf), _stretch(passphrase, salt, cost)


def new_recovery_slot(code: bytes, label: str = "") -> tuple[Json, bytes]:
    """Make a slot for 20 random bytes; being random, they need no slow derivation."""
    kdf = {"name": "hkdf-sha256", "salt": secrets.token_bytes(_SALT_BYTES).hex()}
    return _new_slot(RECOVERY_CODE, label, OWNER, kdf), code


def new_person_slot(recipient: str, label: str) -> Json:
    """Make the slot of a trusted person from their age recipient ("age1..."). Raises UnusableRecipient."""
    written = recipient.strip()
    try:
        pyrage.x25519.Recipient.from_str(written)
    except (pyrage.RecipientError, UnicodeEncodeError):
        raise UnusableRecipient(
            "This is not an age recipient. It begins with age1 and is 62 characters long; the person finds it "
            "beside their own key. Ask them to send it again.",
        ) from None
    return _new_slot(PERSON, label, HELPER, {"name": "age", "recipient": written})


def wrap_for_person(slot: Json, vault_key: bytes, bound: Json) -> Json:
    """Give the slot with an age file that holds the vault key, and the key line of the database."""
    inside = canonical(
        {
            **bound,
            "vault_key": vault_key.hex(),
            "database_key": derive(vault_key, bytes.fromhex(bound["vault_id"]), "db").hex(),
        }
    )
    recipient = pyrage.x25519.Recipient.from_str(slot["kdf"]["recipient"])
    armored = pyrage.encrypt(inside, [recipient], armored=True).decode()
    return {**slot, "wraps": [{"epoch": bound["epoch"], "age": armored}]}


def unwrap_for_person(slot: Json, identity: str, bound: Json) -> bytes | None:
    """Give the vault key from the age file; None when it is not for this identity. Raises DamagedKeys."""
    try:
        key = pyrage.x25519.Identity.from_str(identity)
    except (pyrage.IdentityError, UnicodeEncodeError):
        return None
    if slot["kdf"].get("recipient") != str(key.to_public()):
        return None
    sealed = _sealed_key(slot, bound)
    try:
        inside = parse_canonical(pyrage.decrypt(str(sealed.get("age")).encode(), [key]))
    except (pyrage.DecryptError, UnicodeEncodeError):
        raise DamagedKeys from None
    if inside is None or any(inside.get(name) != value for name, value in bound.items()):
        raise DamagedKeys
    return _read_hex(inside, "vault_key", KEY_BYTES)


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
    return _unseal(_sealed_key(slot, bound), derive(secret, salt, "wrap"), _bound_to(slot, bound))


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


def calibrated_cost() -> Cost:
    """Give the cost at which one guess takes about half a second here: measured now, between fixed bounds.

    Memory makes a guess dear for an attacker's hardware, so it is memory that grows and shrinks. The best of three
    counts: a computer that is busy at this moment must not make a weak vault.
    """
    steps = int(_WANTED_SECONDS / min(_seconds_of_a_guess() for _ in range(3)))
    return Cost(memory=min(max(steps, 1), _MOST_STEPS) * LEAST_COST.memory)


def _seconds_of_a_guess() -> float:
    began = perf_counter()
    _stretch("a passphrase of nobody", bytes(_SALT_BYTES), LEAST_COST)
    return max(perf_counter() - began, 0.001)


def _new_slot(kind: str, label: str, whose: str, kdf: Json) -> Json:
    return {
        "id": secrets.token_hex(8),
        "type": kind,
        "label": label,
        "whose": whose,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "kdf": kdf,
    }


def _sealed_key(slot: Json, bound: Json) -> Json:
    """The wrap of one epoch. Raises DamagedKeys when there is none."""
    wraps = slot.get("wraps")
    for sealed_key in wraps if isinstance(wraps, list) else ():
        if isinstance(sealed_key, dict) and sealed_key.get("epoch") == bound["epoch"]:
            return sealed_key
    raise DamagedKeys


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
