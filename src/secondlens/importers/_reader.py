"""The child that reads files: `python -I -m secondlens.importers._reader`, started by the sandbox alone.

It loads everything first, gives up every right it can, and only then takes a file. It never writes to a file and
has nobody to print to. What it sends back is not believed before the parent has checked it.
"""

import codecs
import encodings
import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import BufferedReader
from typing import IO

import msgspec

from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers import _confinement
from secondlens.importers._asked import Asked
from secondlens.importers._excerpt import around
from secondlens.importers._messages import (
    LARGE,
    LARGEST_LIMITS,
    PIECE,
    Done,
    Ending,
    Excerpt,
    Faulty,
    Hello,
    LargeMember,
    Limits,
    Member,
    OutOfMemory,
    Part,
    Piece,
    Question,
    Recognised,
    Refused,
    Unknown,
    in_batches,
    receive,
    send,
)
from secondlens.importers._table_head import look_at
from secondlens.importers._xdm_contents import compared
from secondlens.importers.archive import look_into, open_archive
from secondlens.importers.attached import attached_files
from secondlens.importers.formats import IMPORTERS, with_mappings
from secondlens.importers.incoming import Importer, IncomingFile
from secondlens.importers.table import TableImporter
from secondlens.importers.table_seen import TableSeen

_LARGEST_QUESTION = 1024 * 1024


def main() -> None:
    """Answer questions until nobody asks any more."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    _load_encodings()
    _tidy_rarely()
    limits = receive(questions, LARGEST_LIMITS)
    if limits is None:
        return
    asked = msgspec.msgpack.decode(limits, type=Limits)
    importers = with_mappings(IMPORTERS, asked.mappings)
    if asked.large:
        _load_large()
    send(answers, Hello(_confinement.confine(asked.memory, asked.seconds)))
    answers.flush()
    while question := receive(questions, _LARGEST_QUESTION):
        ending = _answer(msgspec.msgpack.decode(question, type=Question), importers, questions, answers)
        send(answers, ending)
        answers.flush()
        if isinstance(ending, OutOfMemory):
            return


def _load_encodings() -> None:
    """Load every encoding an XML file may name: once confined, Python cannot open their files any more."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(LookupError, ImportError):
            codecs.lookup(module.name)


def _load_large() -> None:
    """Load what reads large files, without the threads of numpy: a filter set later would not hold them."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    importlib.import_module("secondlens.importers._large")
    if sys.platform == "linux":
        importlib.import_module("secondlens.importers._linux").keep_freed_memory()


def _tidy_rarely() -> None:
    """Search for dead cycles less often: records go out and die at once; searching cost a fifth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _answer(question: Question, importers: Sequence[Importer], questions: IO[bytes], answers: IO[bytes]) -> Ending:
    asked = Asked(questions, answers, question.size)
    try:
        count = 0
        parts = (
            _parts_of_large(question, asked, lambda piece: send(answers, piece))
            if question.ask in LARGE
            else _parts(question, importers, IncomingFile(question.name, questions.read(question.size)))
        )
        for part in parts:
            if isinstance(part, Unknown):
                return part
            count += _entries_in(part)
            send(answers, part)
            if isinstance(part, Recognised):
                answers.flush()  # said at once, so that the receipt can tell who read even when reading fails
        return Done(count)
    except BadInput as error:
        return Refused(str(error))
    except MemoryError:
        return OutOfMemory()
    except Exception:  # noqa: BLE001  (the one fence around an importer: a fault of ours must not stop the other files)
        return Faulty()
    finally:
        asked.settle()


def _parts_of_large(
    question: Question, asked: Asked, say: Callable[[msgspec.Struct], None]
) -> Iterator[Part | Unknown]:
    if question.ask == "look":
        yield from _members(compared(look_into(BufferedReader(asked, PIECE), question.size)))
    elif question.ask == "unpack":
        yield from map(Piece, sys.modules["secondlens.importers._large"].unpacked(asked, question.where))
    else:
        yield from sys.modules["secondlens.importers._large"].read_large(asked, question.where, say)


def _parts(question: Question, importers: Sequence[Importer], file: IncomingFile) -> Iterator[Part | Unknown]:
    match question.ask:
        case "open":
            yield from _members(compared(open_archive(file)))
        case "attached":
            yield from _members(attached_files(file))
        case "excerpt":
            yield around(file.content, question.where)
        case "columns":
            yield look_at(file, next((one.mappings for one in importers if isinstance(one, TableImporter)), ()))
        case _:
            yield from _read(importers, file)


def _entries_in(part: Part) -> int:
    match part:
        case Recognised() | Piece() | Excerpt() | TableSeen():
            return 0
        case Member() | LargeMember():
            return 1
        case _:
            return len(part.entries)


def _read(importers: Sequence[Importer], file: IncomingFile) -> Iterator[Part | Unknown]:
    importer = next((importer for importer in importers if importer.recognises(file)), None)
    if importer is None:
        yield Unknown()
        return
    yield Recognised(importer.name)
    yield from in_batches(importer.read(file))


def _members(inside: Iterator[IncomingFile | LargeMember | Unread]) -> Iterator[Part]:
    for found in inside:
        if isinstance(found, IncomingFile):
            yield Member(found.name, len(found.content), found.place)
            view = memoryview(found.content)
            for start in range(0, len(view), PIECE):
                yield Piece(bytes(view[start : start + PIECE]))
        elif isinstance(found, LargeMember):
            yield found
        else:
            yield from in_batches((found,))


if __name__ == "__main__":
    main()
