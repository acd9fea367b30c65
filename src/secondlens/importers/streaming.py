"""Reading a file that is larger than the memory should be: a child of its own, as confined as any other.

The child asks for one part after another. What it reads goes on at once: readings to whoever gathers them, and
the bytes of a member of a zip to whoever keeps the original. Nobody has all of either.
"""

from collections.abc import Callable
from dataclasses import replace

from secondlens.domain.record import Record
from secondlens.domain.samples import Samples
from secondlens.errors import BadInput
from secondlens.importers._answers import Passing
from secondlens.importers._child import MISBEHAVED, Bounds, Stopped
from secondlens.importers._messages import PIECE, Done, Ending, Faulty, Limits, Question, Unknown
from secondlens.importers.incoming import Entry, LargeFile
from secondlens.importers.sandbox import UNREADABLE, Reading, Sandbox, seconds_for, sentence

_TakeBytes = Callable[[bytes], None]
_TakeSamples = Callable[[Samples], None]

# Address space; numpy alone takes a quarter of it. What is in use does not grow with the file.
_MEMORY = 1024**3
_LARGEST_MESSAGE = 32 * 1024**2


def may_be_export(head: bytes) -> bool:
    """Tell by a mark whether a reader should look for the root of an export at the head of a file."""
    return b"<HealthData" in head


def read_large(sandbox: Sandbox, file: LargeFile, take_bytes: _TakeBytes, take_samples: _TakeSamples) -> Reading:
    """Read an export, all its bytes going to `take_bytes` in their order. Never raises for what a file does.

    Records have no fingerprint yet: `with_fingerprint` gives them the one of the bytes that went by.
    """
    in_order = _InOrder(file, take_bytes)
    heard = Passing(file.size, None if file.member is None else take_bytes, take_samples)
    try:
        ending = _ask(sandbox, "stream", in_order.file, heard)
        in_order.finish(ending)
    except BadInput as error:
        return Reading(importer=heard.importer, problem=str(error))
    match ending:
        case Done():
            return Reading(importer=heard.importer, entries=tuple(heard.entries))
        case Unknown():
            return Reading()
        case Faulty():
            return Reading(importer=heard.importer, problem=UNREADABLE)
    return Reading(importer=heard.importer, problem=sentence(ending))


def unpack_large(sandbox: Sandbox, file: LargeFile, take_bytes: _TakeBytes) -> None:
    """Give the bytes of a file in their order once more. Raises BadInput when they cannot be had."""
    if file.member is None:
        for offset in range(0, file.size, PIECE):
            take_bytes(file.lying.read_at(offset, min(PIECE, file.size - offset)))
        return
    ending = _ask(sandbox, "unpack", file, Passing(file.size, take_bytes, lambda _: None))
    if not isinstance(ending, Done):
        raise BadInput(UNREADABLE if isinstance(ending, Faulty | Unknown) else sentence(ending))


def with_fingerprint(entry: Entry, sha256: str) -> Entry:
    """Say of a record which file it came from."""
    if isinstance(entry, Record) and entry.source:
        return replace(entry, source=replace(entry.source, sha256=sha256))
    return entry


def _ask(sandbox: Sandbox, ask: str, file: LargeFile, heard: Passing) -> Ending:
    seconds = seconds_for(file.size)
    where = "" if file.member is None else str(file.member)
    return sandbox.ask_alone(
        Limits(memory=_MEMORY, seconds=int(seconds) + 1, large=True),
        Question(ask, file.name, file.lying.size, where),
        file.lying,
        bounds=Bounds(message=_LARGEST_MESSAGE, total=4 * file.size + _LARGEST_MESSAGE),
        seconds=seconds,
        heard=heard,
    )


class _InOrder:
    """Hands on the bytes of a file that is no zip as its parts are asked for: in their order, all of them."""

    def __init__(self, file: LargeFile, take_bytes: _TakeBytes) -> None:
        self._passed = 0
        self._file, self._take_bytes = file, take_bytes
        lying = replace(file.lying, read_at=self._read_at) if file.member is None else file.lying
        self.file = replace(file, lying=lying)

    def finish(self, ending: Ending) -> None:
        """Raise Stopped when a reader is done without having asked for all of it."""
        if self._file.member is None and isinstance(ending, Done) and self._passed != self._file.size:
            raise Stopped(MISBEHAVED)

    def _read_at(self, offset: int, size: int) -> bytes:
        part = self._file.lying.read_at(offset, size)
        if offset == self._passed:
            self._passed += len(part)
            self._take_bytes(part)
        return part
