"""Who can open a vault: more than one of each way, changed and taken away, and what each is told."""

import json
import subprocess
import sys

import pyrage
import pytest

from secondlens.domain.clinical import Condition
from secondlens.errors import Locked, NotAllowed, NotFound
from secondlens.vault import LEAST_COST, Vault, new_recovery_code, open_vault
from secondlens.vault.keyring import LastWay, WrongIdentity, WrongPassphrase, WrongRecoveryCode, unlock
from secondlens.vault.keys import read_keys, sign_keys
from secondlens.vault.safekeeping import OwnersOnly
from secondlens.vault.slots import DamagedKeys, UnusableRecipient, calibrated_cost
from tests.vault.making import PASSPHRASE, Place, key_of

ANOTHER = "seven quiet herons walking"
WITHOUT_US = """
import json, sys, pyrage
from sqlcipher3 import dbapi2
keys = json.load(open("vault.keys"))
wrap = [s for s in keys["slots"] if s["type"] == "age-x25519"][0]["wraps"][0]["age"]
inside = json.loads(pyrage.decrypt(wrap.encode(), [pyrage.x25519.Identity.from_str(sys.argv[1])]))
database = dbapi2.connect("vault.db")
database.execute("PRAGMA key = \\"x'" + inside["database_key"] + "'\\"")
print(database.execute("SELECT body FROM record").fetchone()[0])
assert "secondlens" not in sys.modules
"""


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def _kinds(vault: Vault) -> list[tuple[str, str, str]]:
    return [(way.kind, way.label, way.whose) for way in vault.ways()]


def test_more_than_one_of_each_way_opens_the_vault(place: Place) -> None:
    people = [pyrage.x25519.Identity.generate() for _ in range(2)]
    code = new_recovery_code()
    with place.open() as vault:
        vault.add_passphrase(ANOTHER, label="Ben", whose="helper", cost=LEAST_COST)
        for number, person in enumerate(people):
            vault.add_person(str(person.to_public()), label=f"Person {number}")
        vault.set_recovery_code(code, keep_others=True)
        assert _kinds(vault) == [
            ("passphrase", "", "owner"),
            ("recovery-code", "", "owner"),
            ("passphrase", "Ben", "helper"),
            ("age-x25519", "Person 0", "helper"),
            ("age-x25519", "Person 1", "helper"),
            ("recovery-code", "", "owner"),
        ]
    ways: list[dict[str, str]] = [
        {"passphrase": PASSPHRASE},
        {"passphrase": ANOTHER},
        {"recovery_code": place.recovery_code},
        {"recovery_code": code},
        *({"identity": f"# a key file\n{person}\n"} for person in people),
    ]
    for way in ways:
        open_vault(place.folder, **way).close()


def test_a_changed_passphrase_opens_and_the_old_one_does_not_even_from_the_copy(place: Place) -> None:
    with place.open() as vault:
        way = vault.ways()[0]
        vault.change_passphrase(way.id, ANOTHER, cost=LEAST_COST)
    open_vault(place.folder, passphrase=ANOTHER).close()
    for name in ("vault.keys", "vault.keys.prev"):
        (place.folder / "vault.keys").write_bytes((place.folder / name).read_bytes())
        with pytest.raises(WrongPassphrase):
            open_vault(place.folder, passphrase=PASSPHRASE)


def test_a_new_recovery_code_ends_the_one_before(place: Place) -> None:
    code = new_recovery_code()
    with place.open() as vault:
        vault.set_recovery_code(code)
    with pytest.raises(WrongRecoveryCode):
        place.open()
    open_vault(place.folder, recovery_code=code).close()


def test_a_code_on_paper_is_proved_and_noted(vault: Vault, place: Place) -> None:
    vault.check_recovery_code(place.recovery_code.lower().replace("-", " "))
    assert vault.audit(action="code-checked")
    with pytest.raises(Locked):
        vault.check_recovery_code(new_recovery_code())
    assert len(vault.audit(action="code-checked")) == 1


def test_a_way_taken_away_opens_nothing_and_the_others_do(place: Place, identity: pyrage.x25519.Identity) -> None:
    with place.open() as vault:
        person = vault.add_person(str(identity.to_public()), label="Ada")
        vault.remove_way(person.id)
        with pytest.raises(NotFound, match="list of ways in"):
            vault.remove_way(person.id)
    with pytest.raises(WrongIdentity, match="does not open"):
        open_vault(place.folder, identity=str(identity))
    open_vault(place.folder, passphrase=PASSPHRASE).close()


def test_the_last_passphrase_and_the_last_code_stay(vault: Vault) -> None:
    passphrase, code = vault.ways()
    vault.add_passphrase(ANOTHER, label="Ben", whose="helper", cost=LEAST_COST)
    with pytest.raises(LastWay, match="last passphrase"):
        vault.remove_way(passphrase.id)
    with pytest.raises(LastWay, match="last recovery code"):
        vault.remove_way(code.id)
    with pytest.raises(NotAllowed, match="Only a passphrase"):
        vault.change_passphrase(code.id, ANOTHER, cost=LEAST_COST)
    with pytest.raises(NotAllowed, match="too short"):
        vault.add_passphrase("short", label="", cost=LEAST_COST)


