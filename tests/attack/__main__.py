"""The whole battery, in order: every attack in a process of its own, and a table of what was reached.

python -m tests.attack              the figures that SECURITY.md names; takes long
python -m tests.attack kills        only the attacks named
"""

import importlib.util
import subprocess
import sys
import time

from tests.attack.children import ROOT
from tests.attack.report import MARK

# Module and its arguments. A module that is not there is said to be so, and counts as wrong.
ATTACKS = (
    ("kills", ("200",)),
    ("power_loss", ("3000",)),
    ("disk_full", ("60",)),
    ("io_errors", ("60",)),
    ("bit_flips", ("1",)),
    ("nothing_leaves", ()),
    ("canaries", ()),
    ("http_battery", ()),
    ("fuzz_importers", ()),
    ("bombs", ()),
    ("mutants", ()),
)


def run(name: str, arguments: tuple[str, ...]) -> tuple[bool, list[str]]:
    """Run one attack, showing what it says; give whether all was well, and its figures."""
    module = f"tests.attack.{name}"
    if importlib.util.find_spec(module) is None:
        return False, [f"{name}: NOT RUN, there is no {module}"]
    figures = []
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if line.startswith(MARK):
                figures.append(line.removeprefix(MARK).rstrip())
    well = process.returncode == 0
    return well, figures or [f"{name}: {'nothing wrong' if well else 'WRONG'}"]


def main(only: list[str]) -> int:
    """Run all attacks, or those named; give 1 when anything is wrong."""
    table: list[str] = []
    status = 0
    for name, arguments in ATTACKS:
        if only and name not in only:
            continue
        started = time.monotonic()
        well, figures = run(name, arguments)
        status |= not well
        table += [f"{name} ({time.monotonic() - started:.0f} s)", *(f"  {figure}" for figure in figures)]
    sys.stdout.write("\n" + "\n".join([*table, "WRONG" if status else "Nothing wrong."]) + "\n")
    return int(status)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
