"""Kill -9 each operation at every place that matters, and at random moments: nothing acknowledged may be lost.

Half of the kills fall on a system call that changes something: the n-th write, sync, cut, rename or removal never
happens, and the process is gone. The other half come from outside, at a random moment of the work. After each, the
ground is verified as it was left, and the operation must then work once more to its end.

python -m tests.attack.kills 200            (200 for import, a tenth of it for each of the others)
"""

import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.attack.children import (
    TYPED,
    Ended,
    command_of,
    counted,
    ended,
    inject,
    record,
    start,
    until_begun,
)
from tests.attack.operations import OPERATIONS, Operation, named, prepare, run_again, wrong_in
from tests.attack.power_loss import fast_folder
from tests.attack.report import Figure, tell

# Few and decisive first: when not all can be killed, the many writes are sampled.
_CALLS = (
    *("rename", "fsync", "fdatasync", "unlink", "ftruncate", "mkdir", "rmdir", "write", "pwrite64"),
    *("renameat", "renameat2", "unlinkat", "pwritev", "sendfile", "copy_file_range", "fallocate"),
)


def run(operation: Operation, kills: int, scratch: Path, seed: int = 1) -> Figure:
    """Kill one operation again and again, each time from the same ground, and account for it."""
    chance = random.Random(seed)  # noqa: S311 (kill times need no secrecy)
    before = scratch / operation.name
    prepare(operation, before)
    places, seconds = _measure(operation, before, scratch / f"{operation.name}-measured")
    chosen = _spread(places, kills // 2)
    acknowledged = inside = at_calls = 0
    wrong: list[str] = []
    for number in range(kills):
        ground = scratch / f"{operation.name}-{number}"
        shutil.copytree(before, ground)
        if number < len(chosen):
            call, count = chosen[number]
            where = f"{call} number {count}"
            end = inject(operation, ground, call, f"signal=KILL:when={count}")
            at_calls += end.status == -signal.SIGKILL
        else:
            where = "a random moment"
            end = _kill_at_random(operation, ground, seconds * chance.uniform(0, 1.05))
        acknowledged += len(end.acknowledged)
        inside += end.began and end.status == -signal.SIGKILL
        wrong += [f"killed at {where}: {one}" for one in _wrong_after(operation, ground, end)]
        shutil.rmtree(ground)
    if inside < kills // 2:
        wrong.append(f"only {inside} of {kills} kills fell inside the work, which proves little")
    told = f"{inside} inside the work ({at_calls} at a system call), {acknowledged} steps acknowledged"
    return Figure(
        what=f"kill -9: {operation.name}", tried=kills, reached=f"{told}, {len(wrong)} wrong", wrong=tuple(wrong)
    )


def run_rivals(rounds: int, scratch: Path, seed: int = 1) -> Figure:
    """Let three processes write to one vault at once, and kill one of them: two may not write at a time."""
    chance = random.Random(seed)  # noqa: S311 (kill times need no secrecy)
    operation = named("write")
    ground = scratch / "rivals"
    prepare(operation, ground)
    acknowledged: list[str] = []
    wrong: list[str] = []
    killed = refused = 0
    for number in range(rounds):
        children = [start(command_of(operation, ground), ground) for _ in range(3)]
        for child in children:
            until_begun(child)
        time.sleep(chance.uniform(0, 0.05))
        chance.choice(children).kill()
        for end in [ended(child, begun=True) for child in children]:
            killed += end.status == -signal.SIGKILL
            refused += end.status == TYPED
            acknowledged += end.acknowledged
            if end.untyped or (end.status == TYPED and not end.errors.startswith("InUse:")):
                wrong.append(f"round {number}: {end.errors.strip()[-300:]}")
        wrong += [f"round {number}: {one}" for one in wrong_in(operation, ground, acknowledged)]
    reached = (
        f"{killed} killed, {refused} refused as in use, {len(acknowledged)} steps acknowledged, {len(wrong)} wrong"
    )
    return Figure(what="kill -9: three writers", tried=3 * rounds, reached=reached, wrong=tuple(wrong))


def _wrong_after(operation: Operation, ground: Path, end: Ended) -> Iterator[str]:
    if end.status == TYPED or end.untyped:
        yield f"it ended by itself: {end.errors[-300:]}"
    wrong = wrong_in(operation, ground, end.acknowledged)
    yield from wrong or run_again(operation, ground, end.acknowledged)


def _measure(operation: Operation, before: Path, ground: Path) -> tuple[list[tuple[str, int]], float]:
    """Every (call, number) that changes something during the work, decisive ones first; and how long it takes."""
    shutil.copytree(before, ground)
    counts = counted(record(operation, ground, ground.with_name("log")))
    shutil.rmtree(ground)
    places = [
        (call, number)
        for call in _CALLS
        for number in range(counts.get(call, (0, 0))[0] + 1, counts.get(call, (0, 0))[1] + 1)
    ]
    shutil.copytree(before, ground)
    child = start(command_of(operation, ground), ground)
    until_begun(child)
    begun = time.monotonic()
    ended(child, begun=True)
    shutil.rmtree(ground)
    return places, time.monotonic() - begun


def _spread(places: list[tuple[str, int]], count: int) -> list[tuple[str, int]]:
    """As many of the places as asked for: all calls but writes first, then writes at equal distances."""
    decisive = [place for place in places if not place[0].startswith(("write", "pwrite"))]
    writes = [place for place in places if place not in decisive]
    if len(decisive) >= count:
        return [decisive[number * len(decisive) // count] for number in range(count)]
    left = min(count - len(decisive), len(writes))
    return decisive + [writes[number * len(writes) // left] for number in range(left)]


def _kill_at_random(operation: Operation, ground: Path, after: float) -> Ended:
    child = start(command_of(operation, ground), ground)
    until_begun(child)
    time.sleep(after)
    child.kill()
    return ended(child, begun=True)


def main(kills: int) -> int:
    """Print the figures, and give 1 when anything is wrong."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        figures = (
            run(operation, kills if operation.name == "import" else max(kills // 10, 20), Path(scratch))
            for operation in OPERATIONS
        )
        return tell(figures) | tell([run_rivals(max(kills // 2, 20), Path(scratch))])


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
