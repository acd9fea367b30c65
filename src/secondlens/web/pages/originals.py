"""The file behind a record: saved byte for byte, or the words at the place where the record was found."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from secondlens.actions.handing_out import hand_out
from secondlens.content import words
from secondlens.domain.source import Source
from secondlens.errors import BadInput, NotFound
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox
from secondlens.vault import Version
from secondlens.web.rendering import Visit, render

# Somebody waits for this page, while the files of an import may take a minute each.
_SECONDS_TO_SHOW = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The text of the original around one record; `whole` when all of the file is shown.

    `problem` is what happened when the file could not be read; there is no `text` then.
    """

    title: str
    file: str
    where: str
    text: str | None
    whole: bool
    problem: str | None
    record: str
    original: str


def download_original(visit: Visit) -> Response:
    """The file a record came from, byte for byte. It is saved, never shown: a file may hold a hostile page."""
    _, source = _told(visit)
    return save_original(visit, source.sha256)


def save_original(visit: Visit, sha256: str) -> Response:
    """An original to be saved under its own name."""
    name = visit.documents().get(sha256, "original")
    return Response(
        hand_out(visit.vault, sha256),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name.rpartition('/')[2], safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def show_place(visit: Visit) -> Response:
    """The text of the original where a record was found, as plain text."""
    kept, source = _told(visit)
    file = IncomingFile(visit.documents().get(source.sha256, "a file"), visit.vault.document(source.sha256))
    text, whole, problem = _words_at(file, source.where)
    page = Place(
        title=kept.record.title or words().kind(kept.record.kind).plain,
        file=file.name,
        where=source.where,
        text=text,
        whole=whole,
        problem=problem,
        record=visit.url(f"records/{kept.id}"),
        original=visit.url(f"records/{kept.id}/original"),
    )
    return render(visit, "records/place.html", page)


def _words_at(file: IncomingFile, where: str) -> tuple[str | None, bool, str | None]:
    """Give the text at a place, whether it is all of the file, and what happened when it could not be read."""
    try:
        with Sandbox(seconds=_SECONDS_TO_SHOW) as sandbox:
            excerpt = sandbox.excerpt(file, where)
    except BadInput as error:
        return None, False, str(error)
    return excerpt.text, excerpt.whole, None


def told_by_file(history: tuple[Version, ...]) -> Version | None:
    """The last version that a file tells; what the person wrote since may say something else."""
    return next((one for one in reversed(history) if one.record.source), None)


def _told(visit: Visit) -> tuple[Version, Source]:
    told = told_by_file(visit.vault.history(visit.part("id")))
    if told is None or told.record.source is None:
        raise NotFound("You wrote this yourself, so there is no file behind it.")
    return told, told.record.source
