"""Which letters our fonts can print. What they cannot print stands as its code, so that nothing is lost unseen."""

import re
import unicodedata
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"

# A line may break inside a run this long without a space; otherwise the run would leave the page.
_LONGEST_RUN = 24
_BREAK = "\u200b"

# Controls draw nothing, marks that turn text around could make a line read as what it is not, and private
# letters mean something else in every font.
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0), 0xFEFF}
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_PRIVATE = set(range(0xE000, 0xF900))


@cache
def printable() -> frozenset[str]:
    """Every character our fonts have, from fonts/letters.txt (ranges of code points, hexadecimal)."""
    letters: set[int] = set()
    for line in (FONTS / "letters.txt").read_text("ascii").split():
        first, _, last = line.partition("-")
        letters.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(chr(point) for point in letters - _CONTROLS - _TURNING - _PRIVATE)


def printed(text: str, letters: AbstractSet[str]) -> str:
    """The text as it can be printed: each other character as "[U+4E2D]", long runs with places to break."""
    lines = "\n".join(text.splitlines()).replace("\t", " ")
    shown = "".join(letter if letter in letters or letter == "\n" else code(letter) for letter in lines)
    return re.sub(rf"\S{{{_LONGEST_RUN + 1},}}", _breakable, shown)


def code(letter: str) -> str:
    """A character's Unicode code point in brackets."""
    return f"[U+{ord(letter):04X}]"


def unprinted(texts: set[str], letters: AbstractSet[str]) -> tuple[str, ...]:
    """The codes of all characters that cannot be printed, sorted."""
    missing = {letter for text in texts for letter in "".join(text.splitlines()).replace("\t", " ")} - letters
    return tuple(code(letter) for letter in sorted(missing))


def simple(letters: AbstractSet[str]) -> frozenset[str]:
    """The letters that need no neighbour to be drawn: a mark that no font can set on its letter is left out."""
    return frozenset(letter for letter in letters if not unicodedata.category(letter).startswith("M"))


def _breakable(match: re.Match[str]) -> str:
    run = match[0]
    pieces = [run[start : start + _LONGEST_RUN] for start in range(0, len(run), _LONGEST_RUN)]
    return _BREAK.join(pieces)
