"""Fill the disk: each operation on a disk of every size from "nothing fits" to "all fits".

The disk is a tmpfs in a mount namespace of our own (`unshare -Urm`, or `unshare -m` for root), so nobody else sees
it. Where neither can be had, this is said and counts as wrong: what was not tried was not withstood.
A full disk must give our sentence; afterwards all acknowledged is there, and once there is room, all works again.

python -m tests.attack.disk_full 60
"""

import ctypes
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.attack.children import TYPED, Ended, command_of, ended, start
from tests.attack.namespaces import INSIDE, figures_inside, hand_out
from tests.attack.operations import OPERATIONS, Operation, named, prepare, run_again, wrong_in
from tests.attack.report import Figure, tell

_ROOM = 256 * 1024 * 1024
_PAGE = 4096
_REMOUNT = 32  # MS_REMOUNT
# The library names only some of the calls that found no room; the other sentence says that it may be that.
_NO_ROOM = ("no room left on this disk", "it is full, not connected, or failing")


class SmallDisk:
    """A disk of a size in bytes, that can grow."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def mount(self, size: int) -> None:
        """Mount it, empty."""
        self._call(0, f"size={size},mode=700")

    def grow(self) -> None:
        """Give it room."""
        self._call(_REMOUNT, f"size={_ROOM}")

    def unmount(self) -> None:
        """Throw it away."""
        subprocess.run(["umount", str(self.place)], check=True)

    def _call(self, flags: int, options: str) -> None:
        # Not the program `mount`: when it gives room, it names owners that a user namespace does not know.
        words = [b"tmpfs", str(self.place).encode(), b"tmpfs"]
        if ctypes.CDLL(None, use_errno=True).mount(*words, ctypes.c_ulong(flags), options.encode()):
            raise OSError(ctypes.get_errno(), "the small disk cannot be mounted")


def run(operation: Operation, sizes: int, scratch: Path) -> Figure:
    """Try an operation on disks of this many sizes. Called inside of the namespace."""
    before = scratch / f"{operation.name}-before"
    prepare(operation, before)
    disk = SmallDisk(scratch / f"{operation.name}-disk")
    disk.place.mkdir()
    least = _least_size(disk, lambda: shutil.copytree(before, disk.place / "ground", dirs_exist_ok=True))
    most = _least_size(disk, lambda: _work(operation, before, disk), least - _PAGE)
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    # A disk of this kind grows by whole pages, so a small operation has fewer sizes to fail at.
    chosen = sorted({least + (most - least) * number // sizes // _PAGE * _PAGE for number in range(sizes)})
    for size in chosen:
        disk.mount(size)
        ground = disk.place / "ground"
        shutil.copytree(before, ground, dirs_exist_ok=True)
        end = _run_child(operation, ground)
        ends["full" if end.status == TYPED else "enough" if end.status == 0 else "untyped"] += 1
        wrong += [f"{size - least} bytes of room: {one}" for one in _wrong_after(operation, ground, end, disk)]
        disk.unmount()
    reached = f"{ends['full']} said that it is full, {ends['enough']} had enough, {len(wrong)} wrong"
    return Figure(what=f"disk full: {operation.name}", tried=len(chosen), reached=reached, wrong=tuple(wrong))


def _wrong_after(operation: Operation, ground: Path, end: Ended, disk: SmallDisk) -> list[str]:
    wrong = []
    if end.untyped or (end.status == TYPED and not any(said in end.errors for said in _NO_ROOM)):
        wrong.append(f"not said in words: {end.status} {end.errors.strip()[-400:]}")
    disk.grow()
    return wrong + (
        wrong_in(operation, ground, end.acknowledged) or run_again(operation, ground, end.acknowledged)
    )


def _least_size(disk: SmallDisk, work: Callable[[], object], low: int = 0) -> int:
    """Nearly the least size, in pages, on which some work succeeds; `low` is one on which it does not."""
    step = _PAGE
    while not _succeeds(disk, low + step, work):
        step *= 2
    high, near = low + step, max(step // 16 // _PAGE, 1) * _PAGE
    while high - low > near:
        middle = (low + high) // 2 // _PAGE * _PAGE
        if _succeeds(disk, middle, work):
            high = middle
        else:
            low = middle
    return high


def _succeeds(disk: SmallDisk, size: int, work: Callable[[], object]) -> bool:
    disk.mount(size)
    try:
        work()
    except (OSError, shutil.Error):
        return False
    finally:
        disk.unmount()
    return True


def _work(operation: Operation, before: Path, disk: SmallDisk) -> None:
    shutil.copytree(before, disk.place / "ground", dirs_exist_ok=True)
    if _run_child(operation, disk.place / "ground").status:
        raise OSError


def _run_child(operation: Operation, ground: Path) -> Ended:
    return ended(start(command_of(operation, ground), ground))


def run_in_namespace(sizes: int, *operations: str) -> list[Figure]:
    """Try operations (all when none is named) where we may mount."""
    return figures_inside("tests.attack.disk_full", "m", str(sizes), *operations)


def main(arguments: list[str]) -> int:
    """Print the figures, and give 1 when anything is wrong or could not be tried."""
    if arguments[0] != INSIDE:
        return tell(run_in_namespace(int(arguments[0]), *arguments[1:]))
    operations = [named(name) for name in arguments[2:]] or OPERATIONS
    with tempfile.TemporaryDirectory() as scratch:
        return hand_out(run(operation, int(arguments[1]), Path(scratch)) for operation in operations)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
