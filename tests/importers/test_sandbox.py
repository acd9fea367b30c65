"""A reader may die, hang, flood or lie: the parent lives on, the file gets a sentence, the next a new child."""

import os
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from secondlens.domain.record import Record, Unread
from secondlens.errors import BadInput
from secondlens.importers._child import (
    DIED,
    MISBEHAVED,
    NOT_STARTED,
    TOO_LONG,
    TOO_MUCH,
    TOO_MUCH_MEMORY,
)
from secondlens.importers.archive import open_archive
from secondlens.importers.formats import IMPORTERS
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import LEAST_MEMORY, UNREADABLE, Reading, Sandbox
from tests.importers.children import FILE, reader_with

FIXTURES = Path(__file__).parents[1] / "fixtures"
LETTER = IncomingFile(name="letter.rtf", content=b"{\\rtf1 Dear colleague")


def zipped(**members: bytes) -> IncomingFile:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return IncomingFile(name="portal.zip", content=packed.getvalue())


def samples() -> list[Path]:
    """One file of each folder of fixtures, the smallest and the largest."""
    folders = {path.parent for path in FIXTURES.rglob("*") if path.suffix in {".json", ".xml", ".XML", ".ndjson"}}
    sizes = [sorted((p for p in one.iterdir() if p.is_file()), key=lambda p: p.stat().st_size) for one in folders]
    return sorted({path for files in sizes for path in (files[0], files[-1])})


def in_process(file: IncomingFile) -> Reading:
    importer = next((one for one in IMPORTERS if one.recognises(file)), None)
    if importer is None:
        return Reading()
    try:
        return Reading(importer=importer.name, entries=tuple(importer.read(file)))
    except BadInput as error:
        return Reading(importer=importer.name, problem=str(error))


def test_a_child_reads_every_sample_as_the_importer_alone_would() -> None:
    with Sandbox() as sandbox:
        for path in samples():
            file = IncomingFile(name=path.name, content=path.read_bytes())
            assert sandbox.read(file) == in_process(file), path


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("iso-8859-7", "\N{GREEK SMALL LETTER LAMDA}"),
        ("koi8-r", "\N{CYRILLIC SMALL LETTER YA}"),
        ("cp1252", "\N{EURO SIGN}"),
        *((name, "\N{CJK UNIFIED IDEOGRAPH-4E2D}") for name in ("gb18030", "shift_jis", "big5", "utf-16")),
    ],
)
def test_a_confined_child_still_knows_every_encoding(encoding: str, words: str) -> None:
    document = (
        f'<?xml version="1.0" encoding="{encoding}"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        f"<title>{words}</title></ClinicalDocument>"
    )
    file = IncomingFile(name="letters.xml", content=document.encode(encoding))
    with Sandbox() as sandbox:
        reading = sandbox.read(file)
    assert reading == in_process(file)
    assert words in str(reading.entries)


def test_a_zip_comes_out_of_a_child_as_it_would_without_one() -> None:
    inner = zipped(deep=b"x" * 5, other=LETTER.content)
    archive = zipped(a=b"", b=b"hello", c=os.urandom(3_000_000), d=inner.content, film=b"\0\0")
    with Sandbox() as sandbox:
        assert sandbox.open(archive) == tuple(open_archive(archive))


def test_one_child_reads_many_files_and_none_is_there_before_or_after() -> None:
    with Sandbox(reader_with("yield Unread('pid', str(os.getpid()))")) as sandbox:
        assert sandbox.confinement is None
        first, second = (sandbox.read(FILE).entries[0] for _ in range(2))
        assert first == second
    assert isinstance(first, Unread)
    assert not _lives(int(first.why))


