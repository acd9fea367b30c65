"""The few system calls that Python has no name for."""

import ctypes
from contextlib import suppress

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_libc = ctypes.CDLL(None, use_errno=True)


def control(option: int, *arguments: object) -> bool:
    """Ask prctl(2) for something; tells whether it was granted."""
    return bool(_libc.prctl(option, *_words(arguments, 4)) == 0)


def system_call(number: int, *arguments: object) -> int:
    """Make a system call by its number; -1 when it was refused."""
    return int(_libc.syscall(ctypes.c_long(number), *_words(arguments, 5)))


def keep_freed_memory() -> None:
    """Let this process keep memory it has freed: giving back what is needed again cost a fifth of the time.

    glibc alone has this; others go without.
    """
    with suppress(AttributeError):
        _libc.mallopt(_M_MMAP_THRESHOLD, 64 * 1024**2)
        _libc.mallopt(_M_TRIM_THRESHOLD, 256 * 1024**2)


def _words(arguments: tuple[object, ...], most: int) -> list[object]:
    # The kernel looks at every argument in full, and refuses some calls when the ones not used are not 0.
    given = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    return [*given, *[ctypes.c_ulong(0)] * (most - len(given))]
