"""The file that brings the browser in: others can read command lines, so the one-use address is not on one."""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

_PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>One moment</title>
  <meta name="referrer" content="no-referrer">
  <meta http-equiv="refresh" content="0; url={address}">
</head>
<body>
  <p><a href="{address}">Go on</a></p>
</body>
</html>
"""


def write_launch_file(state: Path, address: str, longest_seconds: float) -> Path:
    """Write a page, for this account alone and under a name that says nothing, that leads to an address.

    Files that a killed program left are taken away. Raises OSError when the folder cannot be written.
    """
    folder = state / "pages"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for old in folder.glob("*.html"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > longest_seconds:
                old.unlink()
    file = folder / f"{secrets.token_hex(8)}.html"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(_PAGE.format(address=address))
    return file
