import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from secondlens.errors import Damaged, NotAllowed, SecondlensError
from secondlens.vault import LEAST_COST, Cost
from secondlens.vault._canonical import canonical, parse_canonical
from secondlens.vault._files import make_private_file, save_privately
from secondlens.vault.keyring import unlock
from secondlens.vault.keys import VaultKey, _checksum, new_keys, read_keys, save_keys, verify_keys
from secondlens.vault.recovery_code import read_recovery_code
from secondlens.vault.slots import DamagedKeys, new_passphrase_slot, passphrase_secret
from tests.vault.making import PASSPHRASE, Place, key_of


def _accepted(folder: Path, content: bytes, code: str) -> bool:
    """Try a key file. Anything but a typed error or acceptance fails the test by itself."""
    (folder / "vault.keys").write_bytes(content + b"\n")
    try:
        unlock(read_keys(folder), recovery_code=code)
    except SecondlensError:
        return False
    return True


def test_no_bit_of_the_key_file_can_flip_unnoticed(place: Place) -> None:
    content = (place.folder / "vault.keys").read_bytes().rstrip(b"\n")
    for where in range(len(content)):
        flipped = bytearray(content)
        flipped[where] ^= 1 << where % 8
        assert not _accepted(place.folder, bytes(flipped), place.recovery_code), where


def test_thousands_of_mutations_are_never_accepted_and_always_said_in_words(place: Place) -> None:
    content = (place.folder / "vault.keys").read_bytes().rstrip(b"\n")
    chance = random.Random(20261122)  # noqa: S311 - the same mutations every time
    for _ in range(4000):
        mutant = bytes(_mutated(bytearray(content), chance))
        if mutant.rstrip(b"\n") != content:
            assert not _accepted(place.folder, mutant, place.recovery_code), mutant


def test_forgeries_with_a_right_checksum_are_never_accepted(place: Place) -> None:
    keys = json.loads((place.folder / "vault.keys").read_bytes())
    forged = 0
    for mutant in _forgeries(keys):
        mutant["checksum"] = _checksum(mutant)
        assert not _accepted(place.folder, canonical(mutant), place.recovery_code), mutant
        forged += 1
    assert forged > 200


def _mutated(content: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.randint(1, 4)):
        where = chance.randrange(len(content) or 1)
        match chance.randrange(5):
            case 0:
                content[where : where + 1] = bytes([chance.randrange(256)])
            case 1:
                del content[where : where + chance.randint(1, 40)]
            case 2:
                content[where:where] = content[: chance.randint(1, 40)]
            case 3:
                content[where:where] = chance.choice((b"[" * 5000, b"9" * 5000, b"\\ud800", b"NaN", b"1e9", b"{}"))
            case _:
                content = content[:where] or bytearray(b"{")
    return content


