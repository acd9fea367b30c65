"""The ways into a vault, and the keyring of an open one: who can open it, and changing that.

Every change of the key file is saved whole before it counts. What leaves the file leaves its copy too, so that a
way that was taken away does not stay in vault.keys.prev.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from secondlens.errors import Locked, NotAllowed, NotFound
from secondlens.vault._canonical import Json
from secondlens.vault._files import save_privately
from secondlens.vault.keys import (
    KEY_FILE,
    PREVIOUS_KEY_FILE,
    VaultKey,
    bound_to,
    save_keys,
    sign_keys,
    verify_keys,
)
from secondlens.vault.ledger import Anchor
from secondlens.vault.passphrases import can_be_one, refuse_weak
from secondlens.vault.recovery_code import read_recovery_code
from secondlens.vault.slots import (
    HELPER,
    OWNER,
    PASSPHRASE,
    PERSON,
    RECOVERY_CODE,
    Cost,
    new_passphrase_slot,
    new_person_slot,
    new_recovery_slot,
    passphrase_secret,
    unwrap,
    unwrap_for_person,
    wrap,
    wrap_for_person,
)

_Opens = Callable[[Json, Json], bytes | None]


class WrongPassphrase(Locked):
    """The passphrase is not the one of any slot."""

    def __init__(self) -> None:
        super().__init__("This passphrase does not open the vault. Try again, or use your recovery code.")


class WrongRecoveryCode(Locked):
    """The recovery code is well typed, and not this vault's."""

    def __init__(self) -> None:
        super().__init__(
            "This recovery code belongs to another vault, or was replaced. "
            "Look for the newest recovery sheet, or use your passphrase.",
        )


class WrongIdentity(Locked):
    """The age key is not one of a trusted person of this vault."""

    def __init__(self) -> None:
        super().__init__(
            "This age key does not open the vault. Check that it is the one you gave to the owner, "
            "or ask the owner to add it again.",
        )


class LastWay(NotAllowed):
    """Without this way nobody could open the vault any more, or not when the passphrase is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way into a vault. `kind` is the type of its slot, `whose` "owner" or "helper", `created` UTC."""

    id: str
    kind: str
    label: str
    whose: str
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """What one secret opened: the key of the file's epoch, the one that is being put in its place, or both."""

    way: Way
    key: VaultKey | None
    next_key: VaultKey | None = None


def unlock(
    keys: Json,
    *,
    passphrase: str | None = None,
    recovery_code: str | None = None,
    identity: str | None = None,
) -> Unlocked:
    """Open a key file with one secret. Raises Locked for a wrong one, Damaged for a forged file."""
    wrong: type[WrongPassphrase | WrongRecoveryCode | WrongIdentity]
    if recovery_code is not None:
        kind, opens, wrong = RECOVERY_CODE, _by_recovery_code(recovery_code), WrongRecoveryCode
    elif identity is not None:
        kind, opens, wrong = PERSON, _by_identity(identity), WrongIdentity
    else:
        kind, opens, wrong = PASSPHRASE, _by_passphrase(passphrase or ""), WrongPassphrase
        if not can_be_one(passphrase or ""):
            raise WrongPassphrase
    now = _first_opened(keys, keys, kind, opens)
    following = _first_opened(keys, keys["next"], kind, opens) if "next" in keys else None
    found = now or following
    if found is None:
        raise wrong
    return Unlocked(way=found[0], key=now and now[1], next_key=following and following[1])


def ways_of(keys: Json) -> tuple[Way, ...]:
    """The ways in, oldest first; also those that only a later version can use."""
    return tuple(map(_way, keys["slots"]))


