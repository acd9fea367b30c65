"""Whatever arrives: a sentence for what cannot be used, nothing of it kept, the other files untouched by it."""

import gzip
import json
import os
import threading
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from secondlens.actions.importing import NO_FILE, keep, preview_all, read_files, read_paths
from secondlens.actions.progress import Step
from secondlens.actions.whose import INSIDE_ANOTHER
from secondlens.importers._child import DIED, STOPPED, TOO_LONG, TOO_MUCH_MEMORY
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import UNREADABLE, Sandbox
from secondlens.vault import LEAST_COST, create_vault
from tests.importers.children import FILE, reader_with

FIXTURES = Path(__file__).parents[1] / "fixtures"
CCD = FIXTURES / "ccda" / "hl7_examples" / "Documents" / "CCD" / "CCD_1" / "CCD.XML"
PASSPHRASE = "four calm words here"


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def nested(levels: int) -> bytes:
    content = zipped(("summary.xml", CCD.read_bytes()))
    for level in range(levels):
        content = zipped((f"{level}.zip", content))
    return content


def lots_of_laughs() -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    document = '<ClinicalDocument xmlns="urn:hl7-org:v3">&l9;</ClinicalDocument>'
    return f'<!DOCTYPE d [<!ENTITY l0 "ha">{lines}]>{document}'.encode()


