"""What a reader of a large file may ask for and say: it gets no more than the file, and nothing is believed."""

import subprocess
import sys
import zipfile
from io import BytesIO

import pytest

from secondlens.domain.samples import Samples
from secondlens.errors import BadInput, Damaged
from secondlens.importers._child import DIED, MISBEHAVED, STOPPED, TOO_MUCH
from secondlens.importers.archive import BOMB
from secondlens.importers.incoming import IncomingFile, LargeFile, Lying
from secondlens.importers.sandbox import Reading, Sandbox
from secondlens.importers.streaming import read_large, unpack_large, with_fingerprint
from tests.importers.children import liar, reader_with

CONTENT = b"<HealthData>\n" + b" " * 3_000_000 + b"</HealthData>\n"
SIZE = len(CONTENT)


def lying(content: bytes = CONTENT) -> Lying:
    return Lying(len(content), lambda offset, size: content[offset : offset + size])


def ask(say: str, *, member: int | None = None) -> tuple[Reading, bytes, list[Samples]]:
    taken = bytearray()
    samples: list[Samples] = []
    with Sandbox(liar(say, sent=False)) as sandbox:
        reading = read_large(sandbox, LargeFile("e", SIZE, lying(), member), taken.extend, samples.append)
    return reading, bytes(taken), samples


def ignore(_: object) -> None:
    pass


READ = f"for start in range(0, {SIZE}, 2**20): ask(start, min(2**20, {SIZE} - start))\n"
HONEST = f"{READ}say(Recognised('apple_health'), entries(readings()), Done(1))"
LIES = {
    "a part before the file": ("ask(-1, 10)", MISBEHAVED),
    "a part behind the file": (f"ask({SIZE} - 1, 2)", MISBEHAVED),
    "a part of nothing": ("ask(0, 0)", MISBEHAVED),
    "a part larger than a piece": ("ask(0, 2**20 + 1)", MISBEHAVED),
    "many parts without reading them": ("while True: say(Wanted(0, 2**20))", MISBEHAVED),
    "done before all was asked for": ("say(Recognised('apple_health'), Done(0))", MISBEHAVED),
    "done with a part left out": (
        "ask(0, 2**20); ask(2**21, 10); say(Recognised('apple_health'), Done(0))",
        MISBEHAVED,
    ),
    "bytes nobody wants": (f"{READ}say(Recognised('apple_health'), Piece(b'x'), Done(0))", MISBEHAVED),
    "a wrong count": (f"{READ}say(Recognised('apple_health'), entries(readings()), Done(2))", MISBEHAVED),
    "a record with a fingerprint": (
        f"{READ}say(Recognised('apple_health'), entries(composition(b'', importer='apple_health')), Done(1))",
        MISBEHAVED,
    ),
    "readings that are not sound": (
        f"{READ}say(Recognised('apple_health'), entries(readings(starts=bytes(16))), Done(1))",
        MISBEHAVED,
    ),
    "more readings than bytes": (
        "say(Recognised('apple_health'))\nwhile True: say(entries(readings(100_000)))",
        TOO_MUCH,
    ),
    "more words than one looks through": (
        f"{READ}say(Recognised('apple_health'), *[entries(Unread('a', 'b'))] * 200_001, Done(200_001))",
        TOO_MUCH,
    ),
    "leaving with a part on its way": ("say(Wanted(0, 2**20))", DIED),
}


@pytest.mark.parametrize(("say", "sentence"), LIES.values(), ids=LIES)
def test_a_lie_about_a_large_file_is_a_sentence(say: str, sentence: str) -> None:
    reading, _, _ = ask(say)
    assert (reading.problem, reading.entries) == (sentence, ())


def test_an_honest_reader_gets_every_byte_and_the_parent_has_them_too() -> None:
    reading, taken, samples = ask(HONEST)
    assert (reading.problem, reading.importer, [one.count for one in samples]) == (None, "apple_health", [1])
    assert taken == CONTENT