class Keyring:
    """The key of an open vault and its key file. Guards what is on disk; one process holds a vault at a time."""

    def __init__(self, folder: Path, keys: Json, key: VaultKey, way: Way) -> None:
        self.folder = folder
        self.key = key
        self.way = way
        self._keys = keys

    @property
    def serial(self) -> int:
        """How often the keys were changed; a file from before this was counted says 0."""
        return int(self._keys.get("serial", 0))

    @property
    def anchor(self) -> Anchor | None:
        """Where the ledger ended when the file was last saved."""
        told = self._keys.get("anchor")
        if not isinstance(told, dict) or set(told) != {field.name for field in fields(Anchor)}:
            return None
        return Anchor(**told)

    def ways(self) -> tuple[Way, ...]:
        """The ways in, oldest first."""
        return ways_of(self._keys)

    def add_passphrase(self, passphrase: str, *, label: str, whose: str, cost: Cost) -> Way:
        """Let one more passphrase open the vault. Raises NotAllowed for a weak one."""
        refuse_weak(passphrase)
        slot = self._wrap(new_passphrase_slot(passphrase, cost, label, whose))
        self._save([*self._keys["slots"], slot])
        return _way(slot)

    def change_passphrase(self, way_id: str, passphrase: str, *, cost: Cost) -> Way:
        """Put another passphrase in the place of one. Raises NotFound, NotAllowed."""
        refuse_weak(passphrase)
        old = self._slot(way_id)
        if old["type"] != PASSPHRASE:
            raise NotAllowed("Only a passphrase can be changed. Remove this way in, and add another.")
        whose = old.get("whose", OWNER)
        slot = self._wrap(new_passphrase_slot(passphrase, cost, old.get("label", ""), whose))
        self._save([slot if one is old else one for one in self._keys["slots"]], forget=True)
        return _way(slot)

    def add_person(self, recipient: str, *, label: str) -> Way:
        """Let a trusted person's age key open the vault. Raises UnusableRecipient."""
        slot = wrap_for_person(new_person_slot(recipient, label), self.key.secret, bound_to(self.key))
        self._save([*self._keys["slots"], slot])
        return _way(slot)

    def set_recovery_code(self, code: str, *, keep_others: bool) -> Way:
        """Let a code open the vault that the person has on paper already; the codes before it end, unless kept."""
        slot = self._wrap(new_recovery_slot(read_recovery_code(code)))
        others = [one for one in self._keys["slots"] if keep_others or one["type"] != RECOVERY_CODE]
        self._save([*others, slot], forget=not keep_others)
        return _way(slot)

    def remove(self, way_id: str) -> Way:
        """Take a way in away. Raises NotFound, and LastWay for the owner's last passphrase or recovery code."""
        slot = self._slot(way_id)
        left = [one for one in self._keys["slots"] if one is not slot]
        if slot["type"] == PASSPHRASE and not any(_is_owners(one, PASSPHRASE) for one in left):
            raise LastWay("This is your last passphrase. Add another one first, then remove this one.")
        if slot["type"] == RECOVERY_CODE and not any(_is_owners(one, RECOVERY_CODE) for one in left):
            raise LastWay(
                "This is your last recovery code. Make a new one instead; this one ends when the new one begins."
            )
        self._save(left, forget=True)
        return _way(slot)

    def save_anchor(self, anchor: Anchor) -> None:
        """Write where the ledger ends now. The copy of the file stays as it is: only keys make a new one."""
        keys = {**self._keys, "anchor": asdict(anchor)}
        save_privately(self.folder / KEY_FILE, sign_keys(keys, self.key))
        self._keys = keys

    def spelled_with(self, anchor: Anchor | None) -> bytes:
        """The key file as it belongs beside a copy of the database that ends at an anchor, or has no ledger."""
        told = {**self._keys, "anchor": anchor and asdict(anchor)}
        return sign_keys(told, self.key)

    def save_both(self) -> None:
        """Write the key file and its copy alike."""
        content = sign_keys(self._keys, self.key)
        save_privately(self.folder / KEY_FILE, content)
        save_privately(self.folder / PREVIOUS_KEY_FILE, content)

    def begin_replacing(self, next_key: VaultKey, slots: list[Json]) -> None:
        """Write both epochs into the file: the old slots for the old key, new ones for the new key."""
        keys = {**self._keys, "next": {"epoch": next_key.epoch, "slots": slots}}
        save_keys(self.folder, keys, self.key, next_key)
        self._keys = keys

    def end_replacing(self, next_key: VaultKey) -> None:
        """Make the new key the only one, in the file and in its copy."""
        keys = finished_replacing(self._keys)
        self.key, self._keys = next_key, keys
        self.save_both()

    def drop_replacing(self) -> None:
        """Go on with the old key alone."""
        self._keys = {name: value for name, value in self._keys.items() if name not in {"next", "next_mac"}}
        self.save_both()

    def slots_for(self, next_key: VaultKey, passphrase: str, recovery_code: str, cost: Cost) -> list[Json]:
        """Give the slots of a new key: the owner's passphrase, the recovery code, and the trusted persons.

        Other passphrases cannot come along, because nobody here knows them; slots of later versions neither.
        """
        bound = bound_to(next_key)
        fresh = (
            new_passphrase_slot(passphrase, cost),
            new_recovery_slot(read_recovery_code(recovery_code)),
        )
        slots = [wrap(self._named_as_before(slot), secret, next_key.secret, bound) for slot, secret in fresh]
        people = (slot for slot in self._keys["slots"] if slot["type"] == PERSON)
        return slots + [wrap_for_person(slot, next_key.secret, bound) for slot in people]

    def _named_as_before(self, slot: Json) -> Json:
        """Let the owner's new slot go on under id and label of the first one of its type: lists stay readable."""
        old: Json = next((one for one in self._keys["slots"] if _is_owners(one, slot["type"])), {})
        return slot | {name: old[name] for name in ("id", "label") if name in old}

    def _wrap(self, fresh: tuple[Json, bytes]) -> Json:
        return wrap(*fresh, self.key.secret, bound_to(self.key))

    def _slot(self, way_id: str) -> Json:
        found = next((slot for slot in self._keys["slots"] if slot.get("id") == way_id), None)
        if found is None:
            raise NotFound("There is no such way into this vault. Look at the list of ways in again.")
        slot: Json = found
        return slot

    def _save(self, slots: list[Json], *, forget: bool = False) -> None:
        keys = {**self._keys, "slots": slots, "serial": self.serial + 1}
        if forget:
            self._keys = keys
            self.save_both()
        else:
            save_keys(self.folder, keys, self.key)
            self._keys = keys