def half_a_document() -> bytes:
    return CCD.read_bytes()[: CCD.stat().st_size // 2]


BAD: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("empty.xml", lambda: b""),
    ("shopping.txt", lambda: b"milk, bread"),
    ("page.html", lambda: b"<!doctype html><p>hello"),
    ("settings.json", lambda: b'{"colour": "blue"}'),
    ("broken.json", lambda: b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceT'),
    ("broken.xml", half_a_document),
    ("laughs.xml", lots_of_laughs),
    ("outside.xml", lambda: b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><ClinicalDocument xmlns="urn:hl7-org:v3"/>'),
    ("deep.json", lambda: b'{"resourceType": "Patient", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    (
        "deep.xml",
        lambda: (
            b"<ClinicalDocument xmlns='urn:hl7-org:v3'>"
            + b"<a>" * 5_000
            + b"</a>" * 5_000
            + b"</ClinicalDocument>"
        ),
    ),
    ("hundred.zip", lambda: nested(100)),
    ("bomb.zip", lambda: zipped(("summary.xml", b"<ClinicalDocument>" + b" " * 300_000_000))),
    ("torn.zip", lambda: nested(0)[:-30]),
    ("nothing.zip", lambda: zipped(("holiday.mov", b"\0\0\0\1"), ("notes.txt", b"hello"))),
    ("program", lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 50),
)


@pytest.mark.parametrize(("name", "content"), BAD, ids=[name for name, _ in BAD])
def test_what_cannot_be_used_gets_a_sentence_and_keeps_nothing(
    name: str, content: Callable[[], bytes], tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content())
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        reads = tuple(read_paths([tmp_path / name, CCD]))
        receipts = [keep(vault, read) for read in reads]
        refused, kept = receipts[:-1], receipts[-1]
        assert any(receipt.problem and receipt.problem.endswith(".") for receipt in refused)
        assert all(receipt.new + receipt.as_text == 0 for receipt in refused)
        assert kept.new > 0
        assert {document.name for document in vault.documents()} == {"CCD.XML"}


def test_a_missing_file_is_said_and_costs_nothing(tmp_path: Path) -> None:
    (read,) = read_paths([tmp_path / "gone.xml"])
    assert read.problem == "There is no file with this name. Check the name and the folder."


def test_what_is_no_file_at_all_is_said() -> None:
    (read,) = read_paths([Path(os.devnull)])
    assert read.problem == NO_FILE


def test_a_zip_is_opened_and_its_members_keep_their_place(tmp_path: Path) -> None:
    (tmp_path / "portal.zip").write_bytes(
        zipped(("IHE_XDM/a/summary.xml", CCD.read_bytes()), ("IHE_XDM/a/film.mov", b"\0\1\2"))
    )
    read, container = read_paths([tmp_path / "portal.zip"])
    assert read.path == f"{tmp_path}/portal.zip/IHE_XDM/a/summary.xml"
    assert read.records
    assert [unread.where for unread in container.unread] == ["IHE_XDM/a/film.mov"]
    assert container.problem is None


def test_the_vault_keeps_the_name_of_a_file_but_not_the_folders_of_the_computer(tmp_path: Path) -> None:
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        for read in read_paths([CCD.parent]):
            keep(vault, read)
        assert str(tmp_path.parent) not in " ".join(document.name for document in vault.documents())
        assert all(not document.name.startswith("/") for document in vault.documents())


def test_preview_and_keep_tell_the_same_and_preview_writes_nothing(tmp_path: Path) -> None:
    (read,) = read_files([IncomingFile("CCD.XML", CCD.read_bytes())])
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        told = preview_all(vault, [read])[0]
        assert vault.counts() == ()
        assert keep(vault, read) == told
        assert sum(number for _, number in told.records) + len(told.unread) == told.entries
        again = preview_all(vault, [read])[0]
        assert (again.new, again.changed, again.as_text, again.same) == (0, 0, 0, len(read.records))


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("raise ZeroDivisionError(file.name)", UNREADABLE),
        ("os._exit(1)", DIED),
        ("bytearray(100 * 1024**3)", TOO_MUCH_MEMORY),
        ("while True: pass", TOO_LONG),
    ],
)
def test_what_brings_a_reader_down_is_a_sentence_and_costs_no_other_file(
    harm: str, sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sandbox = partial(Sandbox, reader_with(harm), seconds=3)
    monkeypatch.setattr("secondlens.actions.importing.Sandbox", sandbox)
    files = [
        IncomingFile("CCD.XML", CCD.read_bytes()),
        FILE,
        IncomingFile("many.zip", zipped(("A bad one", FILE.content), ("CCD_2.XML", CCD.read_bytes() + b"\n"))),
    ]
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        receipts = [keep(vault, read) for read in read_files(files)]
        assert [receipt.problem for receipt in receipts] == [None, sentence, sentence, None]
        assert {document.name for document in vault.documents()} == {"CCD.XML", "CCD_2.XML"}


def test_a_file_about_somebody_else_is_remarked_before_it_is_kept(tmp_path: Path) -> None:
    def about(name: str, birth: str) -> IncomingFile:
        patient = {"resourceType": "Patient", "id": "1", "name": [{"text": name}], "birthDate": birth}
        return IncomingFile(f"{name}.json", json.dumps(patient).encode())

    ann, again, bob = read_files(
        [about("Ann", "1980-01-01"), about("Ann B.", "1980-01-01"), about("Bob", "1990-01-01")]
    )
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        assert keep(vault, ann).remark is None
        assert preview_all(vault, [again])[0].remark is None
        assert "another person: Bob, born 1 January 1990" in str(preview_all(vault, [bob])[0].remark)
        assert "another person" in str(keep(vault, bob).remark)


def patient(**said: Any) -> IncomingFile:
    resource = {"resourceType": "Patient", "id": "1", **said}
    return IncomingFile("about.json", json.dumps(resource).encode())


def named(name: str, birth: str | None = None) -> IncomingFile:
    return patient(name=[{"text": name}], **({"birthDate": birth} if birth else {}))


@pytest.mark.parametrize(
    ("file", "another"),
    [
        (named("Me"), False),
        (named("Me", "1980-01-01"), False),
        (named("Me", "1980"), False),
        (named("Me", "1981-01-01"), True),
        (patient(), False),
        (named("Ann"), False),
        (named("Ann", "1980-02"), True),
        (named("Bob"), True),
        (named("Bob", "1980"), True),
    ],
    ids=lambda value: value.content.decode()[40:] if isinstance(value, IncomingFile) else "",
)
def test_who_gives_no_name_is_another_person_only_by_another_birth_date(
    *, file: IncomingFile, another: bool, tmp_path: Path
) -> None:
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        for read in read_files([named("Ann", "1980-01-01")]):
            keep(vault, read)
        (read,) = read_files([file])
        assert bool(preview_all(vault, [read])[0].remark) is another


def test_in_an_empty_vault_the_person_whom_most_files_name_is_the_own_one(tmp_path: Path) -> None:
    letter = {"contentType": "application/pdf", "data": "JVBERi0xLjQK", "title": "Letter"}
    document = {
        "resourceType": "DocumentReference",
        "description": "A letter",
        "content": [{"attachment": letter}],
    }
    bob = {"resourceType": "Patient", "name": [{"text": "Bob"}]}
    entries = [{"resource": bob}, {"resource": document}]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    reads = tuple(
        read_files(
            [named("Me"), IncomingFile("bob.json", json.dumps(bundle).encode()), named("Ann"), named("Ann")]
        )
    )
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        remarks = [receipt.remark for receipt in preview_all(vault, reads)]
    assert [bool(remark) for remark in remarks] == [False, True, True, False, False]
    assert remarks[2] == INSIDE_ANOTHER


def test_what_two_files_bring_is_new_only_once_and_keeping_them_tells_the_same(tmp_path: Path) -> None:
    content = CCD.read_bytes()
    files = [
        IncomingFile("a.xml", content),
        IncomingFile("b.xml", content + b"\n"),
        IncomingFile("c.xml", content),
    ]
    reads = tuple(read_files(files))
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        told = preview_all(vault, reads)
        assert [receipt.same for receipt in told] == [0, len(reads[0].records), len(reads[0].records)]
        assert tuple(keep(vault, read) for read in reads) == told
        assert [receipt.same for receipt in preview_all(vault, reads)] == [len(reads[0].records)] * 3


def test_a_fact_that_two_portals_tell_under_names_of_their_own_is_new_only_once(tmp_path: Path) -> None:
    def told(number: str) -> IncomingFile:
        code = {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "Hemoglobin"}
        value = {"value": 13.2, "unit": "g/dL"}
        observation: dict[str, Any] = {"resourceType": "Observation", "status": "final", "code": code}
        observation |= {"effectiveDateTime": "2024-03-02", "valueQuantity": value}
        observation["identifier"] = [{"system": "urn:x", "value": number}]
        return IncomingFile(f"{number}.json", json.dumps(observation).encode())

    reads = tuple(read_files([told("a"), told("b")]))
    with create_vault(tmp_path / "my.vault", PASSPHRASE, cost=LEAST_COST).vault as vault:
        receipts = preview_all(vault, reads)
        assert [(receipt.new, receipt.same) for receipt in receipts] == [(1, 0), (0, 1)]
        assert tuple(keep(vault, read) for read in reads) == receipts


def test_what_a_folder_hides_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "download"
    folder.mkdir()
    (folder / "CCD.XML").write_bytes(CCD.read_bytes())
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "broken").symlink_to(tmp_path / "gone")
    read, account = read_paths([folder])
    assert read.records
    assert {unread.where for unread in account.unread} == {"elsewhere", "broken"}


