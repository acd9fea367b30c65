"""A file that the program reads for its reader: the reader asks for one part after another and sees no more."""

from collections.abc import Iterator
from io import RawIOBase
from typing import IO

from secondlens.importers._messages import PIECE, Wanted, send


class Asked(RawIOBase):
    """A file of `size` bytes that can be read from any place; one part of it is here, the next is on its way."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes], size: int) -> None:
        super().__init__()
        self._questions, self._answers = questions, answers
        self._size = size
        self._place = 0
        self._here = b""
        self._number = self._coming = -1

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def tell(self) -> int:
        """Give the place the next byte is read from."""
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to another place."""
        self._place = offset + (0, self._place, self._size)[whence]
        if self._place < 0:
            raise ValueError("before the beginning")
        return self._place

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Read what the part at this place has."""
        if self._place >= self._size:
            return 0
        number, begin = divmod(self._place, PIECE)
        self._fetch(number)
        part = self._here[begin : begin + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def blocks(self) -> Iterator[bytes]:
        """Give the whole file, part by part."""
        for number in range(-(-self._size // PIECE)):
            self._fetch(number)
            yield self._here

    def settle(self) -> None:
        """Take what is still on its way, so that the next question is read from its beginning."""
        if self._coming >= 0:
            self._receive()

    def _fetch(self, number: int) -> None:
        if number == self._number:
            return
        follows = number == self._number + 1
        if self._coming != number:
            self.settle()
            self._ask(number)
        self._here, self._number = self._receive(), number
        if follows and (number + 1) * PIECE < self._size:
            self._ask(number + 1)

    def _ask(self, number: int) -> None:
        send(self._answers, Wanted(number * PIECE, self._length(number)))
        self._answers.flush()
        self._coming = number

    def _receive(self) -> bytes:
        length, self._coming = self._length(self._coming), -1
        part = self._questions.read(length)
        if len(part) < length:  # nobody is there any more
            raise EOFError
        return part

    def _length(self, number: int) -> int:
        return min(PIECE, self._size - number * PIECE)
