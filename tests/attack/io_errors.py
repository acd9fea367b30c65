"""Let the system refuse the n-th call of each kind while an operation runs: it must say so and lose nothing.

Errors: a bad disk (EIO), no room (ENOSPC, EDQUOT), a disk that became read-only (EROFS), too many open files
(EMFILE), no memory (ENOMEM). Once: only the n-th call is refused. For good: it and all after it. Whatever happens,
the child ends with success or one of our sentences; afterwards all acknowledged is there and the operation works
again.

python -m tests.attack.io_errors 60         (indices n for each call and error)
"""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.attack.children import TYPED, counted, inject, record
from tests.attack.operations import OPERATIONS, Operation, prepare, run_again, wrong_in
from tests.attack.power_loss import fast_folder
from tests.attack.report import Figure, tell

# Each call, and how it can fail in earnest.
FAULTS = (
    ("pwrite64", ("EIO", "ENOSPC", "EDQUOT")),
    ("write", ("EIO", "ENOSPC", "EDQUOT")),
    ("fsync", ("EIO", "ENOSPC", "EDQUOT")),
    ("fdatasync", ("EIO", "ENOSPC", "EDQUOT")),
    ("ftruncate", ("EIO", "ENOSPC", "EROFS")),
    ("openat", ("EIO", "ENOSPC", "EROFS", "EMFILE", "ENOMEM")),
    ("rename", ("EIO", "ENOSPC", "EROFS")),
    ("unlink", ("EIO", "EROFS")),
    ("mkdir", ("EIO", "ENOSPC", "EROFS")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One refused call: which, from which index on (after the work began), as what, once or for good."""

    call: str
    index: int
    error: str
    for_good: bool

    def __str__(self) -> str:
        return f"{self.error} at {self.call} {self.index}{' and after' if self.for_good else ''}"


def faults(counts: dict[str, tuple[int, int]], indices: int) -> Iterator[tuple[Fault, int]]:
    """Every fault that this many indices make, each with the index that strace counts."""
    for call, errors in FAULTS:
        before, whole = counts.get(call, (0, 0))
        there = whole - before
        for place in range(min(indices, there)):
            index = place * there // min(indices, there) + 1
            for number, error in enumerate(errors):
                yield (
                    Fault(call=call, index=index, error=error, for_good=(place + number) % 2 == 1),
                    before + index,
                )


def run(operation: Operation, indices: int, scratch: Path, *, every: int = 1) -> Figure:
    """Try every fault (or every so-manieth) from the same ground, and account for it."""
    before = scratch / operation.name
    prepare(operation, before)
    measured = scratch / f"{operation.name}-measured"
    shutil.copytree(before, measured)
    counts = counted(record(operation, measured, scratch / "log"))
    shutil.rmtree(measured)
    ends: Counter[str] = Counter()
    wrong: list[str] = []
    chosen = list(faults(counts, indices))[::every]
    for number, (fault, index) in enumerate(chosen):
        ground = scratch / f"{operation.name}-{number}"
        shutil.copytree(before, ground)
        when = f"{index}{'+' if fault.for_good else ''}"
        end = inject(operation, ground, fault.call, f"error={fault.error}:when={when}")
        ends["said so" if end.status == TYPED else "went on" if end.status == 0 else "untyped"] += 1
        if end.untyped:
            wrong.append(f"{fault}: {end.status} {end.errors.strip()[-400:]}")
        after = wrong_in(operation, ground, end.acknowledged) or run_again(operation, ground, end.acknowledged)
        wrong += [f"{fault}: {one}" for one in after]
        shutil.rmtree(ground)
    if not ends["said so"]:
        wrong.append("no fault was felt, so nothing was tried")
    reached = f"{ends['said so']} said in a sentence, {ends['went on']} went on, {len(wrong)} wrong"
    return Figure(what=f"refused calls: {operation.name}", tried=len(chosen), reached=reached, wrong=tuple(wrong))


def main(indices: int) -> int:
    """Print the figures, and give 1 when anything is wrong."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        return tell(run(operation, indices, Path(scratch)) for operation in OPERATIONS)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