HARMS = {
    "a fault": ("raise ZeroDivisionError", UNREADABLE),
    "a fault after half of it": ("yield Unread('a', 'b')\nraise ZeroDivisionError", UNREADABLE),
    "a refusal": ("raise BadInput('No.')", "No."),
    "a long refusal": ("raise BadInput('No. ' * 1000)", MISBEHAVED),
    "leaving": ("os._exit(0)", DIED),
    "leaving after half of it": ("yield Unread('a', 'b')\nos._exit(0)", DIED),
    "a broken address": ("import ctypes\nctypes.string_at(0)", DIED),
    "eating memory at once": ("bytearray(100 * 1024**3)", TOO_MUCH_MEMORY),
    "eating memory slowly": ("eaten = []\nwhile True: eaten.append(bytearray(10_000_000))", TOO_MUCH_MEMORY),
    "never ending": ("while True: pass", TOO_LONG),
    "more entries than bytes": ("while True: yield Unread('a', 'b')", TOO_MUCH),
    "too large an entry": ("yield Unread('a', 'b' * 100_000_000)", TOO_MUCH),
    "a record of another file": (
        "yield Composition(title='t', text='t', source=Source('0' * 64, '', self.name))",
        MISBEHAVED,
    ),
}


@pytest.mark.parametrize(("harm", "sentence"), HARMS.values(), ids=HARMS)
def test_a_harmed_reader_is_a_sentence_and_the_next_file_is_read(harm: str, sentence: str) -> None:
    with Sandbox(reader_with(harm), seconds=3) as sandbox:
        assert sandbox.read(LETTER).problem is None
        assert sandbox.read(FILE) == Reading(importer="keepsake", problem=sentence)
        assert sandbox.read(LETTER).problem is None


def test_a_reader_of_a_small_file_has_little_memory() -> None:
    with Sandbox(reader_with(f"bytearray({LEAST_MEMORY})")) as sandbox:
        assert sandbox.read(FILE).problem == TOO_MUCH_MEMORY


def test_a_file_does_not_pay_for_the_one_before() -> None:
    leak = """
        global leaked
        if file.name == "first":
            leaked = bytearray(400 * 1024**2)
        else:
            bytearray(300 * 1024**2)
    """
    with Sandbox(reader_with(leak)) as sandbox:
        for name in ("first", "second"):
            assert sandbox.read(IncomingFile(name=name, content=FILE.content)).problem is None


def test_a_child_whose_time_ran_out_just_after_its_answer_is_not_asked_again() -> None:
    with Sandbox(reader_with("yield Unread('pid', str(os.getpid()))")) as sandbox:
        first = sandbox.read(FILE)
        assert sandbox._child
        sandbox._child._time_is_up()
        second = sandbox.read(FILE)
    assert second.problem is None
    assert first.entries != second.entries


@pytest.mark.parametrize(
    "command",
    [
        ("/no/such/program",),
        (sys.executable, "-c", ""),
        (sys.executable, "-c", "print('hello, I am no reader')"),
        (sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\xff' * 100)"),
        (sys.executable, "-m", "no.such.module"),
    ],
)
def test_a_reader_that_does_not_start_is_a_sentence(command: tuple[str, ...]) -> None:
    with Sandbox(command) as sandbox:
        assert sandbox.read(LETTER) == Reading(problem=NOT_STARTED)
        with pytest.raises(BadInput, match="could not start"):
            sandbox.open(zipped(a=b"1"))


def test_real_bombs_end_in_a_child_and_the_parent_lives() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    root = "<ClinicalDocument xmlns='urn:hl7-org:v3'>"
    end = "</ClinicalDocument>"
    attributes = " ".join(f"a{number}='x'" for number in range(300_000))
    bombs = (
        f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]>{root}&l9;{end}',
        f'<!DOCTYPE d SYSTEM "file:///etc/passwd">{root}{end}',
        f"{root}{'<a>' * 100_000}{'</a>' * 100_000}{end}",
        f"{root}{'<a/>' * 700_000}{end}",
        f"{root}<a {attributes}/>{end}",
        '{"resourceType": "Patient", "x": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}",
        '{"resourceType": "Patient", "x": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}",
    )
    with Sandbox() as sandbox:
        for bomb in bombs:
            reading = sandbox.read(IncomingFile(name="bomb", content=bomb.encode()))
            assert reading.problem or all(isinstance(one, Unread | Record) for one in reading.entries)
            assert reading.problem is None or reading.problem.endswith(".")
        with pytest.raises(BadInput, match="far more"):
            sandbox.open(zipped(bomb=b" " * 100_000_000))
        assert sandbox.read(LETTER).problem is None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
