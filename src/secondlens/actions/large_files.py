"""Files that are read where they lie: exports of watches, and the zips they come in, larger than the memory."""

from dataclasses import dataclass
from pathlib import Path

from secondlens.domain.record import Record, Unread
from secondlens.errors import BadInput
from secondlens.importers.archive import LARGE, LARGEST_OF_ALL, STEEPEST_RATIO, is_zip
from secondlens.importers.incoming import Entry, IncomingFile, LargeFile, Lying
from secondlens.importers.sandbox import Sandbox
from secondlens.importers.streaming import may_be_export, read_large, unpack_large, with_fingerprint
from secondlens.vault import Gathered, Original, PassingOriginal, TakeBytes

_HEAD = 256 * 1024
CHANGED = "This file changed while it was being read, so nothing of it was kept. Choose it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeRead:
    """A large file that was read: what is known of it now. `content` is its original, to be kept."""

    name: str
    content: Original

    @property
    def sha256(self) -> str:
        """The file's fingerprint, hex."""
        return self.content.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeReading:
    """What came of a large file; as `Reading`, with the original and the readings."""

    file: LargeRead
    importer: str | None
    entries: tuple[Entry, ...]
    gathered: Gathered
    problem: str | None

    @property
    def records(self) -> tuple[Record, ...]:
        """What the file says besides readings."""
        return tuple(one for one in self.entries if isinstance(one, Record))

    @property
    def unread(self) -> tuple[Unread, ...]:
        """What could not be read."""
        return tuple(one for one in self.entries if isinstance(one, Unread))


def on_disk(path: Path, name: str, size: int) -> LargeFile | None:
    """Give a file of the disk that is to stay there; None when it must be in memory to be read. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    stays = LARGE < size <= LARGEST_OF_ALL and (is_zip(head) or may_be_export(head))

    def read_at(offset: int, length: int) -> bytes:
        try:
            with path.open("rb") as file:
                file.seek(offset)
                part = file.read(length)
        except OSError:
            raise BadInput(CHANGED) from None
        if len(part) != length:
            raise BadInput(CHANGED)
        return part

    return LargeFile(name, size, Lying(size, read_at)) if stays else None


def as_large(file: IncomingFile) -> LargeFile | None:
    """Give a file in memory as one to be read part by part; None when it is to be read as a whole."""
    size = len(file.content)
    # A smaller zip holds nothing that is large, or it is built to mislead.
    large_zip = size > LARGE // STEEPEST_RATIO and is_zip(file.content)
    if not large_zip and not (size > LARGE and may_be_export(file.content[:_HEAD])):
        return None
    return LargeFile(file.name, size, Lying(size, lambda offset, length: file.content[offset : offset + length]))


def is_large_zip(file: LargeFile) -> bool:
    """Tell whether what lies there is a zip to be looked into."""
    return file.member is None and is_zip(file.lying.read_at(0, min(_HEAD, file.lying.size)))


def in_memory(file: LargeFile) -> IncomingFile:
    """Take a file into memory after all. Raises BadInput."""
    parts: list[bytes] = []
    with Sandbox() as sandbox:
        unpack_large(sandbox, file, parts.append)
    return IncomingFile(file.name, b"".join(parts))


def read_large_file(sandbox: Sandbox, file: LargeFile) -> LargeReading | None:
    """Read an export where it lies; None when it is none."""
    passing, gathered = PassingOriginal(), Gathered()
    reading = read_large(sandbox, file, passing.take, gathered.take)
    if reading.problem is None and reading.importer is None:
        return None

    def again(take: TakeBytes) -> None:
        with Sandbox() as another:
            unpack_large(another, file, take)

    original = passing.end(again)
    entries = tuple(with_fingerprint(one, original.sha256) for one in reading.entries)
    return LargeReading(
        file=LargeRead(name=file.name, content=original),
        importer=reading.importer,
        entries=entries,
        gathered=Gathered() if reading.problem else gathered,
        problem=reading.problem,
    )
