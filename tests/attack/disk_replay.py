"""Playing a trace of system calls onto the model of a disk, one call at a time."""

from collections.abc import Callable
from pathlib import Path

from tests.attack.disk_model import Disk, File, Folder, NotModelled
from tests.attack.operations import BEGIN
from tests.attack.strace_log import Call, read_handle

_OUTPUT = 1
_Rule = Callable[[Call], None]


class Replay:
    """A disk and what was said so far. `play` each call in turn."""

    def __init__(self, root: Path) -> None:
        self.disk = Disk(root)
        self.acknowledged: list[str] = []
        self._places: dict[tuple[int, int], int] = {}
        self._rules: dict[str, _Rule] = {
            "openat": self._open,
            "creat": self._open,
            "write": self._write,
            "writev": self._write,
            "pwrite64": self._write_at,
            "pwritev": self._write_at,
            "lseek": self._seek,
            "fsync": self._sync,
            "fdatasync": self._sync,
            "ftruncate": self._cut,
            "fallocate": self._grow,
            "mmap": self._map,
            "rename": self._rename,
            "renameat": self._rename_at,
            "renameat2": self._rename_at,
            "unlink": lambda call: self.disk.name((call.path(0), None)),
            "rmdir": lambda call: self.disk.name((call.path(0), None)),
            "unlinkat": lambda call: self.disk.name((_at(call, 0), None)),
            "mkdir": lambda call: self.disk.name((call.path(0), Folder())),
            "mkdirat": lambda call: self.disk.name((_at(call, 0), Folder())),
        }

    def play(self, call: Call) -> bool:
        """Do what a call did; tell whether it changed anything that a loss of power could show."""
        if call.result is None or call.result < 0 or not self._concerns(call):
            return self._listen(call)
        rule = self._rules.get(call.name)
        if rule is None:
            raise NotModelled(f"{call.name} in the watched folder")
        rule(call)
        return call.name != "lseek"

    def _listen(self, call: Call) -> bool:
        if call.name != "writev" or not call.handle or call.handle[0] != _OUTPUT:
            return False
        step = call.bytes(1).decode().rstrip("\n")
        if step != BEGIN:
            self.acknowledged.append(step)
        return True

    def _concerns(self, call: Call) -> bool:
        """Whether any path or handle of the call lies in the watched folder."""
        if call.name == "mmap":
            handle = read_handle(call.arguments[4])
            return handle is not None and self.disk.inside(handle[1])
        if call.name in {"openat", "unlinkat", "mkdirat"}:
            return self.disk.inside(_at(call, 0))
        if call.name in {"renameat", "renameat2", "linkat"}:
            return self.disk.inside(_at(call, 0)) or self.disk.inside(_at(call, 2))
        if call.handle:
            return self.disk.inside(call.handle[1]) or call.handle[1] == self.disk.root
        return any(
            self.disk.inside(call.path(place))
            for place in range(len(call.arguments))
            if call.bytes(place)[:1] == b"/"
        )

    def _open(self, call: Call) -> None:
        path, flags = (
            (call.path(0), "O_CREAT|O_TRUNC") if call.name == "creat" else (_at(call, 0), call.arguments[2])
        )
        found = self.disk.at(path)
        if found is None:
            if "O_CREAT" not in flags:
                raise NotModelled(f"opened a file that is not there: {path}")
            found = File()
            self.disk.name((path, found))
        elif isinstance(found, File) and "O_TRUNC" in flags and found.seen:
            found.cut(0)
        assert call.result is not None
        append = "O_APPEND" in flags and isinstance(found, File)
        self._places[call.process, call.result] = len(found.seen) if append else 0

    def _file(self, call: Call) -> File:
        assert call.handle
        found = self.disk.at(call.handle[1], unlinked=call.handle[2])
        if not isinstance(found, File):
            raise NotModelled(f"{call.name} of no known file: {call.handle[1]}")
        return found

    def _write(self, call: Call) -> None:
        assert call.handle
        assert call.result is not None
        place = self._places[call.process, call.handle[0]]
        self._file(call).write(place, call.bytes(1)[: call.result])
        self._places[call.process, call.handle[0]] = place + call.result

    def _write_at(self, call: Call) -> None:
        self._file(call).write(call.number(3), call.bytes(1)[: call.result])

    def _seek(self, call: Call) -> None:
        assert call.handle
        assert call.result is not None
        self._places[call.process, call.handle[0]] = call.result

    def _sync(self, call: Call) -> None:
        assert call.handle
        found = self.disk.at(call.handle[1], unlinked=call.handle[2])
        if found is None:
            raise NotModelled(f"{call.name} of nothing known: {call.handle[1]}")
        found.sync()

    def _cut(self, call: Call) -> None:
        file = self._file(call)
        if len(file.seen) != call.number(1):
            file.cut(call.number(1))

    def _grow(self, call: Call) -> None:
        file = self._file(call)
        if call.arguments[1] != "0":
            raise NotModelled(f"fallocate {call.arguments[1]}")
        if (end := call.number(2) + call.number(3)) > len(file.seen):
            file.cut(end)

    def _map(self, call: Call) -> None:
        handle = read_handle(call.arguments[4])
        shared = "MAP_SHARED" in call.arguments[3] and "PROT_WRITE" in call.arguments[2]
        if shared and handle and not handle[1].endswith("-shm"):
            raise NotModelled(f"writing through shared memory: {handle[1]}")

    def _rename(self, call: Call) -> None:
        self._move(call.path(0), call.path(1))

    def _rename_at(self, call: Call) -> None:
        if call.name == "renameat2" and call.arguments[4] not in {"0", "RENAME_NOREPLACE"}:
            raise NotModelled(f"renameat2 {call.arguments[4]}")
        self._move(_at(call, 0), _at(call, 2))

    def _move(self, old: str, new: str) -> None:
        moved = self.disk.at(old)
        if moved is None:
            raise NotModelled(f"renamed from outside: {old}")
        self.disk.name((old, None), (new, moved))


def _at(call: Call, place: int) -> str:
    """The whole path of an argument pair: folder handle, name."""
    name = call.path(place + 1)
    handle = read_handle(call.arguments[place])
    return name if name.startswith("/") or handle is None else f"{handle[1]}/{name}"
