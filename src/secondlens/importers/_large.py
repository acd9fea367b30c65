"""What a reader says about a file that is too large for the memory: it reads part by part as they come.

Loaded by a reader that is to "stream" alone, because numpy takes as long to load as many files to read.
"""

from collections.abc import Callable, Iterator
from io import BufferedReader

import msgspec

from secondlens.importers._apple_records import IMPORTER
from secondlens.importers._apple_stream import read_export
from secondlens.importers._asked import Asked
from secondlens.importers._messages import PIECE, Part, Piece, Recognised, Unknown, in_batches
from secondlens.importers.archive import unpack_member


def read_large(asked: Asked, member: str, say: Callable[[msgspec.Struct], None]) -> Iterator[Part | Unknown]:
    """Read a file, or a member of a zip, whose bytes are said with what is read from them.

    Whoever gave the parts of a file that is no zip has its bytes already.
    """
    blocks = _said(unpacked(asked, member), say) if member else asked.blocks()
    entries = read_export(blocks)
    if entries is None:
        yield Unknown()
        return
    yield Recognised(IMPORTER)
    yield from in_batches(entries)


def unpacked(asked: Asked, member: str) -> Iterator[bytes]:
    """Give the bytes of a member of a zip, piece by piece."""
    return unpack_member(BufferedReader(asked, PIECE), int(member))


def _said(blocks: Iterator[bytes], say: Callable[[msgspec.Struct], None]) -> Iterator[bytes]:
    for block in blocks:
        say(Piece(block))
        yield block
