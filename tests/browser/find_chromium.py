"""Where the browser for the tests is: Chromium from this computer, or from Debian when we may install it.

Run `python -m tests.browser.find_chromium` before the browser tests; it prints the program's path.
"""

import os
import shutil
import subprocess
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_HOW = "No Chromium found. Install the package chromium (Debian: apt-get install chromium) or Google Chrome."


def find() -> str | None:
    """The path of an installed Chromium or Chrome, or None."""
    return next((path for name in (*_NAMES, _MAC) if (path := shutil.which(name))), None)


def find_or_install() -> str:
    """The path of Chromium, installing Debian's when it is missing; LookupError says how to get it."""
    path = find() or (find() if _install() else None)
    if path is None:
        raise LookupError(_HOW)
    return path


def _install() -> bool:
    before = _right_to_install()
    if before is None or not shutil.which("apt-get"):
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    steps = (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", "chromium"))
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
    """Print the path; or print how to get Chromium and return 1."""
    try:
        sys.stdout.write(f"{find_or_install()}\n")
    except LookupError as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
