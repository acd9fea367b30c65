"""Keys, backups, restoring, mending and who saw what, from the terminal."""

import json
from pathlib import Path

import pyrage
import pytest

from tests.cli.conftest import CCD, Run

NEW_WORDS = "seven quiet herons walking"


@pytest.fixture
def folder(run: Run, vault: Path, code: Path) -> Path:
    """A vault with records."""
    assert run("import", vault, CCD, "--yes", "--recovery-code-file", code).status == 0
    return vault


@pytest.fixture
def other(tmp_path: Path) -> Path:
    file = tmp_path / "other.txt"
    file.write_text(NEW_WORDS)
    return file


def ways(run: Run, folder: Path, code: Path) -> list[dict[str, str]]:
    ran = run("keys", folder, "list", "--recovery-code-file", code, "--json")
    return [json.loads(line) for line in ran.out.splitlines()]


def test_a_vault_goes_to_a_backup_and_comes_back(run: Run, folder: Path, code: Path, tmp_path: Path) -> None:
    made = json.loads(
        run(
            "backup", folder, tmp_path / "copies", "--prove", "--prune", "--recovery-code-file", code, "--json"
        ).out
    )
    assert made["proven"]
    assert made["records"] > 10
    back = tmp_path / "back.vault"
    ran = run("restore", made["backup"], back, "--recovery-code-file", code, "--json")
    assert json.loads(ran.out)["records"] == made["records"]
    assert run("check", back, "--full", "--recovery-code-file", code).status == 0
    said = run("backup", back, tmp_path / "more", "--recovery-code-file", code)
    assert said.out.startswith("Backup made and checked: ")
    assert run("restore", tmp_path / "nothing", tmp_path / "b.vault", "--recovery-code-file", code).status == 4
    assert run("restore", made["backup"], back, "--recovery-code-file", code).status == 7


def test_ways_in_are_added_listed_changed_and_removed(run: Run, folder: Path, code: Path, other: Path) -> None:
    person = pyrage.x25519.Identity.generate()
    identity = folder.parent / "key.txt"
    identity.write_text(f"# created: today\n{person}\n")
    opens = ("--recovery-code-file", code)
    options = ("--label", "Ben", "--for-helper", "--new-passphrase-file", other)
    assert run("keys", folder, "add", "passphrase", *options, *opens).status == 0
    recipient = str(person.to_public())
    assert run("keys", folder, "add", "person", "--recipient", recipient, "--label", "Ada", *opens).status == 0
    assert run("keys", folder, "add", "person", "--recipient", "age1", *opens).status == 3
    assert run("list", folder, "--passphrase-file", other).status == 0
    assert run("list", folder, "--identity", identity).status == 0
    assert run("keys", folder, "remove", "x", "--yes", "--identity", identity).status == 7
    listed = ways(run, folder, code)
    assert [(way["kind"], way["label"], way["whose"]) for way in listed] == [
        ("passphrase", "", "owner"),
        ("recovery-code", "", "owner"),
        ("passphrase", "Ben", "helper"),
        ("age-x25519", "Ada", "helper"),
    ]
    plain = run("keys", folder, "list", *opens).out.splitlines()
    assert plain[1].startswith("Recovery code, yours, since ")
    assert plain[1].endswith("(used now)")
    for way in listed[2:]:
        assert run("keys", folder, "remove", way["id"], "--yes", *opens).status == 0
    assert run("list", folder, "--passphrase-file", other).status == 5
    assert run("list", folder, "--identity", identity).status == 5
    assert run("keys", folder, "remove", listed[0]["id"], "--yes", *opens).status == 7
    assert run("keys", folder, "remove", "0000", "--yes", *opens).status == 4
    assert run("keys", folder, "passphrase", "--new-passphrase-file", other, *opens).status == 0
    assert run("list", folder, "--passphrase-file", other).status == 0


def test_the_key_is_replaced_and_backups_with_it(
    run: Run, folder: Path, code: Path, secret: Path, tmp_path: Path
) -> None:
    copies = tmp_path / "copies"
    assert run("backup", folder, copies, "--passphrase-file", secret).status == 0
    both = ("--passphrase-file", secret, "--recovery-code-file", code)
    ran = run("keys", folder, "rotate", "--backups", copies, *both)
    assert ran.status == 0
    assert "Backups encrypted anew: 1." in ran.out
    (copy,) = copies.iterdir()
    assert copy.name.endswith("-key2.backup")
    for opens in (both[:2], both[2:]):
        assert run("check", folder, "--full", *opens).status == 0
    assert run("restore", copy, tmp_path / "back.vault", "--passphrase-file", secret).status == 0


def test_a_new_recovery_code_ends_the_old_one(run: Run, folder: Path, code: Path, secret: Path) -> None:
    refused = run("keys", folder, "recovery", "--passphrase-file", secret)
    assert refused.status == 3  # nobody here who could type it from paper
    assert run("list", folder, "--recovery-code-file", code).status == 0
    ran = run("keys", folder, "recovery", "--without-retyping", "--json", "--passphrase-file", secret)
    assert run("list", folder, "--recovery-code-file", code).status == 5
    code.write_text(json.loads(ran.out)["recovery_code"])
    assert run("list", folder, "--recovery-code-file", code).status == 0


def test_an_older_copy_is_said_at_every_verb_until_it_is_accepted(run: Run, folder: Path, code: Path) -> None:
    opens = ("--recovery-code-file", code)
    before = (folder / "vault.db").read_bytes()
    assert run("import", folder, CCD.parent, "--yes", *opens).status == 0
    (folder / "vault.db").write_bytes(before)
    for _ in range(2):
        ran = run("list", folder, *opens)
        assert ran.status == 0
        assert "older copy may have been put in its place" in ran.err
        assert "--accept-copy" in ran.err
    quick = run("check", folder, "--quick", *opens)
    assert (quick.status, "older copy" in quick.err) == (6, True)
    assert run("check", folder, "--quick", "--accept-copy", *opens).status == 0
    assert run("list", folder, *opens).err == ""
    assert run("check", folder, "--quick", "--full", *opens).status == 2


def test_a_damaged_vault_is_mended(run: Run, folder: Path, code: Path) -> None:
    opens = ("--recovery-code-file", code)
    assert run("backup", folder, folder.with_name("my.backups"), *opens).status == 0
    content = bytearray((folder / "vault.db").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "vault.db").write_bytes(content)
    assert run("check", folder, *opens).status == 6
    ran = run("repair", folder, *opens)
    assert ran.status == 0
    assert "The damaged folder as it was: " in ran.out
    assert run("check", folder, "--full", *opens).status == 0
    assert json.loads(run("repair", folder, "--json", *opens).out)["lost"] == []


def test_who_saw_what_is_listed(run: Run, folder: Path, code: Path, other: Path) -> None:
    assert run("list", folder, "--passphrase-file", other).status == 5
    ran = run("seen", folder, "--recovery-code-file", code, "--json")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [(line["action"], line["who"]) for line in lines[:2]] == [
        ("opened", "recovery-code"),
        ("open-failed", "passphrase"),
    ]
    plain = run("seen", folder, "--most", "1", "--recovery-code-file", code).out
    assert "opened  recovery-code" in plain
    assert plain.count("\n") == 1
