"""Programs the tests need that Python's packages do not bring: from this computer, or from Debian when we may.

Run `python -m tests.system_packages` before the tests; it installs what is missing and prints each path.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program by the names it may have; `package` is Debian's, `how` the sentence for when it cannot be had."""

    package: str
    names: tuple[str, ...]
    how: str
    linux_only: bool = False


CHROMIUM = Program(
    package="chromium",
    names=(
        *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ),
    how="No Chromium found. Install the package chromium (Debian: apt-get install chromium) or Google Chrome.",
)
STRACE = Program(
    package="strace",
    names=("strace",),
    how="No strace found. Install the package strace (Debian: apt-get install strace).",
    linux_only=True,
)
PROGRAMS = (CHROMIUM, STRACE)


def find(program: Program) -> str | None:
    """The path of an installed program, or None."""
    return next((path for name in program.names if (path := shutil.which(name))), None)


def find_or_install(program: Program) -> str:
    """The path of a program, installing Debian's when it is missing; LookupError says how to get it."""
    path = find(program) or (find(program) if _install(program.package) else None)
    if path is None:
        raise LookupError(program.how)
    return path


def _install(package: str) -> bool:
    before = _right_to_install()
    if before is None or not shutil.which("apt-get"):
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    steps = (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", package))
    return all(
        subprocess.run((*before, "apt-get", *step), env=environment, stdout=sys.stderr, check=False).returncode
        == 0
        for step in steps
    )


def _right_to_install() -> tuple[str, ...] | None:
    """The words before apt-get: none for root, sudo when it asks no password; None when we may not."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    may = sudo and subprocess.run((sudo, "-n", "true"), capture_output=True, check=False).returncode == 0
    return (str(sudo), "-n") if may else None


def main() -> int:
    """Print the path of each program; say how to get those that are missing, and return 1 when any is."""
    missing = False
    for program in PROGRAMS:
        if program.linux_only and sys.platform != "linux":
            continue
        try:
            sys.stdout.write(f"{find_or_install(program)}\n")
        except LookupError as error:
            missing = True
            sys.stderr.write(f"{error}\n")
    return int(missing)


if __name__ == "__main__":
    raise SystemExit(main())
