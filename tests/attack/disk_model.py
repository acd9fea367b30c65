"""A disk that can lose power: what a trace of system calls left in its cache, and what may be found afterwards.

The model (after "All File Systems Are Not Created Equal", Pillai and others, 2014), one that every journal file
system of today keeps to, and most are kinder than:

- A file is an inode. What was written to it before its last fsync or fdatasync is there. Of what was written or
  cut off later, each piece by itself is there, or is not, or is there in some sectors of 512 bytes. A lost write
  beyond the end may leave zeros. A rename moves the inode, with what its data still lacks.
- A folder's entries last when the folder itself is synced. Later changes of names are found in their order up to
  some point, for each folder by itself. A rename happens whole or not at all, between two folders too.
- The WAL-index (`-shm`) is shared memory and is not there.

Not modelled: disks that lie about a flush or lose what was synced, sectors torn inside, metadata kept by an fsync
of another file (as ext4 does: it makes names last sooner than here), rights and times, writes through mmap,
O_DIRECT, links. What the model cannot follow raises NotModelled.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_SHARED_MEMORY = "-shm"


class NotModelled(Exception):
    """The trace holds something this model has no rule for; add the rule before trusting any image."""


@dataclass(slots=True)
class File:
    """An inode: what is on the disk for sure, what programs see now, and the changes between the two in order."""

    lasting: bytes = b""
    seen: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, data: bytes) -> None:
        """Write bytes at an offset."""
        self.pending.append((offset, data))
        _put(self.seen, offset, data)

    def cut(self, size: int) -> None:
        """Make the file shorter or longer; kept among the writes as one without bytes."""
        self.pending.append((size, None))
        _resize(self.seen, size)

    def sync(self) -> None:
        """Make everything last."""
        self.lasting = bytes(self.seen)
        self.pending.clear()


@dataclass(slots=True)
class Renaming:
    """One change of names, whole or not at all: (folder, name, what it names now or None)."""

    entries: tuple[tuple["Folder", str, "File | Folder | None"], ...]


@dataclass(slots=True)
class Folder:
    """A folder: names that last, names as programs see them, and the changes between the two in order."""

    lasting: dict[str, "File | Folder"] = field(default_factory=dict)
    seen: dict[str, "File | Folder"] = field(default_factory=dict)
    pending: list[Renaming] = field(default_factory=list)

    def sync(self) -> None:
        """Make all names in here last, and with them what came before in the other folder of a rename."""
        while self.pending:
            renaming = self.pending[0]
            for folder, _, _ in renaming.entries:
                while folder is not self and folder.pending[0] is not renaming:
                    folder._last(folder.pending[0])
            self._last(renaming)

    def _last(self, renaming: Renaming) -> None:
        for folder, name, named in renaming.entries:
            folder.pending = [one for one in folder.pending if one is not renaming]
            _name(folder.lasting, name, named)


class Disk:
    """The files below one folder, as a trace changes them."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.top = _read_folder(root)
        self._unlinked: dict[str, File | Folder] = {}

    def at(self, path: str, *, unlinked: bool = False) -> "File | Folder | None":
        """What a path names; None for one outside, or nothing. `unlinked`: what it named last, still open."""
        if unlinked:
            return self._unlinked.get(path)
        here: File | Folder | None = self.top
        for part in self._parts(path) or ():
            here = here.seen.get(part) if isinstance(here, Folder) else None
        return here if self._parts(path) is not None else None

    def inside(self, path: str) -> bool:
        """Whether a path is below the root."""
        return bool(self._parts(path))

    def name(self, *entries: tuple[str, "File | Folder | None"]) -> None:
        """Give names, or take them away (None); all at once."""
        found = []
        for path, named in entries:
            parent = self.at(str(Path(path).parent))
            if not isinstance(parent, Folder):
                raise NotModelled(f"no folder for {path}")
            name = Path(path).name
            if gone := parent.seen.get(name):
                self._unlinked[path] = gone
            found.append((parent, name, named))
        renaming = Renaming(tuple(found))
        for parent, name, named in found:
            _name(parent.seen, name, named)
        for parent in {id(parent): parent for parent, _, _ in found}.values():
            parent.pending.append(renaming)

    def image(self, chance: random.Random) -> "Image":
        """What may be found after power was lost now."""
        mood = chance.choice(("nothing", "everything", "names", "bytes", "any", "any", "any"))
        kept: set[int] = set()
        for folder in _folders(self.top):
            count = len(folder.pending)
            count = {"nothing": 0, "bytes": 0, "everything": count, "names": count}.get(
                mood, chance.randint(0, count)
            )
            kept |= {id(renaming) for renaming in folder.pending[:count]}
        return Image(dict(self._found(self.top, "", kept, mood, chance)))

    def _found(
        self, folder: Folder, below: str, kept: set[int], mood: str, chance: random.Random
    ) -> Iterator[tuple[str, bytes | None]]:
        names = dict(folder.lasting)
        for renaming in folder.pending:
            if id(renaming) in kept:
                for where, name, named in renaming.entries:
                    if where is folder:
                        _name(names, name, named)
        for name, named in names.items():
            path = f"{below}{name}"
            if isinstance(named, Folder):
                yield path, None
                yield from self._found(named, f"{path}/", kept, mood, chance)
            elif not name.endswith(_SHARED_MEMORY):
                yield path, _bytes_found(named, mood, chance)

    def _parts(self, path: str) -> tuple[str, ...] | None:
        """The names below the root; () for the root itself, None for a path elsewhere."""
        if path == self.root:
            return ()
        return tuple(path[len(self.root) + 1 :].split("/")) if path.startswith(f"{self.root}/") else None