def _forgeries(keys: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Put strange values at every place of the file, one at a time."""
    oddities: tuple[Any, ...] = (None, 0, -1, 2**70, True, "", "00", "\ud800", [], {}, [[]], "f" * 64)
    for path in _places(keys):
        for strange in oddities:
            mutant = json.loads(json.dumps(keys))
            at = mutant
            for step in path[:-1]:
                at = at[step]
            if at[path[-1]] != strange and path != ("checksum",):
                at[path[-1]] = strange
                yield mutant


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from _places(part, (*path, name))


@pytest.mark.parametrize(
    "changes",
    [
        {"memory_kib": 19 * 1024 - 1},
        {"memory_kib": 1024 * 1024 + 1},
        {"memory_kib": 2**40},
        {"memory_kib": True},
        {"passes": 0},
        {"passes": 21},
        {"lanes": 17},
        {"lanes": 4.0},
        {"salt": "00"},
        {"salt": "Z" * 32},
        {"name": "argon2i"},
    ],
)
def test_derivation_settings_out_of_bounds_are_refused_before_any_memory_is_taken(
    changes: dict[str, object],
) -> None:
    kdf = {"name": "argon2id", "memory_kib": 65536, "passes": 3, "lanes": 4, "salt": "00" * 16}
    with pytest.raises(DamagedKeys):
        passphrase_secret({"kdf": kdf | changes}, PASSPHRASE)


@pytest.mark.parametrize("cost", [Cost(memory=63 * 1024), Cost(passes=2), Cost(lanes=0)])
def test_no_slot_is_made_cheaper_than_the_floor(cost: Cost) -> None:
    with pytest.raises(NotAllowed, match="at least 64 MiB"):
        new_passphrase_slot(PASSPHRASE, cost)


def test_slots_and_fields_of_later_versions_are_kept_and_signed(place: Place) -> None:
    keys = read_keys(place.folder)
    key = key_of(place)
    stranger = {"id": "ff", "type": "fido2", "kdf": {}, "anything": [1, 2]}
    later = {**keys, "slots": [stranger, *keys["slots"]], "anchor": {"seq": 7}}
    save_keys(place.folder, later, key)
    again = read_keys(place.folder)
    assert again["slots"][0] == stranger
    assert again["anchor"] == {"seq": 7}
    assert unlock(again, recovery_code=place.recovery_code).key == key
    assert unlock(again, passphrase=PASSPHRASE).key == key


def test_a_new_key_file_keeps_the_one_before_it(place: Place) -> None:
    before = (place.folder / "vault.keys").read_bytes()
    keys = read_keys(place.folder)
    save_keys(place.folder, {**keys, "note": "x"}, key_of(place))
    assert (place.folder / "vault.keys.prev").read_bytes() == before
    assert (place.folder / "vault.keys").read_bytes() != before


def test_a_key_file_of_another_key_is_refused(place: Place) -> None:
    keys = read_keys(place.folder)
    stranger = VaultKey(vault_id=keys["vault_id"], epoch=1, secret=b"x" * 32)
    with pytest.raises(DamagedKeys):
        verify_keys(keys, stranger)


def test_a_slot_moved_in_from_another_vault_does_not_open(place: Place) -> None:
    code = read_recovery_code(place.recovery_code)
    _, stranger = new_keys(PASSPHRASE, code, LEAST_COST)
    keys = read_keys(place.folder) | {"slots": stranger["slots"]}
    with pytest.raises(DamagedKeys):
        unlock(keys, recovery_code=place.recovery_code)


def test_the_keys_of_two_purposes_differ_and_never_print() -> None:
    key = VaultKey(vault_id="00" * 16, epoch=1, secret=b"s" * 32)
    assert key.part("db") != key.part("header-mac")
    assert "ssss" not in repr(key)


def test_no_two_vaults_share_a_key_salt_or_nonce() -> None:
    (one, first), (two, second) = (new_keys(PASSPHRASE, b"c" * 20, LEAST_COST) for _ in range(2))
    assert one.secret != two.secret
    assert first["vault_id"] != second["vault_id"]
    drawn = [text for keys in (first, second) for slot in keys["slots"] for text in _drawn(slot)]
    assert len(set(drawn)) == len(drawn) == 12


def _drawn(slot: dict[str, Any]) -> tuple[str, str, str]:
    return slot["kdf"]["salt"], slot["wraps"][0]["nonce"], slot["wraps"][0]["sealed"]


@pytest.mark.parametrize(
    "content",
    [b'{"a":1,"a":1}', b'{ "a":1}', b'{"a":1.5}', b'{"a":NaN}', b"[]", b"", b"[" * 100_000, b'{"b":1,"a":1}'],
)
def test_only_the_one_spelling_of_a_key_file_is_read(content: bytes) -> None:
    assert parse_canonical(content) is None


def test_a_file_is_saved_whole_private_and_without_leftovers(tmp_path: Path) -> None:
    target = tmp_path / "small"
    (tmp_path / "small.new").write_text("left by a crash")
    for content in (b"first", b"second"):
        save_privately(target, content)
        assert [path.name for path in tmp_path.iterdir()] == ["small"]
        assert target.read_bytes() == content
        assert target.stat().st_mode & 0o777 == 0o600


def test_an_empty_file_is_private_from_the_start(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        make_private_file(tmp_path / "new")
    finally:
        os.umask(mask)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_a_missing_key_file_points_at_the_copy(place: Place) -> None:
    (place.folder / "vault.keys").unlink()
    with pytest.raises(Damaged, match=r"vault\.keys\.prev"):
        place.open()
    (place.folder / "vault.keys.prev").rename(place.folder / "vault.keys")
    place.open().close()
