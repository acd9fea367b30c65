"""What a reader that a file has taken over may say: the parent believes nothing it has not checked."""

import os
import select
import zipfile
from io import BytesIO

import msgspec
import pytest

from secondlens.domain.clinical import Composition
from secondlens.domain.samples import Samples
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.errors import BadInput
from secondlens.importers._answers import Records
from secondlens.importers._child import DIED, MISBEHAVED, TOO_LONG, TOO_MUCH, Bounds, Stopped, listen
from secondlens.importers._messages import Done, Recognised, in_batches, send
from secondlens.importers.archive import BOMB
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox
from tests.importers.children import FILE, liar

PACKED = BytesIO()
with zipfile.ZipFile(PACKED, "w") as archive:
    archive.writestr("a", b"1")
ZIP = IncomingFile(name="portal.zip", content=PACKED.getvalue())

LIES = {
    "silence": ("time.sleep(60)", TOO_LONG),
    "leaving at once": ("", DIED),
    "half a length": ("out.write(b'\\0\\0'); out.flush()", DIED),
    "half a message": ("out.write(b'\\0\\0\\0\\x20half'); out.flush()", DIED),
    "half a message and silence": ("out.write(b'\\0\\0\\0\\x20half'); out.flush(); time.sleep(60)", TOO_LONG),
    "a length of 4 GB": ("out.write(b'\\xff\\xff\\xff\\xffx'); out.flush()", TOO_MUCH),
    "garbage": ("out.write(b'\\0\\0\\0\\x08' + bytes(range(190, 198))); out.flush()", MISBEHAVED),
    "an empty message": ("out.write(b'\\0\\0\\0\\0'); out.flush()", MISBEHAVED),
    "a list that says it holds billions": (
        "put(msgspec.msgpack.encode({'type': 'Entries', 'entries': []})[:-1] + b'\\xdd' + b'\\xff' * 4)",
        MISBEHAVED,
    ),
    "an endless flood": ("say(Recognised('ccda'))\nwhile True: say(entries(composition(content)))", TOO_MUCH),
    "more than a file can turn into": (
        "say(Recognised('ccda'), *[entries(composition(content, text='x' * 15_000_000))] * 6, Done(6))",
        TOO_MUCH,
    ),
    "flooding without a word": ("while True: out.write(b'\\0' * 4096)", MISBEHAVED),
    "a second hello": ("say(Hello(Confinement()))", MISBEHAVED),
    "entries of no importer": ("say(entries(composition(content)), Done(1))", MISBEHAVED),
    "two importers": ("say(Recognised('ccda'), Recognised('fhir'), Done(0))", MISBEHAVED),
    "an importer with a strange name": ("say(Recognised('<script>'), Done(0))", MISBEHAVED),
    "a wrong fingerprint": ("say(Recognised('ccda'), entries(composition(b'other')), Done(1))", MISBEHAVED),
    "a record of another importer": (
        "say(Recognised('ccda'), entries(composition(content, importer='fhir')), Done(1))",
        MISBEHAVED,
    ),
    "a file around that nobody gave it": (
        (
            "one = composition(content).source; inside = Source(one.sha256, '', 'ccda', None, one); "
            "say(Recognised('ccda'), entries(composition(content, source=inside)), Done(1))"
        ),
        MISBEHAVED,
    ),
    "a record without a source": (
        "say(Recognised('ccda'), entries(composition(content, source=None)), Done(1))",
        MISBEHAVED,
    ),
    "a record of the person's own": (
        "say(Recognised('ccda'), entries(wish(content)), Done(1))",
        MISBEHAVED,
    ),
    "a mapping of columns as a record": (
        "source = composition(content, importer='table').source\n"  # noqa: ISC004  (one program)
        "say(Recognised('table'), entries(ColumnMapping(title='t', table=mapping(), source=source)), Done(1))",
        MISBEHAVED,
    ),
    "a shape nobody knows": ("say(Recognised('ccda'), empty('Spell'), Done(1))", MISBEHAVED),
    "a record without its fields": (
        "say(Recognised('ccda'), empty('Composition'), Done(1))",
        MISBEHAVED,
    ),
    "a field of another type": (
        "say(Recognised('ccda'), entries(composition(content, title=5)), Done(1))",
        MISBEHAVED,
    ),
    "a date that is none": (
        "say(Recognised('ccda'), entries(composition(content, start=When('some day'))), Done(1))",
        MISBEHAVED,
    ),
    "fewer than it says": ("say(Recognised('ccda'), entries(composition(content)), Done(2))", MISBEHAVED),
    "more than it says": ("say(Recognised('ccda'), entries(composition(content)), Done(0))", MISBEHAVED),
    "a member of a file that is no zip": (
        "say(Recognised('ccda'), Member('a', 1), Piece(b'1'), Done(1))",
        MISBEHAVED,
    ),
}


_SAID = "say(Recognised('apple_health'), entries(readings({})), Done(1))"
LIES |= {
    f"readings with {name}": (_SAID.format(changes), MISBEHAVED)
    for name, changes in {
        "columns of unequal length": "starts=bytes(16)",
        "half a number": "values=bytes(7)",
        "nothing in them": "0",
        "an end before the beginning": "starts=struct.pack('q', 5)",
        "a time that is none": "ends=struct.pack('q', 2**62)",
        "a clock days ahead": "offsets=struct.pack('h', 3000)",
        "a value that is no number": "values=struct.pack('d', float('nan'))",
        "a code that is not there": "codes=('a',), values=struct.pack('d', 1.0)",
        "half a code": "codes=('a', 'b'), values=struct.pack('d', 0.5)",
        "the same code twice": "codes=('a', 'a')",
        "a note that is not there": "notes=struct.pack('I', 1)",
        "a note that is no object": "abouts=('[',)",
        "no metric": "metric=''",
        "a metric without end": "metric='m' * 501",
        "a code without end": "codes=('a' * 10_001,)",
    }.items()
} | {"more readings than a file could hold": (_SAID.format("28"), TOO_MUCH)}


