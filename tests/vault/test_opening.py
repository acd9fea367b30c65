import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from secondlens.errors import Damaged, Locked, NotAllowed, NotFound, SecondlensError
from secondlens.vault import LEAST_COST, Vault, create_vault, open_vault, upgrades
from secondlens.vault._canonical import canonical
from secondlens.vault.database import OldLibrary, plain_errors, require_library
from secondlens.vault.keyring import WrongPassphrase, WrongRecoveryCode
from secondlens.vault.keys import NewerVault, _checksum
from secondlens.vault.lock import InUse
from secondlens.vault.opening import prove_passphrase
from secondlens.vault.recovery_code import new_recovery_code
from secondlens.vault.slots import DamagedKeys
from tests.vault.making import PASSPHRASE, Place, files_in, fingerprint, results


def _cut(folder: Path) -> None:
    database = folder / "vault.db"
    database.write_bytes(database.read_bytes()[:-100])


def _cut_a_page(folder: Path) -> None:
    database = folder / "vault.db"
    database.write_bytes(database.read_bytes()[:-4096])


def _flip_in_keys(folder: Path) -> None:
    keys = folder / "vault.keys"
    content = bytearray(keys.read_bytes())
    content[200] ^= 1
    keys.write_bytes(content)


def _rewrite_keys(folder: Path, **changes: object) -> None:
    keys = folder / "vault.keys"
    content = json.loads(keys.read_bytes()) | changes
    keys.write_bytes(canonical(content | {"checksum": _checksum(content)}) + b"\n")


REFUSALS: list[tuple[str, Callable[[Path], object], type[SecondlensError], str]] = [
    ("cut short", _cut, Damaged, "cut short"),
    ("a page short", _cut_a_page, Damaged, "cannot be read"),
    ("empty database", lambda folder: (folder / "vault.db").write_bytes(b""), Damaged, "is empty"),
    ("no database", lambda folder: (folder / "vault.db").unlink(), Damaged, r"vault\.db\) is missing"),
    ("no keys", lambda folder: (folder / "vault.keys").unlink(), Damaged, r"vault\.keys\) is missing"),
    ("damaged keys", _flip_in_keys, DamagedKeys, "key file"),
    ("huge keys", lambda folder: os.truncate(folder / "vault.keys", 100_000_000), DamagedKeys, "key file"),
    ("newer format", lambda folder: _rewrite_keys(folder, min_reader=7), NewerVault, "has format 7"),
    ("newer name", lambda folder: _rewrite_keys(folder, format="secondlens-vault/3"), NewerVault, "has format 3"),
    (
        "unknown part",
        lambda folder: _rewrite_keys(folder, features={"required": ["x"]}),
        NewerVault,
        "does not know",
    ),
    ("forged keys", lambda folder: _rewrite_keys(folder, epoch_note="mine"), DamagedKeys, "key file"),
    ("not a database", lambda folder: (folder / "vault.db").write_bytes(b"x" * 8192), Damaged, "does not belong"),
]


@pytest.mark.parametrize(("harm", "family", "said"), [case[1:] for case in REFUSALS], ids=[c[0] for c in REFUSALS])
def test_a_harmed_vault_is_refused_in_words_and_left_as_it_is(
    place: Place, harm: Callable[[Path], object], family: type[SecondlensError], said: str
) -> None:
    harm(place.folder)
    before = tuple(files_in(place.folder))
    with pytest.raises(family, match=said):
        place.open()
    assert tuple(files_in(place.folder)) == before


def test_the_wrong_passphrase_changes_nothing_and_says_what_to_try(place: Place) -> None:
    before = tuple(files_in(place.folder))
    with pytest.raises(WrongPassphrase, match="does not open the vault"):
        open_vault(place.folder, passphrase="copper lantern under snow")
    assert tuple(files_in(place.folder)) == before


def test_another_vaults_recovery_code_is_told_apart_from_a_typing_slip(place: Place) -> None:
    with pytest.raises(WrongRecoveryCode, match="another vault"):
        open_vault(place.folder, recovery_code=new_recovery_code())


