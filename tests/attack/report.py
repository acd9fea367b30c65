"""What an attack reached: one figure a line, and what was wrong below it."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

MARK = "= "  # the lines that `python -m tests.attack` gathers
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One attack: how often it was tried, what came of it in words, and what went wrong."""

    what: str
    tried: int
    reached: str
    wrong: tuple[str, ...] = ()


def tell(figures: Iterable[Figure]) -> int:
    """Print each figure; give 1 when anything was wrong or nothing was tried, else 0."""
    status = 0
    for figure in figures:
        wrong = figure.wrong if figure.tried else ("NOT RUN: nothing was tried", *figure.wrong)
        sys.stdout.write(
            f"{MARK}{figure.what}: {figure.tried} tried, {figure.reached}{' WRONG' if wrong else ''}\n"
        )
        for one in wrong[:_SHOWN]:
            sys.stdout.write(f"    {one}\n")
        if len(wrong) > _SHOWN:
            sys.stdout.write(f"    and {len(wrong) - _SHOWN} more\n")
        sys.stdout.flush()
        status |= bool(wrong)
    return int(status)


def wrong_among(figures: Iterable[Figure]) -> list[str]:
    """All that went wrong, each with what was tried."""
    return [f"{figure.what}: {one}" for figure in figures for one in figure.wrong]


def not_run(what: str, why: str) -> Figure:
    """An attack that could not be made here. It counts as wrong: what was not tried was not withstood."""
    return Figure(what=what, tried=0, reached="NOT RUN", wrong=(why,))