@pytest.mark.parametrize(("say", "sentence"), LIES.values(), ids=LIES)
def test_what_a_lying_reader_says_of_a_file_is_not_believed(say: str, sentence: str) -> None:
    with Sandbox(liar(say), seconds=3) as sandbox:
        reading = sandbox.read(FILE)
    assert reading.entries == ()
    assert reading.problem == sentence


def test_readings_that_are_sound_are_believed() -> None:
    with Sandbox(liar(_SAID.format("27")), seconds=3) as sandbox:
        (entry,) = sandbox.read(FILE).entries
    assert isinstance(entry, Samples)
    assert entry.count == 27


ZIP_LIES = {
    "a member larger than it says": "say(Member('a', 1), Piece(b'12'), Done(0))",
    "a member smaller than it says": "say(Member('a', 3), Piece(b'12'), Done(0))",
    "a member inside a member": "say(Member('a', 3), Member('b', 1), Piece(b'1'), Done(1))",
    "bytes of no member": "say(Piece(b'12'), Done(0))",
    "a name that leads out": "say(Member('../../a', 0), Done(1))",
    "a place with letters nobody can see": "say(Member('a', 0, 'x' + chr(8238)), Done(1))",
    "a place longer than any": "say(Member('a', 0, 'x' * 3000), Done(1))",
    "a record": "say(entries(composition(content)), Done(1))",
    "fewer than it says": "say(Member('a', 0), Done(2))",
    "an importer": "say(Recognised('ccda'), Done(0))",
}


@pytest.mark.parametrize("say", ZIP_LIES.values(), ids=ZIP_LIES)
def test_what_a_lying_reader_says_of_a_zip_is_not_believed(say: str) -> None:
    with Sandbox(liar(say), seconds=3) as sandbox, pytest.raises(BadInput) as error:
        sandbox.open(ZIP)
    assert str(error.value) == MISBEHAVED


TABLE_LIES = {
    "a row of another width": "say(table(('a', 'b')), Done(0))",
    "more rows than a page shows": "say(table(*(('a',) for _ in range(6))), Done(0))",
    "a cell longer than a page shows": "say(table(('a' * 201,)), Done(0))",
    "letters nobody can see": "say(table(name=chr(8238)), Done(0))",
    "more columns than a table has": "say(table(columns=(ColumnFacts(name='a', looks='text'),) * 501), Done(0))",
    "no columns": "say(table(columns=()), Done(0))",
    "a mapping nobody sent": "say(table(mapping=mapping()), Done(0))",
    "two tables": "say(table(), table(), Done(0))",
    "nothing": "say(Done(0))",
    "a record": "say(entries(composition(content)), Done(1))",
}


@pytest.mark.parametrize("say", TABLE_LIES.values(), ids=TABLE_LIES)
def test_what_a_lying_reader_says_of_columns_is_not_believed(say: str) -> None:
    with Sandbox(liar(say), seconds=3) as sandbox, pytest.raises(BadInput) as error:
        sandbox.columns(FILE)
    assert str(error.value) == MISBEHAVED


def test_columns_that_fit_are_believed() -> None:
    with Sandbox(liar("say(table(('a',)), Done(0))"), seconds=3) as sandbox:
        assert sandbox.columns(FILE).rows == (("a",),)


def test_a_lying_reader_cannot_unpack_more_than_a_zip_may_hold() -> None:
    flood = "while True: say(Member('a', 2**20), Piece(b'0' * 2**20))"
    with Sandbox(liar(flood)) as sandbox, pytest.raises(BadInput) as error:
        sandbox.open(ZIP)
    assert str(error.value) == BOMB


def test_what_a_reader_leaves_behind_ends_with_it() -> None:
    """Where nothing keeps a reader from starting another process, that one could keep the pipe open for ever."""
    helper = "import subprocess\nsay(Refused(str(subprocess.Popen(['sleep', '60']).pid)))\ntime.sleep(60)"
    with Sandbox(liar(helper)) as sandbox:
        left = os.pidfd_open(int(sandbox.read(FILE).problem or ""))
    try:
        assert select.select([left], [], [], 20)[0]
    finally:
        os.close(left)


def test_no_bit_turned_on_the_way_gets_past_the_parent_unseen() -> None:
    """Refused, or the same kind of answer with another letter in it."""
    source = Source(FILE.sha256, "", "ccda")
    record = Composition(title="t", text="words", start=When("2024-03"), source=source)
    answer = BytesIO()
    for message in (Recognised("ccda"), *in_batches([record]), Done(1)):
        send(answer, message)
    true = answer.getvalue()
    for bit in range(len(true) * 8):
        turned = bytearray(true)
        turned[bit // 8] ^= 1 << bit % 8
        records = Records(len(FILE.content), FILE.sha256)
        try:
            ending = listen(BytesIO(turned), Bounds(message=10_000, total=10_000), records.take)
        except Stopped:
            continue
        assert ending is None or isinstance(ending, msgspec.Struct)
        assert all(isinstance(one, Composition) and one.source == source for one in records.entries)
