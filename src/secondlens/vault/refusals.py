"""What the operating system refuses, in our sentences."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from secondlens.errors import NotAllowed

_ROOM_LEFT = 4 * 1024 * 1024  # bytes


class NoRoom(NotAllowed):
    """The disk is full."""


def no_room() -> NoRoom:
    """Say that the disk is full."""
    return NoRoom("There is no room left on this disk. Nothing was changed. Make room and try again.")


def refuse_no_room(folder: Path, size: int) -> None:
    """Raise NoRoom unless so many bytes, and some more, are free where a folder lies."""
    if shutil.disk_usage(folder).free < size * 1.1 + _ROOM_LEFT:
        raise no_room()


@contextmanager
def plain_refusals() -> Iterator[None]:
    """Turn what the operating system says about files into one of our sentences."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise no_room() from None
        if error.errno == errno.ENAMETOOLONG:
            raise NotAllowed("This name is too long for this computer. Choose a shorter one.") from None
        raise NotAllowed(
            "This folder cannot be read or written by you. Choose a folder of your own on this computer.",
        ) from None
