"""An Apple Health export of any size, block by block: lines of known shape by numpy, every other line by expat.

Both give the same entries in the same order as expat alone. A line of known shape is taken only where expat, which
has read everything before it, stands between two elements of the root: not in a comment, a group or half a tag.
In the place of the lines that were taken expat reads empty ones, so that it counts lines rightly.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain
from xml.parsers import expat

import numpy as np
import numpy.ma  # numpy loads it when it first looks for what is different, and a confined reader can load nothing

from secondlens.domain.record import Unread
from secondlens.importers._apple_columns import Columns, Key
from secondlens.importers._apple_elements import Elements
from secondlens.importers._apple_lines import Beginning, Lines, Run
from secondlens.importers._apple_root import WITHIN, root_of
from secondlens.importers.apple_health import BROKEN, WITHOUT_CONTROLS
from secondlens.importers.incoming import Entry

BLOCK = 2 * 1024**2
# Readings that wait for others of their kind: 30 bytes each, and what is said of them.
_MOST_WAITING = 400_000
# Expat keeps a tag until it ends, and looks at all of it again and again.
_LONGEST_TAG = 16 * 1024**2


class TagTooLong(Exception):
    """One tag is longer than any that a phone writes."""


def read_export(blocks: Iterable[bytes]) -> Iterator[Entry] | None:
    """Give the entries of an export that comes in blocks, all of which are taken; None when it is none.

    The source of a record has no fingerprint: nobody knows it before the last block.
    """
    coming = _of_size(blocks, BLOCK)
    head = next(coming, b"")
    begin = root_of(head[:WITHIN])
    return None if begin is None else _Stream(head, begin).read(coming)


def _of_size(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    gathered: list[bytes] = []
    for block in blocks:
        gathered.append(block)
        if sum(map(len, gathered)) >= size:
            yield b"".join(gathered)
            gathered = []
    if gathered:
        yield b"".join(gathered)


class _Stream:
    """Reads one export. `between`: expat has read everything so far and stands between elements of the root."""

    def __init__(self, head: bytes, begin: int) -> None:
        self._first = head[begin:]
        self._elements = Elements("", lines_before=head.count(b"\n", 0, begin))
        self._parser = self._elements.parser
        self._parser.StartCdataSectionHandler = self._open_letters
        self._parser.EndCdataSectionHandler = self._close_letters
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines = Lines()
        self._between = self._heard = self._literal = self._in_a_line = False
        self._fed = 0

    def read(self, coming: Iterator[bytes]) -> Iterator[Entry]:
        """Give what there is, and at the end what could not be read."""
        elements = self._elements
        broken: Iterator[Entry] = iter(())
        try:
            rest = b""
            for block in chain((self._first,), coming):
                rest = self._take(rest + block)
                elements.send_when_many(_MOST_WAITING)
                yield from elements.found()
            self._feed(rest)
            self._parse(b"", final=True)
        except (expat.ExpatError, TagTooLong):
            line = self._parser.ErrorLineNumber + elements.lines_before
            broken = iter((Unread(f"line {line}", BROKEN),))
        yield from elements.found()
        yield from elements.rest()
        yield from broken
        for _ in coming:  # whoever gives the blocks fingerprints all of them
            pass

    def _take(self, block: bytes) -> bytes:
        """Take the whole lines of a block, and give back the rest."""
        end = block.rfind(b"\n") + 1
        if len(block) - end > BLOCK:
            self._feed(block)
            self._in_a_line = True
            return b""
        if end:
            self._take_lines(block[:end])
            self._in_a_line = False
        return block[end:]

    def _take_lines(self, block: bytes) -> None:
        self._lines.forget()
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
        begins = np.concatenate(([0], ends[:-1] + 1))
        if self._in_a_line:
            begins, ends = begins[1:], ends[1:]
        fed = 0
        for run in self._lines.runs(block, begins, ends):
            begin = int(begins[run.first])
            if begin > fed:
                self._feed(block[fed:begin])
                fed = begin
            if self._between and self._keep(run):
                self._parse(b"\n" * (run.last - run.first + 1))
                fed = int(ends[run.last]) + 1
            else:
                self._between = False
        if fed < len(block):
            self._feed(block[fed:])

    def _keep(self, run: Run) -> bool:
        """Put a run into the columns of its keys; tell whether it could be."""
        keys: dict[Key, list[int]] = {}
        for number in np.unique(run.beginnings).tolist():
            keys.setdefault(_key(self._lines.beginnings[number]), []).append(number)
        every = [(self._elements.columns(key), numbers) for key, numbers in keys.items()]
        if any(columns is None for columns, _ in every):
            return False
        for columns, numbers in every:
            places = slice(None) if len(every) == 1 else np.flatnonzero(np.isin(run.beginnings, numbers))
            if columns is not None and self._extend(columns, run, places):
                self._elements.send(columns)
        return True

    def _extend(self, columns: Columns, run: Run, places: "np.ndarray | slice") -> bool:
        lines = self._lines
        said, notes = np.unique(run.beginnings[places] << 32 | run.insides[places], return_inverse=True)
        known = []
        for number in said.tolist():
            one = lines.beginnings[number >> 32]
            known.append(columns.place((one.version, one.device, lines.insides[number & 0xFFFFFFFF])))
        values = run.values[places]
        if one.metric.startswith("HKCategory"):
            words, values = np.unique(values.astype(np.int64), return_inverse=True)
            values = np.array([columns.code(lines.words[word]) for word in words.tolist()], np.float64)[values]
        return columns.extend(
            run.starts[places].tobytes(),
            run.ends[places].tobytes(),
            run.offsets[places].astype(np.int16).tobytes(),
            values.tobytes(),
            np.array(known, np.uint32)[notes].tobytes(),
        )

    def _feed(self, content: bytes) -> None:
        """Let expat read; a line feed at the end tells where it stands, because only between tags it is text."""
        # Expat counts two lines when the two halves of one line end come apart.
        end = len(content) - (2 if content.endswith(b"\r\n") else 1)
        self._parse(content[:end])
        self._heard = False
        self._parser.CharacterDataHandler = self._hear
        self._parse(content[end:])
        self._parser.CharacterDataHandler = None
        self._between = self._heard and not self._literal and self._elements.depth == 1

    def _parse(self, content: bytes, *, final: bool = False) -> None:
        text = self._decoder.decode(content.translate(WITHOUT_CONTROLS), final=final)
        self._parser.Parse(text, final)
        self._fed += len(text.encode())
        if self._fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
            raise TagTooLong

    def _hear(self, text: str) -> None:
        self._heard = text == "\n"

    def _open_letters(self) -> None:
        self._literal = True

    def _close_letters(self) -> None:
        self._literal = False


def _key(one: Beginning) -> Key:
    return one.metric, one.unit, one.source, one.metric.startswith("HKCategory"), False