@pytest.mark.parametrize("recipient", ["", "age1xyz", "ssh-ed25519 AAAA", "age1" + "q" * 58, "\ud800"])
def test_what_is_no_age_recipient_is_refused_in_words(vault: Vault, recipient: str) -> None:
    before = vault.ways()
    with pytest.raises(UnusableRecipient):
        vault.add_person(recipient, label="Ada")
    assert vault.ways() == before


@pytest.mark.parametrize("identity_text", ["", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-\ud800", "x" * 100_000])
def test_what_is_no_age_key_does_not_open(place: Place, identity_text: str) -> None:
    with pytest.raises(WrongIdentity):
        open_vault(place.folder, identity=identity_text)


def test_an_age_wrap_of_another_vault_is_not_taken(place: Place, identity: pyrage.x25519.Identity) -> None:
    """Anybody can write an age file to a recipient; what it holds must still be this vault's key."""
    with place.open() as vault:
        vault.add_person(str(identity.to_public()), label="Ada")
    keys = json.loads((place.folder / "vault.keys").read_text())
    slot = next(slot for slot in keys["slots"] if slot["type"] == "age-x25519")
    inside = json.loads(pyrage.decrypt(slot["wraps"][0]["age"].encode(), [identity]))
    key = key_of(place)
    for changes in ({"vault_id": "0" * 32}, {"epoch": 7}, {"vault_key": "ab"}, {"vault_key": "00" * 32}):
        forged = json.dumps(inside | changes, sort_keys=True, separators=(",", ":")).encode()
        slot["wraps"][0]["age"] = pyrage.encrypt(forged, [identity.to_public()], armored=True).decode()
        with pytest.raises(DamagedKeys):
            unlock(json.loads(sign_keys(keys, key)), identity=str(identity))


def test_any_age_tool_opens_the_wrap_and_finds_the_key_line(
    place: Place, identity: pyrage.x25519.Identity
) -> None:
    """Nothing of ours is imported: an age decryption, and the key line it holds, open the database."""
    with place.open() as vault:
        vault.add(Condition(title="Migraine"))
        vault.add_person(str(identity.to_public()), label="Ada")
    told = subprocess.run(
        [sys.executable, "-I", "-c", WITHOUT_US, str(identity)],
        cwd=place.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(told.stdout)["title"] == "Migraine"


def test_a_helper_reads_with_a_trace_and_changes_no_ways(place: Place) -> None:
    with place.open() as vault:
        kept = vault.add(Condition(title="Migraine"))
        vault.add_passphrase(ANOTHER, label="Ben", whose="helper", cost=LEAST_COST)
    with open_vault(place.folder, passphrase=ANOTHER) as vault:
        for _ in range(3):
            list(vault.list("Condition"))
            vault.get(kept.id)
            vault.search("migraine")
        with pytest.raises(OwnersOnly):
            vault.remove_way(vault.ways()[0].id)
        with pytest.raises(OwnersOnly):
            vault.add_passphrase("other words that nobody knows", label="", cost=LEAST_COST)
        with pytest.raises(OwnersOnly):
            vault.rotate(ANOTHER, place.recovery_code, cost=LEAST_COST)
    with place.open() as vault:
        read = [(line.who, line.object) for line in vault.audit(action="read")]
        assert read == [("Ben", "search"), ("Ben", kept.id), ("Ben", "Condition")]
        list(vault.list())
        assert len(vault.audit(action="read")) == 3


def test_tries_that_failed_are_told_at_the_next_opening(place: Place) -> None:
    for _ in range(2):
        with pytest.raises(WrongPassphrase):
            open_vault(place.folder, passphrase="copper lantern under snow")
    with pytest.raises(WrongRecoveryCode):
        open_vault(place.folder, recovery_code=new_recovery_code())
    with place.open() as vault:
        failed = vault.audit(action="open-failed")
        assert [line.who for line in failed] == ["recovery-code", "passphrase", "passphrase"]
    with place.open() as vault:
        assert len(vault.audit(action="open-failed")) == 3
        assert len(vault.audit(action="opened")) == 3


def test_every_change_of_the_ways_is_in_the_list_of_who_saw_what(vault: Vault) -> None:
    way = vault.add_passphrase(ANOTHER, label="Ben", whose="helper", cost=LEAST_COST)
    vault.remove_way(way.id)
    assert [(line.action, line.object) for line in vault.audit()[:2]] == [
        ("way-removed", "Ben"),
        ("way-added", "Ben"),
    ]


def test_the_cost_of_a_guess_is_measured_and_never_below_the_floor() -> None:
    cost = calibrated_cost()
    assert LEAST_COST.memory <= cost.memory <= 8 * LEAST_COST.memory
    assert (cost.passes, cost.lanes) == (3, 4)


def test_a_passphrase_opens_however_its_letters_were_composed(place: Place) -> None:
    with place.open() as vault:
        vault.add_passphrase("caf\u00e9 lantern under rain", label="", cost=LEAST_COST)
    open_vault(place.folder, passphrase="  cafe\u0301 lantern under rain\n").close()


def test_the_key_file_names_nobody_it_need_not(vault: Vault) -> None:
    """Labels are in clear in the key file: it says so where they are typed, and holds nothing else of a person."""
    vault.add_passphrase(ANOTHER, label="Ben", whose="helper", cost=LEAST_COST)
    slot = read_keys(vault.folder)["slots"][-1]
    assert set(slot) == {"id", "type", "label", "whose", "created", "kdf", "commitment", "wraps"}
