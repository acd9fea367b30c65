"""Cut the power: what a run of each operation could leave on a disk, by a model, and whether the vault stands it.

Each operation runs once, undisturbed, under strace; every change it made is played onto a model of a disk
(`disk_model.py` says which), power is lost at a random call, and the folder that may be found then is verified:
all that was acknowledged before is there, nothing is half there, the vault opens and its full check is clean.
The controls take a guard away, and must be seen to lose something; a control that loses nothing is a failure.

python -m tests.attack.power_loss 3000
"""

import hashlib
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.attack.children import record
from tests.attack.disk_model import Image
from tests.attack.disk_replay import Replay
from tests.attack.operations import OPERATIONS, Operation, named, prepare, wrong_in
from tests.attack.report import Figure, tell
from tests.attack.strace_log import Call

# Operation and the guard taken away: of these, some image must be wrong.
CONTROLS = (
    ("import", "synchronous-off"),
    ("write", "synchronous-normal-log-kept"),
    ("save-keys", "no-fsync"),
    ("save-keys", "no-folder-fsync"),
    ("create", "no-folder-fsync"),
)
# The log is emptied after each write and each commit is synced: either alone keeps what was acknowledged.
SPARE_GUARDS = (("write", "synchronous-normal"), ("write", "log-kept"))
_SHOWINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One recorded run: the ground before it, and the calls that changed it."""

    operation: Operation
    mutant: str | None
    ground: Path
    calls: tuple[Call, ...]

    @property
    def name(self) -> str:
        """The operation, and the guard it ran without."""
        return f"{self.operation.name} with {self.mutant}" if self.mutant else self.operation.name


def film(operation: Operation, scratch: Path, mutant: str | None = None) -> Film:
    """Record one run. The ground it ran in is put back as it was before."""
    ground = scratch / f"{operation.name}-{mutant}" / "ground"
    prepare(operation, ground)
    shutil.copytree(ground, ground.with_name("before"))
    calls = tuple(record(operation, ground, ground.with_name("log"), mutant))
    shutil.rmtree(ground)
    ground.with_name("before").rename(ground)
    return Film(operation=operation, mutant=mutant, ground=ground, calls=calls)


def lose_power(shown: Film, images: int, seed: int, scratch: Path) -> tuple[int, list[str]]:
    """Make images of one run and verify each that differs from those before. Gives their number and what is wrong.

    A small operation leaves few that differ: it is shown three times at most.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret: the same seed gives the same images)
    moments = _moments(shown)
    known: set[bytes] = set()
    wrong: list[str] = []
    for _ in range(_SHOWINGS):
        cuts = sorted(chance.choices(moments, k=images))
        for cut, image, acknowledged in _images(shown, cuts, chance):
            mark = _mark(image, acknowledged)
            if mark in known or len(known) == images:
                continue
            known.add(mark)
            place = scratch / f"{len(known)}"
            image.restore(place)
            where = f"cut after call {cut} of {len(shown.calls)}, seed {seed}"
            wrong += [f"{where}: {one}" for one in wrong_in(shown.operation, place, acknowledged)]
            shutil.rmtree(place)
    return len(known), wrong


def _images(
    shown: Film, cuts: Sequence[int], chance: random.Random
) -> Iterator[tuple[int, Image, tuple[str, ...]]]:
    """Play a run once, and lose power at each of the cuts, which are in order."""
    replay = Replay(shown.ground)
    played = 0
    for cut in cuts:
        while played < cut:
            replay.play(shown.calls[played])
            played += 1
        yield cut, replay.disk.image(chance), tuple(replay.acknowledged)


def _moments(shown: Film) -> list[int]:
    """How many calls have been made at each moment at which losing power can differ from the moment before."""
    replay = Replay(shown.ground)
    return [0, *(number for number, call in enumerate(shown.calls, 1) if replay.play(call))]


def _mark(image: Image, acknowledged: Sequence[str]) -> bytes:
    mark = hashlib.blake2b(repr(acknowledged).encode())
    for path, content in sorted(image.found.items()):
        mark.update(repr((path, None if content is None else len(content))).encode())
        mark.update(content or b"")
    return mark.digest()


def run(shown: Film, images: int, scratch: Path, *, must_fail: bool = False, processes: int = 2) -> Figure:
    """Verify images of one run on several processes, and account for them."""
    started = time.monotonic()
    work = [(shown, images // processes, seed, scratch / f"{shown.name}-{seed}") for seed in range(processes)]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        ended = pool.starmap(lose_power, work)
    different = sum(count for count, _ in ended)
    wrong = [one for _, some in ended for one in some]
    reached = f"{different / (time.monotonic() - started):.0f} a second, {len(wrong)} wrong"
    if must_fail:
        wrong = [] if wrong else ["the guard was taken away, and nothing was lost"]
        reached += ", as it must be" if not wrong else ""
    return Figure(
        what=f"power loss, different images: {shown.name}", tried=different, reached=reached, wrong=tuple(wrong)
    )


def run_all(images: int, scratch: Path) -> list[Figure]:
    """Each operation gets as many images as make the whole when the small ones leave few; controls a tenth."""
    share = max(images // (len(OPERATIONS) - 2), 2)
    figures = [run(film(operation, scratch), share, scratch) for operation in OPERATIONS]
    controls = max(images // 10, 100)
    figures += [run(film(named(name), scratch, mutant), controls, scratch) for name, mutant in SPARE_GUARDS]
    figures += [
        run(film(named(name), scratch, mutant), controls, scratch, must_fail=True) for name, mutant in CONTROLS
    ]
    return figures


def fast_folder() -> Path | None:
    """A folder in memory where there is one: images are written thousands of times and need not last."""
    return memory if (memory := Path("/dev/shm")).is_dir() else None  # noqa: S108 (made private by mkdtemp)


def main(images: int) -> int:
    """Print the figures, and give 1 when anything is wrong."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        return tell(run_all(images, Path(scratch)))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
