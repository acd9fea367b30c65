"""Every file is read by a child process that may do nothing else, and nothing it says is believed unchecked.

A file can be made to bring its reader down, to eat the memory, to never end, or to take the reader over. So the
bytes go through a pipe to a child that is confined (`_confinement`), never to a disk, and answers come back
through another as messages: bounded in size and number, of known shapes, records with the fingerprint of the file.
Whatever else comes is a reader that went wrong: it is killed, the file gets a sentence, the next a new child.

One child serves one file after another, because starting it costs as long as reading thirty. A file that brings
a child down that had read others before is tried once more with a new one, so that no file pays for another.
"""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from secondlens.domain.columns import TableMapping, is_sound
from secondlens.domain.record import Unread
from secondlens.errors import BadInput
from secondlens.importers._answers import Members, Records, SeenColumns, Words
from secondlens.importers._child import (
    MISBEHAVED,
    STOPPED,
    TOO_LONG,
    TOO_MUCH_MEMORY,
    UNCHANGED,
    Bounds,
    Child,
    Stopped,
)
from secondlens.importers._marks import may_hold_files
from secondlens.importers._messages import (
    MOST_LETTERS,
    PIECE,
    Confinement,
    Done,
    Ending,
    Excerpt,
    Faulty,
    Limits,
    OutOfMemory,
    Question,
    Refused,
    Unknown,
    that_fit,
)
from secondlens.importers.archive import LARGEST_MEMBER, LARGEST_TOTAL, RATIO_FROM, STEEPEST_RATIO
from secondlens.importers.incoming import Entry, IncomingFile, LargeFile, Lying
from secondlens.importers.table_seen import TableSeen

UNREADABLE = (
    "Secondlens could not read this file, so nothing of it was kept. Your vault is unchanged. "
    "Download the file again; if that does not help, it may be damaged."
)
NOT_SHOWN = "Secondlens could not read this file."
NO_TABLE = (
    "Secondlens finds no table of readings in this file. "
    "A table has a line of names, and below it times in one column and numbers in another."
)
READER = (sys.executable, "-I", "-m", "secondlens.importers._reader")

# FHIR takes 4 bytes for each of its own, a C-CDA with one letter from beyond the usual planes 25.
LEAST_MEMORY = 512 * 1024**2
MOST_MEMORY = 6 * 1024**3
MEMORY_FOR_A_BYTE = 32
SECONDS = 60.0
# A C-CDA of 9 MB made of nothing but small entries takes 8 seconds.
SECONDS_FOR_A_MEGABYTE = 3.0
# What a child may use besides the file it is started for: it is replaced when this is spent.
_SECONDS_OF_A_LIFE = 300
_SLACK = 16 * 1024**2
_LONGEST_SENTENCE = 500
_LARGEST_EXCERPT = 4 * MOST_LETTERS + 1024  # a letter takes four bytes at most

