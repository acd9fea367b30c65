"""Children to point a sandbox at: the real reader with a harmful importer, and programs that only pretend."""

import sys
from textwrap import dedent

from secondlens.importers.incoming import IncomingFile

FILE = IncomingFile(name="harm", content=b"harm: a file of a few bytes")


def reader_with(read: str, *, around: str = "pass", large: str = "pass") -> tuple[str, ...]:
    """The real reader, confined as always; its first importer runs `read` on files that begin with "harm".

    Before words of such a file are cut out, it runs `around`, and before a large file is read, `large`.
    """
    program = f"""
import ctypes, errno, mmap, os, resource, socket, sys  # while it still can
from secondlens.domain.clinical import Composition
from secondlens.domain.record import Unread
from secondlens.domain.source import Source
from secondlens.errors import BadInput
from secondlens.importers import _reader
from secondlens.importers.formats import IMPORTERS

class Harmful:
    name = "keepsake"
    def recognises(self, file):
        return file.content.startswith(b"harm")
    def read(self, file):
{_indented(read, 8)}
        yield Unread("all", "done")

def harmful_around(content, where, around=_reader.around):
    if content.startswith(b"harm"):
{_indented(around, 8)}
    return around(content, where)

def harmful_large(*given, parts=_reader._parts_of_large):
{_indented(large, 4)}
    return parts(*given)

_reader._parts_of_large = harmful_large
_reader.IMPORTERS = (Harmful(), *IMPORTERS)
_reader.around = harmful_around
_reader.main()
"""
    return (sys.executable, "-I", "-c", program)


def liar(say: str, *, sent: bool = True) -> tuple[str, ...]:
    """A program that says hello, waits for a question, and then runs `say` with the real words at hand.

    Unless the bytes of the file are `sent`, it may `ask` for them.
    """
    program = f"""
import os, struct, sys, time
import msgspec
from hashlib import sha256
from secondlens.domain.case import Question as Wish
from secondlens.domain.clinical import Composition
from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import Samples
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.domain.column_uses import ColumnFacts
from secondlens.domain.columns import ColumnMapping, TableMapping, ValueColumn
from secondlens.importers.table_seen import TableSeen
from secondlens.importers._messages import *
from secondlens.importers._messages import Confinement

out = sys.stdout.buffer

def say(*messages):
    for message in messages:
        send(out, message)
    out.flush()

def put(body):
    out.write(len(body).to_bytes(4, "big") + body)
    out.flush()

def empty(shape):
    return Entries([(shape, msgspec.Raw(b"\\x80"))])

def wish(content):
    return Wish(title="t", case="c", rank=1, source=composition(content).source)

def table(*rows, name="a", **changes):
    return TableSeen(**(dict(columns=(ColumnFacts(name=name, looks="text"),), rows=rows) | changes))

def mapping():
    return TableMapping(name="m", columns=("a",), time=("a",), values=(ValueColumn(column="a", metric="m"),))

def entries(*found):
    return next(in_batches(found))

def readings(count=1, **changes):
    columns = {{name: bytes(8 * count) for name in ("starts", "ends", "values")}}
    columns |= {{"offsets": bytes(2 * count), "notes": bytes(4 * count)}}
    return Samples(**({{"metric": "m", "abouts": ("{{}}",)}} | columns | changes))

def composition(content, *, importer="ccda", **changes):
    source = Source(sha256(content).hexdigest(), "", importer)
    return Composition(**(dict(title="t", text="t", source=source) | changes))

receive(sys.stdin.buffer, 1000)
say(Hello(Confinement()))
question = msgspec.msgpack.decode(receive(sys.stdin.buffer, 1000), type=Question)
content = sys.stdin.buffer.read(question.size) if {sent} else b""

def ask(offset, size):
    say(Wanted(offset, size))
    return sys.stdin.buffer.read(size)

{dedent(say)}
"""
    return (sys.executable, "-I", "-c", program)


def _indented(lines: str, by: int) -> str:
    return "\n".join(" " * by + line for line in dedent(lines).strip().splitlines())
