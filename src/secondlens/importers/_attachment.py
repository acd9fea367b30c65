"""Whether the bytes of a document inside a record can stand as a file of their own."""

from base64 import b64decode
from binascii import Error

from secondlens.importers._fhir_read import looks_like_fhir
from secondlens.importers.archive import is_archive
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.keepsake import KEEPSAKE


def file_bytes(data: str | None) -> bytes | None:
    """Give the bytes of a base64 text; None when there are none, or it is damaged."""
    if not data:
        return None
    try:
        return b64decode("".join(data.split()), validate=True) or None
    except (Error, ValueError):
        return None


def is_own_file(content: bytes | None) -> bool:
    """Tell whether another importer reads these bytes or keeps them whole; plain words stay with their record."""
    if not content:
        return False
    file = IncomingFile("", content)
    return KEEPSAKE.recognises(file) or CCDA.recognises(file) or looks_like_fhir(content) or is_archive(file)
