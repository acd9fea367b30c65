"""The command line as a contract: what is printed, in which shape, with which exit status."""

import json
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from tests.cli.conftest import CCD, Run

LINE_KEYS = (
    *("id", "kind", "category", "title", "codes", "start", "end"),
    *("value", "unit", "status", "negated", "source"),
)


def tree_of(folder: Path) -> dict[str, bytes]:
    # The lock file is only a hint about who holds the vault.
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "vault.lock"}


def test_help_names_every_command_without_loading_one() -> None:
    code = "import sys; from secondlens.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "heavy = {'lxml', 'msgspec', 'sqlcipher3', 'typst'}\nprint(sorted(heavy & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for verb in ("demo", "new", "open", "import", "list", "search", "packet", "check"):
        assert f"  {verb} " in shown
    assert shown.splitlines()[-1] == "[]"


def test_a_new_vault_shows_its_recovery_code_once(run: Run, tmp_path: Path, secret: Path) -> None:
    ran = run("new", tmp_path / "a.vault", "--passphrase-file", secret, "--json")
    assert ran.status == 0
    code = json.loads(ran.out)["recovery_code"]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "a.vault").iterdir())
    assert code.encode() not in kept
    assert code.replace("-", "").encode() not in kept


def test_import_lists_and_finds_and_a_second_import_adds_nothing(run: Run, vault: Path, secret: Path) -> None:
    first = run("import", vault, CCD, "--yes", "--json", "--passphrase-file", secret)
    assert first.status == 0
    account = json.loads(first.out)["files"][0]
    assert account["importer"] == "ccda"
    assert account["new"] > 0
    assert account["as_text"] > 0
    assert sum(account["records"].values()) == account["new"] + account["as_text"]

    lines = run("list", vault, "--json", "--passphrase-file", secret).out.splitlines()
    records = [json.loads(line) for line in lines]
    assert len(records) == account["new"] + account["as_text"]
    assert all(set(LINE_KEYS) <= set(record) for record in records)
    assert {record["source"]["sha256"] for record in records} == {account["sha256"]}

    second = json.loads(run("import", vault, CCD, "--yes", "--json", "--passphrase-file", secret).out)["files"][0]
    assert (second["new"], second["changed"], second["as_text"]) == (0, 0, 0)
    assert second["same"] == len(records)
    again = run("list", vault, "--json", "--passphrase-file", secret).out.splitlines()
    assert again == lines

    found = run("search", vault, "pneumonia", "--json", "--passphrase-file", secret).out.splitlines()
    assert any(json.loads(line)["kind"] == "Condition" for line in found)
    only = run("list", vault, "--kind", "Immunization", "--json", "--passphrase-file", secret).out.splitlines()
    assert {json.loads(line)["kind"] for line in only} == {"Immunization"}