def finished_replacing(keys: Json) -> Json:
    """The content of a key file after the next key took the place of the one before."""
    following = keys["next"]
    kept = {name: value for name, value in keys.items() if name not in {"next", "next_mac"}}
    return {
        **kept,
        "epoch": following["epoch"],
        "slots": following["slots"],
        "serial": int(keys.get("serial", 0)) + 1,
    }


def _by_recovery_code(code: str) -> _Opens:
    secret = read_recovery_code(code)
    return lambda slot, bound: unwrap(slot, secret, bound)


def _by_passphrase(passphrase: str) -> _Opens:
    return lambda slot, bound: unwrap(slot, passphrase_secret(slot, passphrase), bound)


def _by_identity(text: str) -> _Opens:
    lines = (line.strip() for line in text.splitlines())
    secret = next((line for line in lines if line.upper().startswith("AGE-SECRET-KEY-")), "")
    return lambda slot, bound: unwrap_for_person(slot, secret, bound)


def _first_opened(keys: Json, epoch: Json, kind: str, opens: _Opens) -> tuple[Way, VaultKey] | None:
    """Try the slots of one epoch in turn; what opens must also have signed the file."""
    bound = {"format": keys["format"], "vault_id": keys["vault_id"], "epoch": epoch["epoch"]}
    for slot in epoch["slots"]:
        secret = opens(slot, bound) if slot["type"] == kind else None
        if secret is not None:
            key = VaultKey(vault_id=keys["vault_id"], epoch=epoch["epoch"], secret=secret)
            verify_keys(keys, key)
            return _way(slot), key
    return None


def _way(slot: Json) -> Way:
    whose = slot.get("whose", OWNER)
    return Way(
        id=slot.get("id", ""),
        kind=slot["type"],
        label=slot.get("label", ""),
        whose=whose if whose == OWNER else HELPER,
        created=slot.get("created", ""),
    )


def _is_owners(slot: Json, kind: str) -> bool:
    return bool(slot["type"] == kind and slot.get("whose", OWNER) == OWNER)
