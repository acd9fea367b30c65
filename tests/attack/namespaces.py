"""Running a module of the battery where it has disks or a network of its own, and getting its figures back."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict

from tests.attack.children import ROOT
from tests.attack.report import Figure, not_run

INSIDE = "--inside"


def figures_inside(module: str, kind: str, *words: str) -> list[Figure]:
    """Run `python -m MODULE --inside WORDS` in a new namespace: "m" for mounts, "n" for the network.

    Where none can be made, neither as root nor with user namespaces, the figure says so, and is wrong.
    """
    way = _way_in(kind)
    if way is None:
        why = f"No namespace can be made here. Run it as root, or where `unshare -Ur{kind} true` works."
        return [not_run(module, why)]
    command = [*way, sys.executable, "-m", module, INSIDE, *words]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return [Figure(what=module, tried=1, reached="broke off", wrong=("see the error above",))]
    return [Figure(**{**one, "wrong": tuple(one["wrong"])}) for one in json.loads(done.stdout)]


def hand_out(figures: Iterable[Figure]) -> int:
    """Print figures for the one outside."""
    sys.stdout.write(json.dumps([asdict(figure) for figure in figures]))
    return 0


def _way_in(kind: str) -> list[str] | None:
    ways = [["unshare", f"-Ur{kind}"]]
    if os.geteuid() == 0:
        ways.insert(0, ["unshare", f"-{kind}"])
    for way in ways if shutil.which("unshare") else ():
        if subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            return way
    return None
