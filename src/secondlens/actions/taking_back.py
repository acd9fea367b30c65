"""Taking a whole import back: what only it brought goes, what other files say too stays."""

from secondlens.actions.columns import known_tables, own_tables
from secondlens.domain.samples import Samples
from secondlens.errors import BadInput
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox
from secondlens.vault import Vault, Withdrawn


class UnreadableNow(BadInput):
    """A kept original that shares readings with an import could not be read again."""


def take_back(vault: Vault, run: str) -> Withdrawn:
    """Take back what one import brought. Raises NotFound, NotAllowed, UnreadableNow.

    A reading that two exports hold is kept once, as brought by the first. So the others are read again, and
    what they hold is kept as theirs in the same step.
    """
    names = {document.sha256: document.name for document in vault.documents()}
    again: dict[str, tuple[Samples, ...]] = {}
    with Sandbox(mappings=known_tables(own_tables(vault))) as sandbox:
        for sha256 in vault.files_to_read_again(run):
            reading = sandbox.read(IncomingFile(name=names[sha256], content=vault.document(sha256)))
            if reading.problem or not reading.importer:
                raise UnreadableNow(
                    "Another file holds some of the same readings, and it could not be read again. "
                    "So nothing was taken back. Close other programs, then try once more."
                )
            again[sha256] = tuple(entry for entry in reading.entries if isinstance(entry, Samples))
    return vault.take_back(run, again)
