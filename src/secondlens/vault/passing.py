"""Originals that are never in memory as a whole: fingerprinted and packed while they pass by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import zstandard

from secondlens.errors import BadInput

CHUNK = 1024 * 1024  # bytes of an original
# A bundle of 30 MB takes 1 MB so, and 0.02 s; higher levels gain a tenth and cost twice the time.
_LEVEL = 1
# A gigabyte of Apple Health is 45 MB packed. What is larger than this is read once more when it is kept.
_MOST_HELD = 64 * 1024**2

TakeBytes = Callable[[bytes], None]
Chunk = tuple[bytes, int]


class ChangedOriginal(BadInput):
    """A file is not what it was when it was read."""

    def __init__(self) -> None:
        super().__init__("The file changed while it was being read. Nothing was kept. Choose the file again.")


@dataclass(frozen=True, slots=True)
class Held:
    """The chunks of a file, packed, one after another; `sizes` of each, packed and unpacked."""

    content: memoryview
    sizes: tuple[tuple[int, int], ...]

    def __iter__(self) -> Iterator[Chunk]:
        begin = 0
        for packed, size in self.sizes:
            yield bytes(self.content[begin : begin + packed]), size
            begin += packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file that passed by: fingerprint (hex), size in bytes, and its packed chunks while they are few.

    `again` makes its bytes pass once more, for one that was too large to hold.
    """

    sha256: str
    size: int
    held: Held | None
    again: Callable[[TakeBytes], None]


def original_of(content: bytes) -> Original:
    """Give a file that is in memory as one that can pass."""
    return Original(
        sha256=sha256(content).hexdigest(), size=len(content), held=None, again=lambda take: take(content)
    )


class Packer:
    """Cuts what passes into chunks, packs each and hands it on."""

    def __init__(self, hand_on: Callable[[Chunk], None]) -> None:
        self.size = 0
        self._hand_on = hand_on
        self._fingerprint = sha256()
        self._packer = zstandard.ZstdCompressor(level=_LEVEL)
        self._rest = b""

    @property
    def sha256(self) -> str:
        """The fingerprint of what has passed."""
        return self._fingerprint.hexdigest()

    def take(self, content: bytes) -> None:
        """Take the next bytes."""
        self.size += len(content)
        self._fingerprint.update(content)
        view = memoryview(self._rest + content if self._rest else content)
        whole = len(view) - len(view) % CHUNK
        for start in range(0, whole, CHUNK):
            self._pack(view[start : start + CHUNK])
        self._rest = bytes(view[whole:])

    def end(self) -> None:
        """Hand on what is left."""
        if self._rest:
            self._pack(memoryview(self._rest))
            self._rest = b""

    def _pack(self, piece: memoryview) -> None:
        self._hand_on((self._packer.compress(piece), len(piece)))


class PassingOriginal:
    """Takes the bytes of a file as they pass; `end` tells what they were."""

    def __init__(self) -> None:
        # One piece of memory: a thousand small ones between large ones that come and go hold on to all of it.
        self._held: bytearray | None = bytearray()
        self._sizes: list[tuple[int, int]] = []
        self._packer = Packer(self._hold)
        self.take = self._packer.take

    def end(self, again: Callable[[TakeBytes], None]) -> Original:
        """Give the original; `again` makes the same bytes pass once more."""
        self._packer.end()
        held = None if self._held is None else Held(memoryview(self._held), tuple(self._sizes))
        return Original(sha256=self._packer.sha256, size=self._packer.size, held=held, again=again)

    def _hold(self, chunk: Chunk) -> None:
        packed, size = chunk
        if self._held is not None and len(self._held) + len(packed) > _MOST_HELD:
            self._held = None
        if self._held is not None:
            self._held += packed
            self._sizes.append((len(packed), size))