def test_a_bulk_folder_is_read_whole_with_its_packed_files(tmp_path: Path) -> None:
    bulk = FIXTURES / "fhir" / "ndjson"
    for path in bulk.glob("*.ndjson"):
        (tmp_path / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    plain = {Path(read.path).name: len(read.records) for read in read_paths([bulk]) if read.records}
    packed = {Path(read.path).name: len(read.records) for read in read_paths([tmp_path]) if read.records}
    assert packed == plain
    assert len(plain) > 5


def test_each_file_is_told_of_before_it_is_read_and_all_are_counted(tmp_path: Path) -> None:
    ccd = CCD.read_bytes()
    folder = tmp_path / "download"
    folder.mkdir()
    (folder / "a.xml").write_bytes(ccd)
    (folder / "b.bin").write_bytes(b"\0\1")
    (tmp_path / "portal.zip").write_bytes(zipped(("c.xml", ccd), ("d.mov", b"\0\1")))
    told: list[Step] = []
    reads = read_paths([folder, tmp_path / "portal.zip"], watch=told.append)
    seen = [(len(told), Path(read.path).name) for read in reads]
    portal = f"{tmp_path}/portal.zip"
    assert told == [
        Step(str(folder), 0, 0, 2),
        Step(f"{folder}/a.xml", 0, 1, 4),
        Step(f"{folder}/b.bin", 0, 2, 4),
        Step(portal, 1, 3, 4),
        Step(f"{portal}/c.xml", 1, 4, 6),
        Step(f"{portal}/d.mov", 1, 5, 6),
    ]
    assert seen == [(2, "a.xml"), (3, "download"), (5, "c.xml"), (6, "portal.zip")]


def test_reading_is_ended_in_the_middle_of_a_file_from_another_thread() -> None:
    with Sandbox(reader_with("while True: pass")) as sandbox:
        timer = threading.Timer(0.5, sandbox.stop)
        timer.start()
        reads = list(read_files([FILE, IncomingFile("CCD.XML", CCD.read_bytes())], sandbox=sandbox))
        timer.join()
        assert [read.problem for read in reads] == [STOPPED, STOPPED]
