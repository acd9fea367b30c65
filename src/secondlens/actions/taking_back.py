"""Taking a whole import back: what only it brought goes, what other files say too stays."""

from secondlens.actions.columns import known_tables, own_tables
from secondlens.actions.large_files import read_large_file
from secondlens.domain.samples import Samples
from secondlens.errors import BadInput
from secondlens.importers.archive import LARGE
from secondlens.importers.incoming import IncomingFile, LargeFile, Lying
from secondlens.importers.sandbox import Sandbox
from secondlens.vault import Document, Readings, Vault, Withdrawn


class UnreadableNow(BadInput):
    """A kept original that shares readings with an import could not be read again."""


def take_back(vault: Vault, run: str) -> Withdrawn:
    """Take back what one import brought. Raises NotFound, NotAllowed, UnreadableNow.

    A reading that two exports hold is kept once, as brought by the first. So the others are read again, and
    what they hold is kept as theirs in the same step.
    """
    documents = {document.sha256: document for document in vault.documents()}
    again: dict[str, Readings] = {}
    with Sandbox(mappings=known_tables(own_tables(vault))) as sandbox:
        for sha256 in vault.files_to_read_again(run):
            readings = _read_again(vault, sandbox, documents[sha256])
            if readings is None:
                raise UnreadableNow(
                    "Another file holds some of the same readings, and it could not be read again. "
                    "So nothing was taken back. Close other programs, then try once more."
                )
            again[sha256] = readings
    return vault.take_back(run, again)


def _read_again(vault: Vault, sandbox: Sandbox, document: Document) -> Readings | None:
    if document.size > LARGE:
        lying = Lying(document.size, lambda offset, size: vault.document_part(document.sha256, offset, size))
        large = read_large_file(sandbox, LargeFile(document.name, document.size, lying))
        if large is not None:
            return None if large.problem else large.gathered
    reading = sandbox.read(IncomingFile(name=document.name, content=vault.document(document.sha256)))
    if reading.problem or not reading.importer:
        return None
    return tuple(entry for entry in reading.entries if isinstance(entry, Samples))