def test_a_typing_slip_in_the_recovery_code_is_found_before_the_key_work(place: Place) -> None:
    # A slot that would need key work to be refused: it is never reached.
    slip = ("1" if place.recovery_code[0] == "0" else "0") + place.recovery_code[1:]
    with pytest.raises(Locked, match="groups 1 and 2"):
        open_vault(place.folder, recovery_code=slip)


def test_a_folder_without_a_vault_is_not_found_and_stays_empty(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotFound, match="no vault in this folder"):
            open_vault(folder, passphrase=PASSPHRASE)
    assert list(tmp_path.iterdir()) == []


def test_another_vaults_database_is_refused(place: Place, tmp_path: Path) -> None:
    other = create_vault(tmp_path / "other.vault", PASSPHRASE, cost=LEAST_COST)
    other.vault.close()
    shutil.copy(tmp_path / "other.vault" / "vault.db", place.folder / "vault.db")
    before = tuple(files_in(place.folder))
    with pytest.raises(Damaged, match="does not belong to this vault's keys"):
        place.open()
    assert tuple(files_in(place.folder)) == before


def test_the_refusals_are_all_different_sentences(place: Place, tmp_path: Path) -> None:
    said = set()
    for number, (_, harm, _, _) in enumerate(REFUSALS[:5]):
        folder = tmp_path / str(number)
        shutil.copytree(place.folder, folder)
        harm(folder)
        with pytest.raises(SecondlensError) as refused:
            open_vault(folder, recovery_code=place.recovery_code)
        said.add(str(refused.value))
    assert len(said) == 5


def test_the_passphrase_opens_whichever_way_its_accents_are_typed(tmp_path: Path) -> None:
    create_vault(tmp_path / "a.vault", "crème brûlée à minuit", cost=LEAST_COST).vault.close()
    decomposed = "cre\u0300me bru\u0302le\u0301e a\u0300 minuit"
    with open_vault(tmp_path / "a.vault", passphrase=f" {decomposed}\n") as vault:
        assert vault.counts() == ()


