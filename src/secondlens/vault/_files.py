"""Small files that are either wholly old or wholly new, and readable by their owner alone."""

import os
import sys
from pathlib import Path


def save_privately(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 so that a crash or power cut leaves the old or the new one, never a part.

    Each step earns its place: without the file's fsync the new name can hold torn bytes, without the
    folder's fsync the old name can come back.
    """
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def make_private_file(path: Path) -> None:
    """Make an empty file of mode 0600 where there is none."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def sync_file(path: Path) -> None:
    """Wait until what was written to a file has reached the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make names in a folder last through a power cut. Windows has no such call and does it by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
