"""A bar for people who wait at a terminal; a pipe or a file gets none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

import click

from secondlens.actions.progress import Step, Watch, unwatched
from secondlens.cli._lines import printable

_LONGEST_NAME = 40


@contextmanager
def bar(label: str, *, wanted: bool = True) -> Iterator[Watch]:
    """Show on the error output how many files are over, and which one is at work."""
    if not (wanted and sys.stderr.isatty()):
        yield unwatched
        return
    with click.progressbar(
        length=1, label=label, file=sys.stderr, show_pos=True, show_eta=False, item_show_func=_short
    ) as drawn:

        def watch(step: Step) -> None:
            drawn.length = step.known
            drawn.update(step.done - drawn.pos, step.path)
            drawn.render_progress()  # it draws nothing by itself for a file that only begins

        yield watch
        drawn.update((drawn.length or 0) - drawn.pos, "")


def _short(path: str | None) -> str:
    """The name alone: the folders before it would push it off the line."""
    return printable(PurePath(path or "").name)[-_LONGEST_NAME:]
