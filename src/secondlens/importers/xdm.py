"""METADATA.XML of a portal package (IHE XDM): a line for each document, with its title, date, author and kind."""

from collections.abc import Iterator

from secondlens.domain.clinical import DocumentReference
from secondlens.domain.record import Participant, Record, Unread
from secondlens.domain.source import Source
from secondlens.domain.when import read_hl7
from secondlens.importers._xdm_contents import is_list_of_contents, listed
from secondlens.importers.incoming import IncomingFile

NOTHING_LISTED = "This list of contents names no documents."
_STATUS = {"Approved": "current", "Deprecated": "superseded"}


class Xdm:
    """The importer for the list of contents of a package."""

    name = "xdm"

    def recognises(self, file: IncomingFile) -> bool:
        """Tell by the outermost element."""
        return is_list_of_contents(file.content)

    def read(self, file: IncomingFile) -> Iterator[Record | Unread]:
        """Yield one DocumentReference for each document that is listed."""
        documents = listed(file.content)
        for one in documents:
            yield DocumentReference(
                title=one.title
                or next((code.display for code in one.codes if code.display), None)
                or one.path
                or "Document",
                codes=one.codes,
                category=one.category,
                start=read_hl7(one.started) or read_hl7(one.created),
                end=read_hl7(one.ended),
                status=_STATUS.get(one.status or "", one.status),
                note="\n".join(line for line in (one.comment, f"File: {one.path}" if one.path else None) if line)
                or None,
                participants=tuple(Participant(name, role) for name, role in one.authors),
                identifiers=one.identifiers,
                source=Source(file.sha256, one.where, self.name),
                media_type=one.media_type,
            )
        if not documents:
            yield Unread("whole file", NOTHING_LISTED)


XDM = Xdm()
