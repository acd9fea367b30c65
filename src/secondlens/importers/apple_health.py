"""Apple Health's export.xml, in any language: readings as series, workouts as records.

The document type at the top is jumped over by looking for the root: iOS 16 writes a broken one, and one that is
built to do harm is never read. No entity of its own can therefore stand for anything. What Apple writes at the top
level and again inside a correlation comes out twice, and the vault keeps equal readings once.
"""

import codecs
from collections.abc import Iterator
from xml.parsers import expat

from secondlens.domain.record import Unread
from secondlens.importers._apple_elements import Elements
from secondlens.importers._apple_root import root_of
from secondlens.importers.incoming import Entry, IncomingFile

BROKEN = "The file is broken here. What comes before is read, what comes after is not. Export it again."

_BLOCK = 1024 * 1024
# XML has no place for these, and names of devices hold them now and then.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
WITHOUT_CONTROLS = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))


class AppleHealth:
    """The importer for export.xml."""

    name = "apple_health"

    def recognises(self, file: IncomingFile) -> bool:
        """Tell by the root element."""
        return root_of(file.content) is not None

    def read(self, file: IncomingFile) -> Iterator[Entry]:
        """Yield readings in columns, workouts and the rest as records, and what could not be read."""
        begin = root_of(file.content) or 0
        elements = Elements(file.sha256, lines_before=file.content.count(b"\n", 0, begin))
        parser = elements.parser
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        broken: tuple[Unread, ...] = ()
        try:
            for start in range(begin, len(file.content), _BLOCK):
                block = file.content[start : start + _BLOCK].translate(WITHOUT_CONTROLS)
                parser.Parse(decoder.decode(block, final=start + _BLOCK >= len(file.content)), False)  # noqa: FBT003  (expat's own)
                yield from elements.found()
            parser.Parse("", True)  # noqa: FBT003  (expat's own)
        except expat.ExpatError as error:
            broken = (Unread(f"line {error.lineno + elements.lines_before}", BROKEN),)
        yield from elements.found()
        yield from elements.rest()
        yield from broken


APPLE_HEALTH = AppleHealth()