def test_nothing_is_kept_before_the_person_says_so(
    run: Run, vault: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    ran = run("import", vault, CCD, "--passphrase-file", secret)
    assert ran.status == 130
    assert "new" in ran.out
    assert run("list", vault, "--json", "--passphrase-file", secret).out == ""


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.xml", b"", "empty"),
        ("holiday.txt.exe", b"MZ\x90\x00\x03", "does not know this kind of file"),
        ("broken.json", b'{"resourceType": "Bundle", "entry": [', "stops early"),
        ("torn.xml", b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><comp', "stops early"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_others_are_kept(  # noqa: PLR0913, PLR0917  (fixtures)
    run: Run, vault: Path, secret: Path, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    bad = tmp_path / name
    bad.write_bytes(content)
    ran = run("import", vault, bad, CCD, "--yes", "--json", "--passphrase-file", secret)
    assert ran.status == 3
    refused, kept = json.loads(ran.out)["files"]
    assert refused["problem"].endswith(".")
    assert said in refused["problem"]
    assert refused["new"] == 0
    assert kept["new"] > 0


def test_a_missing_file_and_an_empty_folder_are_said_in_words(
    run: Run, vault: Path, secret: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    ran = run("import", vault, folder, tmp_path / "gone.xml", "--yes", "--json", "--passphrase-file", secret)
    assert ran.status == 3
    assert all(file["problem"] for file in json.loads(ran.out)["files"])
    assert run("list", vault, "--json", "--passphrase-file", secret).out == ""


def test_a_folder_is_read_with_all_that_is_below(run: Run, vault: Path, secret: Path, tmp_path: Path) -> None:
    below = tmp_path / "download" / "2024"
    below.mkdir(parents=True)
    (below / "summary.xml").write_bytes(CCD.read_bytes())
    (below / "program.bin").write_bytes(b"\x00\x01\x02\x03")
    files = json.loads(
        run("import", vault, tmp_path / "download", "--yes", "--json", "--passphrase-file", secret).out
    )["files"]
    assert [bool(file["new"]) for file in files] == [True, False]
    assert files[1]["unread"][0]["where"].endswith("program.bin")


def test_the_packet_is_a_pdf_with_the_name_in_its_text(
    run: Run, vault: Path, secret: Path, tmp_path: Path
) -> None:
    run("import", vault, CCD, "--yes", "--passphrase-file", secret)
    out = tmp_path / "packet.pdf"
    assert run("packet", vault, "--out", out, "--passphrase-file", secret).status == 0
    with pypdfium2.PdfDocument(out.read_bytes()) as pdf:
        assert "Eve Betterhalf" in pdf[0].get_textpage().get_text_range()


def test_check_says_that_a_whole_vault_is_whole(run: Run, vault: Path, secret: Path) -> None:
    run("import", vault, CCD, "--yes", "--passphrase-file", secret)
    report = json.loads(run("check", vault, "--full", "--json", "--passphrase-file", secret).out)
    assert report["ok"]
    assert report["documents"] == 1


def test_each_family_of_error_has_its_exit_status(run: Run, vault: Path, secret: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("not the right words", encoding="utf-8")
    locked = run("list", vault, "--passphrase-file", wrong)
    missing = run("list", tmp_path / "none.vault", "--passphrase-file", secret)
    no_case = run("packet", vault, "--case", "nothing", "--out", tmp_path / "p.pdf", "--passphrase-file", secret)
    usage = run("import", vault)
    database = vault / "vault.db"
    database.write_bytes(database.read_bytes()[:-100])
    damaged = run("check", vault, "--passphrase-file", secret)
    assert [ran.status for ran in (usage, missing, no_case, locked, damaged)] == [2, 4, 4, 5, 6]
    assert all(ran.err.strip().endswith(".") for ran in (missing, no_case, locked, damaged))


def test_a_packet_never_writes_over_anything(run: Run, vault: Path, secret: Path, tmp_path: Path) -> None:
    before = tree_of(vault)
    there = tmp_path / "letter.pdf"
    there.write_bytes(b"mine")
    for out in (vault / "vault.db", vault / "new.pdf", there, tmp_path / "nowhere" / "packet.pdf"):
        ran = run("packet", vault, "--out", out, "--passphrase-file", secret)
        assert ran.status == 7
        assert ran.err.strip().endswith(".")
    assert tree_of(vault) == before
    assert there.read_bytes() == b"mine"
    assert run("packet", vault, "--out", tmp_path / "packet.pdf", "--passphrase-file", secret).status == 0
    assert (tmp_path / "packet.pdf").stat().st_mode & 0o077 == 0


def test_text_of_a_file_cannot_command_the_terminal(run: Run, vault: Path, secret: Path, tmp_path: Path) -> None:
    title = "Asthma\x1b]0;owned\x07\x1b[2J\nFAKE LINE"
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({"resourceType": "Condition", "id": "1", "code": {"text": title}}), encoding="utf-8")
    run("import", vault, bad, "--yes", "--passphrase-file", secret)
    shown = run("list", vault, "--passphrase-file", secret).out
    assert "Asthma" in shown
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 1


def test_what_a_source_took_back_is_told_so(run: Run, vault: Path, secret: Path, tmp_path: Path) -> None:
    mistake = {"coding": [{"code": "entered-in-error"}]}
    condition = {"resourceType": "Condition", "id": "1", "code": {"text": "Lupus"}, "verificationStatus": mistake}
    (tmp_path / "mistake.json").write_text(json.dumps(condition), encoding="utf-8")
    run("import", vault, tmp_path / "mistake.json", "--yes", "--passphrase-file", secret)
    (line,) = run("list", vault, "--json", "--passphrase-file", secret).out.splitlines()
    assert json.loads(line)["status"] == "entered-in-error"


def test_a_file_about_another_person_is_kept_only_when_the_person_says_so_for_that_file(
    run: Run, vault: Path, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, born in (("Ann", "1980-01-01"), ("Bob", "1990-01-01")):
        patient = {"resourceType": "Patient", "name": [{"text": name}], "birthDate": born}
        (tmp_path / f"{name}.json").write_text(json.dumps(patient))
    answers = iter(["n", "y"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    ran = run("import", vault, tmp_path / "Ann.json", tmp_path / "Bob.json", "--passphrase-file", secret)
    assert "another person: Bob" in ran.out
    listed = run("list", vault, "--json", "--passphrase-file", secret).out.splitlines()
    assert [json.loads(line)["title"] for line in listed] == ["Ann"]


def test_many_files_end_in_one_sentence_and_equal_reasons_are_told_once(
    run: Run, vault: Path, secret: Path, tmp_path: Path
) -> None:
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "Weight"}}
    lines = [json.dumps(observation)] + ["{"] * 5
    (tmp_path / "a.ndjson").write_text("\n".join(lines))
    (tmp_path / "b.xml").write_bytes(CCD.read_bytes())
    ran = run("import", vault, tmp_path / "a.ndjson", tmp_path / "b.xml", "--yes", "--passphrase-file", secret)
    assert "Looked at 78 facts in 2 files. 63 are new and 15 are new and kept as text." in ran.out
    assert "5 parts of files could not be read." in ran.out
    assert ran.out.count("Not read:") == 1
    assert "line 2, line 3, line 4 and 2 more" in ran.out
