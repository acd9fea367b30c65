"""The file behind a record: saved byte for byte, or the words at the place where the record was found."""

from urllib.parse import quote

from starlette.responses import Response

from secondlens.actions.handing_out import hand_out
from secondlens.content import words
from secondlens.domain.source import Source
from secondlens.errors import NotFound
from secondlens.importers.incoming import IncomingFile
from secondlens.vault import Version
from secondlens.web.places import Place, cut_out
from secondlens.web.rendering import Visit, render


def download_original(visit: Visit) -> Response:
    """The file a record came from, byte for byte. It is saved, never shown: a file may hold a hostile page."""
    _, source = _told(visit)
    return save_original(visit, source.sha256)


def save_original(visit: Visit, sha256: str) -> Response:
    """Give out an original file, to be saved under its name."""
    name = visit.vault.document_names().get(sha256, "original")
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
    name = visit.vault.document_names().get(source.sha256, "a file")
    file = IncomingFile(name, visit.vault.document(source.sha256))
    page = Place(
        title=kept.record.title or words().kind(kept.record.kind).plain,
        file=file.name,
        where=source.where,
        cut=cut_out(file, source.where),
        back=("Back to the record", visit.url(f"records/{kept.id}")),
        original=visit.url(f"records/{kept.id}/original"),
    )
    return render(visit, "records/place.html", page)


def told_by_file(history: tuple[Version, ...]) -> Version | None:
    """The last version that a file tells; what the person wrote since may say something else."""
    return next((one for one in reversed(history) if one.record.source), None)


def _told(visit: Visit) -> tuple[Version, Source]:
    told = told_by_file(visit.vault.history(visit.part("id")))
    if told is None or told.record.source is None:
        raise NotFound("You wrote this yourself, so there is no file behind it.")
    return told, told.record.source