@dataclass(frozen=True, slots=True)
class Image:
    """Files found after power was lost, by path below the root; None for a folder."""

    found: dict[str, bytes | None]

    def restore(self, root: Path) -> None:
        """Write it into a folder that is not there yet."""
        root.mkdir(parents=True)
        for path, content in self.found.items():
            if content is None:
                (root / path).mkdir(mode=0o700)
            else:
                (root / path).write_bytes(content)


def _bytes_found(file: File, mood: str, chance: random.Random) -> bytes:
    if not file.pending or mood in {"nothing", "names"}:
        return file.lasting
    if mood in {"everything", "bytes"}:
        return bytes(file.seen)
    content = bytearray(file.lasting)
    # All fates are possible; a random lean of the whole image makes whole losses and small ones both frequent.
    lean = chance.choice((0.1, 0.5, 0.9))
    for offset, data in file.pending:
        lot = chance.random()
        if data is None:
            if lot < lean:
                _resize(content, offset)
        elif lot < lean:
            _put(content, offset, data)
        elif lot < lean + (1 - lean) / 2:
            _put_some_sectors(content, offset, data, chance)
        elif offset + len(data) > len(content) and chance.random() < 0.3:
            _resize(content, offset + len(data))
    return bytes(content)


def _put_some_sectors(content: bytearray, offset: int, data: bytes, chance: random.Random) -> None:
    place = offset
    while place < offset + len(data):
        end = min((place // SECTOR + 1) * SECTOR, offset + len(data))
        if chance.random() < 0.5:
            _put(content, place, data[place - offset : end - offset])
        place = end


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        _resize(content, offset)
    content[offset : offset + len(data)] = data


def _resize(content: bytearray, size: int) -> None:
    if size < len(content):
        del content[size:]
    else:
        content.extend(bytes(size - len(content)))


def _name(names: dict[str, File | Folder], name: str, named: File | Folder | None) -> None:
    if named is None:
        names.pop(name, None)
    else:
        names[name] = named


def _folders(top: Folder) -> Iterator[Folder]:
    """Every folder that is or was there, each once."""
    waiting: list[Folder] = [top]
    known: set[int] = set()
    while waiting:
        folder = waiting.pop()
        if id(folder) in known:
            continue
        known.add(id(folder))
        yield folder
        named = [*folder.lasting.values(), *folder.seen.values()]
        named += [one for renaming in folder.pending for _, _, one in renaming.entries if one is not None]
        waiting += [one for one in named if isinstance(one, Folder)]


def _read_folder(path: Path) -> Folder:
    entries: dict[str, File | Folder] = {}
    for child in path.iterdir():
        if child.is_dir():
            entries[child.name] = _read_folder(child)
        else:
            content = child.read_bytes()
            entries[child.name] = File(content, bytearray(content))
    return Folder(entries, dict(entries))