@pytest.mark.parametrize(
    "say",
    [
        "say(Recognised('apple_health'), Piece(b'x'), Done(0))",
        "say(Recognised('apple_health'))\nwhile True: say(Piece(b'x' * 2**20))",
    ],
    ids=["too few", "too many"],
)
def test_the_bytes_of_a_member_are_as_many_as_the_zip_says(say: str) -> None:
    assert ask(say, member=0)[0].problem == MISBEHAVED


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        ("LargeMember('a', 10**12, 0)", MISBEHAVED),
        ("LargeMember('a', 10**10, 0)", BOMB),
        ("LargeMember('../a', 10, 0)", MISBEHAVED),
        ("LargeMember('a', 10, -1)", MISBEHAVED),
    ],
)
def test_a_lie_about_a_large_member_is_a_sentence(member: str, sentence: str) -> None:
    with Sandbox(liar(f"say({member}, Done(1))", sent=False)) as sandbox, pytest.raises(BadInput) as error:
        sandbox.look(LargeFile("e.zip", 1000, lying()))
    assert str(error.value) == sentence


def test_a_zip_sent_whole_brings_no_large_members() -> None:
    packed = BytesIO()
    zipfile.ZipFile(packed, "w").close()
    with Sandbox(liar("say(LargeMember('a', 1, 0), Done(1))")) as sandbox, pytest.raises(BadInput) as error:
        sandbox.open(IncomingFile("e.zip", packed.getvalue()))
    assert str(error.value) == MISBEHAVED


def test_a_file_that_cannot_be_read_further_ends_the_reader_with_its_own_sentence() -> None:
    def refuse(_offset: int, _size: int) -> bytes:
        raise Damaged("The disk is gone.")

    with Sandbox() as sandbox:
        reading = read_large(sandbox, LargeFile("e", 100, Lying(100, refuse)), ignore, ignore)
    assert reading.problem == "The disk is gone."


def test_a_broken_reader_of_parts_does_not_keep_the_parent_waiting() -> None:
    def fail(_offset: int, _size: int) -> bytes:
        raise BrokenPipeError

    with Sandbox() as sandbox:
        assert read_large(sandbox, LargeFile("e", 100, Lying(100, fail)), ignore, ignore).problem == DIED


def test_the_same_sandbox_reads_small_files_before_and_after_a_large_one() -> None:
    letter = IncomingFile("letter.rtf", b"{\\rtf1 Dear colleague")
    with Sandbox() as sandbox:
        before = sandbox.read(letter)
        reading = read_large(sandbox, LargeFile("e", SIZE, lying()), ignore, ignore)
        assert (reading.problem, reading.importer) == (None, "apple_health")
        assert sandbox.read(letter) == before


def test_a_reader_of_large_files_has_no_thread_that_a_filter_would_not_hold() -> None:
    load = "import os\nfrom secondlens.importers import _reader\n_reader._load_large()\n"
    code = f"{load}print(len(os.listdir('/proc/self/task')))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_a_reader_of_large_files_is_confined_as_any_other() -> None:
    attempt = "try:\n    open('/etc/passwd')\nexcept OSError:\n    pass\nelse:\n    os._exit(1)"
    with Sandbox(reader_with("pass", large=attempt)) as sandbox:
        reading = read_large(sandbox, LargeFile("e", SIZE, lying()), ignore, ignore)
    assert reading.problem is None


def test_bytes_pass_once_more_from_where_they_lie() -> None:
    parts: list[bytes] = []
    with Sandbox() as sandbox:
        unpack_large(sandbox, LargeFile("e", SIZE, lying()), parts.append)
        assert b"".join(parts) == CONTENT
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a", CONTENT)
        parts.clear()
        unpack_large(sandbox, LargeFile("a", SIZE, lying(packed.getvalue()), 0), parts.append)
        assert b"".join(parts) == CONTENT
        with pytest.raises(BadInput, match="damaged"):
            unpack_large(sandbox, LargeFile("a", SIZE, lying(packed.getvalue()), 7), ignore)


def test_what_is_no_record_gets_no_fingerprint() -> None:
    sample = Samples(metric="m", starts=b"", ends=b"", offsets=b"", values=b"", notes=b"", abouts=())
    assert with_fingerprint(sample, "0" * 64) is sample


def test_a_large_file_that_is_stopped_says_so_and_so_does_the_next() -> None:
    def stop(_offset: int, size: int) -> bytes:
        sandbox.stop()
        return bytes(size)

    with Sandbox(liar(READ, sent=False)) as sandbox:
        for _ in range(2):
            reading = read_large(sandbox, LargeFile("e", SIZE, Lying(SIZE, stop)), ignore, ignore)
            assert reading.problem == STOPPED
