"""Read files, show what they hold, and keep it: nothing is stored before the person says so."""

import os
import secrets
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from secondlens.actions._earlier import Earlier
from secondlens.actions.columns import known_tables
from secondlens.actions.large_files import LargeRead, as_large, in_memory, is_large_zip, on_disk, read_large_file
from secondlens.actions.progress import Count, Watch, unwatched
from secondlens.actions.whose import INSIDE_ANOTHER, known_people, most_named, remark
from secondlens.domain.columns import TableMapping
from secondlens.domain.receipt import Ending, Receipt, is_text
from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import Samples
from secondlens.domain.source import Source
from secondlens.errors import BadInput
from secondlens.importers.archive import is_archive
from secondlens.importers.incoming import IncomingFile, LargeFile
from secondlens.importers.sandbox import UNREADABLE, Sandbox
from secondlens.importers.tidying import no_tidying
from secondlens.vault import Gathered, Vault

# A portal download is a few MB; the largest text exports of a lifetime stay far below this.
LARGEST_FILE = 1024 * 1024 * 1024

# A summary in a letter in a bundle; a file nested deeper is built to do harm.
DEEPEST_FILE = 3

EMPTY = "This file is empty. Download or copy it again, then try once more."
UNKNOWN = (
    "Secondlens does not know this kind of file, so nothing of it was kept. It reads health records from "
    "portals (C-CDA, FHIR) and tables of devices (CSV), and keeps PDFs and pictures. "
    "Ask the portal for one of these."
)
TOO_LARGE = "This file is larger than 1 GB. Split it, or choose a smaller export."
CLOSED_FOLDER = "This folder may not be opened. Check that you are allowed to read it."
LINK = "This is a link to another folder. Choose that folder itself if it holds your records."
NO_FILE = "This is not a file that can be read, such as a pipe or a device. Choose a file or a folder."
NOTHING_INSIDE = (
    "There is nothing in here that Secondlens can read. Choose the folder or file that holds your records."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """One file and everything found in it. `problem` is the sentence when nothing could be read.

    The readings of a large file are `gathered`, those of any other are `samples`.

    A folder or a zip is a ReadFile of its own too, without `file`: it carries what was passed over inside.
    """

    path: str
    file: IncomingFile | LargeRead | None = None
    importer: str | None = None
    records: tuple[Record, ...] = ()
    samples: tuple[Samples, ...] = ()
    gathered: Gathered | None = None
    unread: tuple[Unread, ...] = ()
    problem: str | None = None

    @property
    def worth_keeping(self) -> bool:
        """Tell whether anything of it can be kept."""
        return self.file is not None and self.problem is None and bool(self.records or self.readings)

    @property
    def readings(self) -> "Gathered | tuple[Samples, ...]":
        """The readings of the file, however they came."""
        return self.samples if self.gathered is None else self.gathered


_Member = IncomingFile | LargeFile | Unread


def read_files(
    files: Sequence[IncomingFile],
    own: Iterable[TableMapping] = (),
    watch: Watch = unwatched,
    sandbox: Sandbox | None = None,
) -> Iterator[ReadFile]:
    """Read each file; a zip is opened and each file inside is read. One bad file never costs the others.

    `own` is what the person said of the columns of their tables. `watch` is told of each file before it is read;
    what it raises ends the reading. A `sandbox` of the caller's can be stopped from another thread.
    """
    count = Count(watch, len(files))
    with sandbox or Sandbox(mappings=known_tables(own)) as reader:
        for file in files:
            count.begin(file.name, chosen=True)
            if is_archive(file):
                yield from _read_archive(reader, count, file.name, file)
            elif (large := as_large(file)) is not None:
                yield from _read_alone(reader, count, large)
            else:
                yield from _read_with_files(reader, count, file)


def read_paths(
    paths: Sequence[Path], own: Iterable[TableMapping] = (), watch: Watch = unwatched
) -> Iterator[ReadFile]:
    """Read files from disk, one in memory at a time; a folder is read with everything below it.

    `path` of what comes out is as the person wrote it; the vault keeps only the name of a file. `watch` as above.
    """
    count = Count(watch, len(paths))
    with Sandbox(mappings=known_tables(own)) as sandbox:
        for path in paths:
            count.begin(str(path), chosen=True)
            if path.is_dir():
                yield from _read_members(sandbox, count, str(path), "folder", _below(path, count))
                continue
            found = _from_disk(path, path.name)
            if isinstance(found, ReadFile):
                yield replace(found, path=str(path))
            elif _is_archive(found):
                yield from _read_archive(sandbox, count, str(path), found)
            else:
                for read in _read_alone(sandbox, count, found):
                    yield replace(read, path=f"{path.parent / read.path}")


def open_path(path: Path) -> IncomingFile:
    """Take one file from disk into memory. Raises BadInput when it cannot be opened."""
    found = _from_disk(path, path.name)
    if isinstance(found, ReadFile):
        raise BadInput(found.problem or UNREADABLE)
    if isinstance(found, LargeFile):
        if found.size > LARGEST_FILE:
            raise BadInput(TOO_LARGE)
        return in_memory(found)
    return found


def preview_all(vault: Vault, reads: Sequence[ReadFile]) -> tuple[Receipt, ...]:
    """Tell what keeping files one after the other would do: what two of them bring is new only once."""
    kept = {document.sha256 for document in vault.documents()}
    earlier = Earlier()
    receipts = []
    for read, said in zip(reads, remarks(vault, reads), strict=True):
        with no_tidying():
            endings = vault.compare(read.records)
            # Spelling what 30,000 records tell takes a while, and a file that is alone has none before it.
            if read.file and read.file.sha256 not in kept and len(reads) > 1:
                endings = earlier.compare(read.records, endings)
        receipts.append(_account(read, endings, said, vault.compare_samples(read.readings)))
    return tuple(receipts)


def remarks(vault: Vault, reads: Sequence[ReadFile]) -> tuple[str | None, ...]:
    """Say of each file, where it is so, that it names another person or lay inside one that does."""
    about = known_people(vault) or most_named([read.records for read in reads])
    others: list[str] = []
    found = []
    for read in reads:
        said = remark(about, read.records)
        if said:
            others.append(f"{read.path}/")
        elif read.path.startswith(tuple(others)):
            said = INSIDE_ANOTHER
        found.append(said)
    return tuple(found)


def holdings(read: ReadFile) -> Receipt:
    """Tell what a file holds, compared with no vault at all."""
    samples = _count(read.readings)
    return _account(read, (Ending.NEW,) * len(read.records), samples=samples)


def new_run() -> str:
    """Name one import of one file or many, to take it back by."""
    return secrets.token_hex(8)


def keep(vault: Vault, read: ReadFile, run: str | None = None) -> Receipt:
    """Keep a file, its original bytes and its records, in one step that happens whole or not at all.

    All files of one import have the same `run`; without one a file is an import of its own.
    """
    if read.file is None or not read.worth_keeping:
        return _account(read, ())
    said = remark(known_people(vault), read.records)
    entries: tuple[Record | Samples, ...] = (*read.records, *read.samples)
    with no_tidying():
        endings, samples = vault.keep_file(
            read.file.name,
            read.file.content,
            read.file.sha256,
            entries,
            gathered=read.gathered,
            run=run or new_run(),
        )
    return _account(read, endings, said, samples)


def _read_with_files(sandbox: Sandbox, count: Count, file: IncomingFile, depth: int = 0) -> Iterator[ReadFile]:
    """Read a file, and each file that lies inside its entries as one of its own, below it."""
    read = _read(sandbox, file)
    inside: tuple[_Member, ...] = ()
    if depth < DEEPEST_FILE and read.records:
        try:
            inside = sandbox.attached(file, read.importer)
        except BadInput as error:
            inside = (Unread("files in entries", str(error)),)
    unread = tuple(one for one in inside if isinstance(one, Unread))
    yield replace(read, unread=(*read.unread, *unread))
    for one in inside:
        if isinstance(one, IncomingFile):
            below = (
                _read_archive(sandbox, count, one.name, one)
                if is_archive(one)
                else _read_with_files(sandbox, count, one, depth + 1)
            )
            around = Source(file.sha256, one.place, read.importer or "")
            for found in below:
                records = tuple(_within(record, around) for record in found.records)
                yield replace(found, path=f"{read.path}/{found.path}", records=records)


def _within(record: Record, around: Source) -> Record:
    """Tell which file a record's original was taken out of; of files inside each other, the nearest."""
    if record.source is None or record.source.within:
        return record
    return replace(record, source=replace(record.source, within=around))


def _read_alone(sandbox: Sandbox, count: Count, file: IncomingFile | LargeFile) -> Iterator[ReadFile]:
    """Read a file that is no archive; a large one where it lies."""
    if isinstance(file, LargeFile):
        read = read_large_file(sandbox, file)
        if read is not None:
            yield ReadFile(
                path=file.name,
                file=read.file,
                importer=read.importer,
                records=read.records,
                gathered=read.gathered,
                unread=read.unread,
                problem=read.problem,
            )
            return
        if file.size > LARGEST_FILE:
            yield ReadFile(path=file.name, problem=TOO_LARGE)
            return
        file = in_memory(file)
    yield from _read_with_files(sandbox, count, file)


def _read(sandbox: Sandbox, file: IncomingFile) -> ReadFile:
    if not file.content:
        return ReadFile(path=file.name, file=file, problem=EMPTY)
    reading = sandbox.read(file)
    problem = reading.problem or (None if reading.importer else UNKNOWN)
    records = tuple(entry for entry in reading.entries if isinstance(entry, Record))
    return ReadFile(
        path=file.name,
        file=file,
        importer=reading.importer,
        records=records,
        samples=tuple(entry for entry in reading.entries if isinstance(entry, Samples)),
        unread=tuple(entry for entry in reading.entries if isinstance(entry, Unread)),
        problem=problem,
    )


def _read_members(
    sandbox: Sandbox, count: Count, path: str, importer: str, members: Iterable[_Member]
) -> Iterator[ReadFile]:
    """Read what a zip or folder holds; what is not a health record is named in the container's own account."""
    passed_over: list[Unread] = []
    any_read = False
    for member in members:
        count.begin(f"{path}/{member.where if isinstance(member, Unread) else member.name}")
        if isinstance(member, Unread):
            passed_over.append(member)
        elif _is_archive(member):
            any_read = True
            yield from _read_archive(sandbox, count, f"{path}/{member.name}", member)
        else:
            for read in _read_alone(sandbox, count, member):
                if read.problem in (EMPTY, UNKNOWN):
                    passed_over.append(Unread(member.name, read.problem or ""))
                else:
                    any_read = True
                    yield replace(read, path=f"{path}/{read.path}")
    if passed_over or not any_read:
        problem = None if any_read else NOTHING_INSIDE
        yield ReadFile(path=path, importer=importer, unread=tuple(passed_over), problem=problem)


def _read_archive(
    sandbox: Sandbox, count: Count, path: str, archive: IncomingFile | LargeFile
) -> Iterator[ReadFile]:
    if isinstance(archive, IncomingFile):
        archive = as_large(archive) or archive
    try:
        members = sandbox.look(archive) if isinstance(archive, LargeFile) else sandbox.open(archive)
    except BadInput as error:
        file = archive if isinstance(archive, IncomingFile) else None
        yield ReadFile(path=path, file=file, importer="zip", problem=str(error))
    else:
        count.known += len(members)
        yield from _read_members(sandbox, count, path, "zip", members)


def _below(folder: Path, count: Count) -> Iterator[_Member]:
    """Every file below a folder; what may not be entered or followed is named, not passed over."""
    closed: list[OSError] = []
    paths: list[Path] = []
    for here, folders, names in os.walk(folder, onerror=closed.append):
        paths += (Path(here, name) for name in names)
        paths += (path for name in folders if (path := Path(here, name)).is_symlink())
    count.known += len(paths) + len(closed)
    for path in sorted(paths):
        name = str(path.relative_to(folder))
        found = Unread(name, LINK) if path.is_dir() else _from_disk(path, name)
        yield Unread(name, found.problem or UNREADABLE) if isinstance(found, ReadFile) else found
    for error in closed:
        yield Unread(str(error.filename).removeprefix(f"{folder}{os.sep}"), CLOSED_FOLDER)


def _is_archive(file: IncomingFile | LargeFile) -> bool:
    return is_large_zip(file) if isinstance(file, LargeFile) else is_archive(file)


def _from_disk(path: Path, name: str) -> IncomingFile | LargeFile | ReadFile:
    try:
        about = path.stat()
        # A pipe or a device can be read for ever.
        if not stat.S_ISREG(about.st_mode):
            return ReadFile(path=name, problem=NO_FILE)
        if large := on_disk(path, name, about.st_size):
            return large
        if about.st_size > LARGEST_FILE:
            return ReadFile(path=name, problem=TOO_LARGE)
        return IncomingFile(name=name, content=path.read_bytes())
    except FileNotFoundError:
        return ReadFile(path=name, problem="There is no file with this name. Check the name and the folder.")
    except OSError:
        return ReadFile(path=name, problem="This file may not be opened. Check that you are allowed to read it.")


def _account(read: ReadFile, endings: tuple[Ending, ...], remark: str | None = None, samples: int = 0) -> Receipt:
    as_text = (
        sum(ending is Ending.NEW and is_text(record) for record, ending in zip(read.records, endings, strict=True))
        if endings
        else 0
    )
    return Receipt(
        path=read.path,
        sha256=read.file.sha256 if read.file else None,
        importer=read.importer,
        records=tuple(sorted(Counter(record.kind for record in read.records).items())),
        new=endings.count(Ending.NEW) - as_text,
        same=endings.count(Ending.SAME),
        changed=endings.count(Ending.CHANGED),
        as_text=as_text,
        unread=read.unread,
        problem=read.problem,
        remark=remark,
        samples=samples,
        samples_same=_count(read.readings) - samples,
    )


def _count(readings: Gathered | tuple[Samples, ...]) -> int:
    if isinstance(readings, Gathered):
        return readings.count
    return sum(one.count for one in readings if not one.summary)
