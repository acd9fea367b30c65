"""Choosing files: they go into memory only, and are read beside the pages."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.actions.columns import own_tables
from secondlens.actions.reading import Reading
from secondlens.domain.counting import counted
from secondlens.importers.incoming import IncomingFile
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.rendering import Visit, go, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The form to choose files with. `waiting` are imports that were begun: (words, address)."""

    waiting: tuple[tuple[str, str], ...]
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """Choose files, or go back to those that were chosen before."""
    return _page(visit)


def read(visit: Visit) -> Response:
    """Begin to read the chosen files."""
    vault = visit.door.open_vault()
    files = tuple(IncomingFile(name=file.name, content=file.content) for file in visit.form.files)
    if not files:
        return _page(visit, NO_MISTAKES.plus("files", "Choose one file or more."))
    reading = Reading(files, own_tables(vault))
    key = visit.door.imports.put(reading)
    reading.begin()
    return go(visit, f"importing/{key}")


def _page(visit: Visit, mistakes: Mistakes = NO_MISTAKES) -> Response:
    waiting = tuple(
        (f"Go on with {counted(len(held.standings), 'file')}", visit.url(f"importing/{key}"))
        for key, held in visit.door.imports.held(Reading)
    )
    status = 422 if mistakes else 200
    return render(visit, "importing/choose.html", Choosing(waiting=waiting, mistakes=mistakes), status=status)