@pytest.mark.parametrize("typed", ["", "x" * 1_000_000, "\ud800 broken half characters"])
def test_what_cannot_be_a_passphrase_is_simply_wrong(place: Place, typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        open_vault(place.folder, passphrase=typed)


@pytest.mark.parametrize(
    ("weak", "said"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("short one", "too short"),
        ("aaaaaaaaaaaaaaaa", "easy to guess"),
        ("abababababababab", "easy to guess"),
        ("abcdefghijklmnop", "easy to guess"),
        ("123456789012345", "easy to guess"),
        ("x" * 1025, "longer than"),
        ("half \ud800 characters here", "cannot be typed again"),
    ],
)
def test_a_weak_passphrase_makes_no_vault(tmp_path: Path, weak: str, said: str) -> None:
    with pytest.raises(NotAllowed, match=said):
        create_vault(tmp_path / "a.vault", weak, cost=LEAST_COST)
    assert list(tmp_path.iterdir()) == []


def test_a_new_vault_never_lands_on_something_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for taken in (tmp_path, tmp_path / "file"):
        with pytest.raises(NotAllowed, match="already something"):
            create_vault(taken, PASSPHRASE, cost=LEAST_COST)
    with pytest.raises(NotFound, match="does not exist"):
        create_vault(tmp_path / "no" / "such.vault", PASSPHRASE, cost=LEAST_COST)
    assert list(files_in(tmp_path)) == [("file", b"mine")]


def test_a_new_vault_may_take_an_empty_folder_and_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "a.vault"
    folder.mkdir(mode=0o755)
    mask = os.umask(0)
    try:
        with create_vault(folder, PASSPHRASE, cost=LEAST_COST).vault as vault:
            content = b"an original"
            vault.keep("a.json", content, fingerprint(content), results(content, 3))
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(mask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {"vault.db", "vault.db-wal", "vault.keys", "vault.keys.prev", "vault.lock"} < set(modes)
    assert set(modes.values()) == {0o600}


def test_a_vault_is_open_in_one_program_only(place: Place, vault: Vault) -> None:
    with pytest.raises(InUse, match="open in another window or program"):
        place.open()
    elsewhere = subprocess.run(
        [sys.executable, "-c", _OPEN_IT, str(place.folder), place.recovery_code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert elsewhere.stdout.strip() == "InUse"
    vault.close()
    place.open().close()


_OPEN_IT = """
import sys
from pathlib import Path
from secondlens.vault import open_vault
try:
    open_vault(Path(sys.argv[1]), recovery_code=sys.argv[2])
except Exception as error:
    print(type(error).__name__)
"""


def test_the_lock_dies_with_the_process(place: Place) -> None:
    holder = subprocess.run(
        [sys.executable, "-c", _OPEN_IT + "\nimport os\nos._exit(9)", str(place.folder), place.recovery_code],
        check=False,
    )
    assert holder.returncode == 9
    place.open().close()


@pytest.mark.parametrize(("sqlite", "cipher"), [("3.51.2", "4.19.0 community"), ("3.53.4", "4.12.0 community")])
def test_database_libraries_with_known_faults_are_refused(sqlite: str, cipher: str) -> None:
    with pytest.raises(OldLibrary, match="too old"):
        require_library(sqlite, cipher)
    require_library("3.51.3", "4.19.0 community")


def test_a_newer_database_is_refused_with_its_number(place: Place) -> None:
    with place.open() as vault:
        vault._database.execute("PRAGMA user_version = 9")
    with pytest.raises(NewerVault, match="has format 9"):
        place.open()


def test_a_copy_that_others_could_read_is_made_private_again(place: Place) -> None:
    place.folder.chmod(0o755)
    for path in place.folder.iterdir():
        path.chmod(0o644)
    with place.open():
        assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in place.folder.iterdir()} == {0o600}


def test_an_empty_database_with_the_right_key_is_no_vault(place: Place) -> None:
    with place.open() as vault:
        vault._database.execute("PRAGMA user_version = 0")
    before = tuple(files_in(place.folder))
    with pytest.raises(Damaged, match="not made by Secondlens"):
        place.open()
    assert tuple(files_in(place.folder)) == before


def test_a_step_that_fails_leaves_the_shape_as_it_was(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ("CREATE TABLE later (x)", "CREATE TABLE record (x)")
    monkeypatch.setattr(upgrades, "UPGRADES", (*upgrades.UPGRADES, broken))
    with pytest.raises(Damaged), plain_errors():
        upgrades.upgrade(vault._database)
    assert vault._database.execute("PRAGMA user_version").fetchone() == (len(upgrades.UPGRADES) - 1,)
    assert vault._database.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'later'").fetchone() == (0,)


def test_a_later_step_is_taken_on_opening_and_nothing_is_lost(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place.open() as vault:
        content = b"kept before the step"
        vault.keep("f", content, fingerprint(content), results(content, 2))
    monkeypatch.setattr(upgrades, "UPGRADES", (*upgrades.UPGRADES, ("CREATE TABLE later (x)",)))
    with place.open() as vault:
        assert vault._database.execute("PRAGMA user_version").fetchone() == (len(upgrades.UPGRADES),)
        assert vault.counts() == (("Observation", 2),)


def test_a_secret_is_proved_while_the_vault_is_open(place: Place, vault: Vault) -> None:
    prove_passphrase(place.folder, passphrase=PASSPHRASE)
    prove_passphrase(place.folder, recovery_code=place.recovery_code)
    with pytest.raises(WrongPassphrase):
        prove_passphrase(place.folder, passphrase="copper lantern under snow")
    with pytest.raises(WrongRecoveryCode):
        prove_passphrase(place.folder, recovery_code=new_recovery_code())
    assert vault.counts() == ()


def test_opening_leaves_what_is_not_the_vaults_as_it_is(place: Place, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    mine.chmod(0o644)
    (place.folder / "link").symlink_to(mine)
    note = place.folder / "vault.keys.prev"
    note.unlink()
    note.symlink_to(mine)
    (place.folder / "below").mkdir(mode=0o755)
    with place.open():
        assert stat.S_IMODE(mine.stat().st_mode) == 0o644
        assert stat.S_IMODE((place.folder / "below").stat().st_mode) == 0o755


def test_a_place_with_a_name_too_long_is_refused_in_words(tmp_path: Path) -> None:
    for length in (245, 300):
        with pytest.raises(NotAllowed, match="name is too long"):
            create_vault(tmp_path / ("n" * length), PASSPHRASE, cost=LEAST_COST)
    assert list(tmp_path.iterdir()) == []
