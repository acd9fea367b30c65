r"""Reading what strace wrote with -f -y -xx: one call at a time, strings as bytes.

A line is `PID NAME(ARGUMENT, ...) = RESULT`; a call that another thread interrupted comes in two lines, and
counts where it ended. Strings and the names of handles are spelled `\x2f\x64`, so commas and brackets are safe.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LINE = re.compile(r"(\d+) +(.*)", re.DOTALL)
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+|\?)(.*)", re.DOTALL)
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_UNFINISHED = "<unfinished ...>"
_HANDLE = re.compile(r"(\d+|AT_FDCWD)(?:<(.*?)>(\(deleted\))?)?")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True, slots=True)
class Call:
    """One finished system call. `result` is None when it never returned; below 0 it failed."""

    process: int
    name: str
    arguments: tuple[str, ...]
    result: int | None
    rest: str

    @property
    def handle(self) -> tuple[int, str, bool] | None:
        """The number, path and whether-unlinked of the file handle that is the first argument."""
        return read_handle(self.arguments[0]) if self.arguments else None

    def bytes(self, place: int) -> bytes:
        """An argument that is a string, or a list of them, put together."""
        return b"".join(_unspelled(one[1]) for one in _STRING.finditer(self.arguments[place]))

    def path(self, place: int) -> str:
        """An argument that is a path."""
        return self.bytes(place).decode()

    def number(self, place: int) -> int:
        """An argument that is a whole number."""
        return int(self.arguments[place], 0)


def read_handle(argument: str) -> tuple[int, str, bool] | None:
    """The number (-1 for the working folder), path and whether-unlinked of a handle; None when it is none."""
    found = _HANDLE.fullmatch(argument)
    if found is None or found[2] is None:
        return None
    number = -1 if found[1] == "AT_FDCWD" else int(found[1])
    return number, _unspelled(found[2]).decode(), found[3] is not None


def read_calls(lines: Iterable[str]) -> Iterator[Call]:
    """Every call of a log, in the order in which they ended."""
    begun: dict[str, str] = {}
    for line in lines:
        found = _LINE.fullmatch(line.rstrip("\n"))
        if found is None:
            continue
        process, said = found.groups()
        if said.endswith(_UNFINISHED):
            begun[process] = said.removesuffix(_UNFINISHED)
            continue
        if resumed := _RESUMED.fullmatch(said):
            said = begun.pop(process) + resumed[1]
        if call := _CALL.fullmatch(said):
            result = None if call[3] == "?" else int(call[3], 0)
            yield Call(int(process), call[1], tuple(_split(call[2])), result, call[4])


def _split(arguments: str) -> Iterator[str]:
    """Cut at the commas that stand in no bracket."""
    depth = start = 0
    for place in re.finditer(r"[\[\]{},]", arguments):
        sign = place[0]
        depth += (sign in "[{") - (sign in "]}")
        if sign == "," and depth == 0:
            yield arguments[start : place.start()].strip()
            start = place.end()
    yield arguments[start:].strip()


def _unspelled(spelled: str) -> bytes:
    return bytes.fromhex(spelled.replace("\\x", ""))