_Listener = TypeVar("_Listener", Records, Members, Words, SeenColumns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of one file. No `importer` and no `problem`: nobody knows this kind of file.

    `problem` is the sentence when nothing of it could be read; there are no `entries` then.
    """

    importer: str | None = None
    entries: tuple[Entry, ...] = ()
    problem: str | None = None


class Sandbox:
    """At most one child, started with the first file and gone at the end of `with`.

    `command` starts the child; `seconds` is the time each file has, besides what its size adds; `mappings` are
    what is known of the columns of tables, those to prefer first.
    """

    def __init__(
        self,
        command: Sequence[str] = READER,
        *,
        seconds: float = SECONDS,
        mappings: Sequence[TableMapping] = (),
    ) -> None:
        self._command = tuple(command)
        self._seconds = seconds
        self._mappings = that_fit(mapping for mapping in mappings if is_sound(mapping))
        self._child: Child | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def stop(self) -> None:
        """End what is being read, from any thread: that file and each one after it comes to nothing."""
        self._stopped = True
        if child := self._child:
            child.kill()

    @property
    def confinement(self) -> Confinement | None:
        """What holds the child that is there now; None while there is none."""
        return self._child.confinement if self._child else None

    def read(self, file: IncomingFile) -> Reading:
        """Read a file with the importer that recognises it. Never raises for what a file does."""
        ending, records = self._ask(
            "read", file, _memory_to_read(file), lambda: Records(len(file.content), file.sha256)
        )
        match ending:
            case Done():
                return Reading(importer=records.importer, entries=tuple(records.entries))
            case Unknown():
                return Reading()
            case Faulty():
                return Reading(importer=records.importer, problem=UNREADABLE)
        return Reading(importer=records.importer, problem=sentence(ending))

    def open(self, archive: IncomingFile) -> tuple[IncomingFile | LargeFile | Unread, ...]:
        """Give the members of a zip, as `archive.open_archive` does. Raises BadInput when it cannot be used.

        All of them at once, so that of a zip found to be a bomb halfway nothing is kept.
        """
        size = len(archive.content)
        ending, members = self._ask(
            "open",
            archive,
            _memory_to_open(size, size),
            lambda: Members(size),
        )
        match ending:
            case Done():
                return tuple(members.found)
            case Faulty() | Unknown():
                raise BadInput(UNREADABLE)
        raise BadInput(sentence(ending))

    def look(self, archive: LargeFile) -> tuple[IncomingFile | LargeFile | Unread, ...]:
        """Give the members of a zip where it lies, as `open` does; large ones are to be read by themselves.

        Raises BadInput when it cannot be used.
        """
        ending, members = self._ask(
            "look", archive, _memory_to_open(0, archive.size), lambda: Members(archive.size, archive.lying)
        )
        match ending:
            case Done():
                return tuple(members.found)
            case Faulty() | Unknown():
                raise BadInput(UNREADABLE)
        raise BadInput(sentence(ending))

    def attached(self, file: IncomingFile, importer: str | None) -> tuple[IncomingFile | LargeFile | Unread, ...]:
        """Give the files inside the entries of a file that `importer` read, as `attached.attached_files` does.

        Raises BadInput with what happened when they cannot be given.
        """
        if not may_hold_files(importer, file.content):
            return ()
        ending, members = self._ask("attached", file, _memory_to_read(file), lambda: Members(len(file.content)))
        match ending:
            case Done():
                return tuple(members.found)
            case Faulty() | Unknown():
                raise BadInput(NOT_SHOWN)
        raise BadInput(sentence(ending))

    def excerpt(self, file: IncomingFile, where: str) -> Excerpt:
        """Give the words at a place of a file that was read before, or its beginning when there is no such place.

        Raises BadInput with what happened when they cannot be given.
        """
        ending, words = self._ask("excerpt", file, _memory_to_read(file), lambda: Words(file), where)
        match ending:
            case Done():
                return words.excerpt
            case BadInput():
                # What else the sentences say is for a file that comes in: this one is kept already.
                raise BadInput(str(ending).partition(f" {UNCHANGED}")[0])
        raise BadInput(NOT_SHOWN)

    def columns(self, file: IncomingFile) -> TableSeen:
        """Give the columns of a table and its first rows, for somebody to say what they are.

        Raises BadInput with what happened when they cannot be given.
        """
        ending, seen = self._ask("columns", file, _memory_to_read(file), lambda: SeenColumns(self._mappings))
        if isinstance(ending, Done) and seen.table is not None:
            return seen.table
        raise BadInput(NO_TABLE if isinstance(ending, Done | Faulty | Unknown) else sentence(ending))

    def ask_alone(  # noqa: PLR0913  (everything a child is started with and asked)
        self,
        limits: Limits,
        question: Question,
        lying: Lying,
        *,
        bounds: Bounds,
        seconds: float,
        heard: Records,
    ) -> Ending:
        """Ask a child that is started for one large file and ends with it. Raises BadInput."""
        self._end()
        self._child = Child(self._command, limits)
        try:
            if self._stopped:  # perhaps while it was being started
                raise Stopped(STOPPED)
            ending = self._child.ask(question, lying, bounds, seconds, heard.take)
            _check_ending(ending, heard)
        except BadInput:
            if self._stopped:
                raise Stopped(STOPPED) from None
            raise
        finally:
            self._end()
        return ending

    def _ask(
        self,
        ask: str,
        file: IncomingFile | LargeFile,
        memory: int,
        listener: Callable[[], _Listener],
        where: str = "",
    ) -> tuple[Ending | BadInput, _Listener]:
        """Ask a child that has room for the file; ask a new one when an older one failed."""
        content = file.lying if isinstance(file, LargeFile) else file.content
        size = file.size if isinstance(file, LargeFile) else len(file.content)
        seconds = seconds_for(size, self._seconds)
        while True:
            heard = listener()
            fresh = True
            try:
                child = self._child_with(memory, seconds)
                fresh = child.fresh
                ending = child.ask(
                    Question(ask, file.name, size, where), content, _bounds(size, ask), seconds, heard.take
                )
                _check_ending(ending, heard)
            except BadInput as error:
                self._end()
                if self._stopped:
                    return Stopped(STOPPED), heard
                if fresh or not isinstance(error, Stopped) or str(error) == TOO_LONG:
                    return error, heard
            except BaseException:
                self._end()
                raise
            else:
                return ending, heard

    def _child_with(self, memory: int, seconds: float) -> Child:
        if self._child and not self._child.has_room(memory, seconds):
            self._end()
        if self._child is None:
            limits = Limits(memory, math.ceil(seconds) + _SECONDS_OF_A_LIFE, self._mappings)
            self._child = Child(self._command, limits)
        if self._stopped:  # perhaps while it was being started
            raise Stopped(STOPPED)
        return self._child

    def _end(self) -> None:
        if self._child:
            self._child.end()
            self._child = None


def seconds_for(size: int, seconds: float = SECONDS) -> float:
    """Give the time that a file of this size has."""
    return seconds + size / 1_000_000 * SECONDS_FOR_A_MEGABYTE


def _check_ending(ending: Ending, heard: Records | Members | Words | SeenColumns) -> None:
    if isinstance(ending, OutOfMemory):
        raise Stopped(TOO_MUCH_MEMORY)
    if isinstance(ending, Done):
        heard.finish()
        if ending.entries != heard.count:
            raise Stopped(MISBEHAVED)
    if isinstance(ending, Refused) and not (ending.why.isprintable() and len(ending.why) <= _LONGEST_SENTENCE):
        raise Stopped(MISBEHAVED)


def sentence(ending: Ending | BadInput) -> str:
    """Give the words for a file that could not be read to its end."""
    return ending.why if isinstance(ending, Refused) else str(ending)


def _memory_to_read(file: IncomingFile) -> int:
    return _room_for(MEMORY_FOR_A_BYTE * len(file.content))


def _memory_to_open(sent: int, size: int) -> int:
    """A member is there twice for a moment, and once more when it is a zip itself."""
    member = min(LARGEST_MEMBER, max(RATIO_FROM, STEEPEST_RATIO * size))
    return _room_for(sent + 4 * member)


def _room_for(size: int) -> int:
    """Give LEAST_MEMORY doubled until it fits, so that files of about one size share a child."""
    room = LEAST_MEMORY
    while room < LEAST_MEMORY // 4 + size and room < MOST_MEMORY:
        room *= 2
    return min(room, MOST_MEMORY)


def _bounds(size: int, ask: str) -> Bounds:
    if ask in ("open", "look", "attached"):
        return Bounds(message=2 * PIECE, total=LARGEST_TOTAL + _SLACK)
    if ask == "columns":
        return Bounds(message=_SLACK, total=_SLACK)
    if ask == "excerpt":
        return Bounds(message=_LARGEST_EXCERPT, total=2 * _LARGEST_EXCERPT)
    return Bounds(message=min(_SLACK + 16 * size, 1024**3), total=min(4 * _SLACK + 32 * size, 4 * 1024**3))
