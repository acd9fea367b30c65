"""Columns of readings, merged and packed: differences, bytes of equal weight side by side, then zstandard.

Ten million readings take some tens of megabytes so, against hundreds as rows; see decision 14.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import zstandard

from secondlens.domain.samples import Samples
from secondlens.errors import Damaged

_Column = npt.NDArray[Any]

_LEVEL = 3
_MOST_BYTES = 512 * 1024**2
_DECIMALS = (0, 1, 2, 3, 4, 6)
_LARGEST_WHOLE = 2.0**53
_HEADER = struct.Struct("<I")
# A frame to be skipped: its mark, its length, and in it the batch.
_STAMP = struct.Struct("<III")
_SKIPPED = 0x184D2A50


class DamagedSeries(Damaged):
    """A chunk of readings is not what was kept."""

    def __init__(self) -> None:
        super().__init__(
            "Some readings of a device are damaged in the vault. The others are not touched. "
            "Import the file they came from again, or put back a copy of the vault folder if you have one."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Readings side by side. `values` are places in `codes` when there are any, `notes` places in `abouts`.

    `batches` are the imports that brought them, 0 for one from before that was written down.
    """

    starts: _Column
    ends: _Column
    offsets: _Column
    values: _Column
    notes: _Column
    batches: _Column
    codes: tuple[str, ...]
    abouts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, places: _Column | slice) -> "Columns":
        """Give the readings at these places, with no more words than they need."""
        values, codes = self.values[places], self.codes
        if codes:
            used, values = np.unique(values.astype(np.int64), return_inverse=True)
            values, codes = values.astype(np.float64), tuple(codes[place] for place in used)
        used, notes = np.unique(self.notes[places], return_inverse=True)
        return Columns(
            starts=self.starts[places],
            ends=self.ends[places],
            offsets=self.offsets[places],
            values=values,
            notes=notes.astype(np.uint32),
            batches=self.batches[places],
            codes=codes,
            abouts=tuple(self.abouts[place] for place in used),
        )


def columns_of(samples: Samples, batch: int = 0) -> Columns:
    """Read the bytes of Samples, which are in this computer's order, as what one import brings."""
    starts = np.frombuffer(samples.starts, np.int64)
    return Columns(
        starts=starts,
        ends=np.frombuffer(samples.ends, np.int64),
        offsets=np.frombuffer(samples.offsets, np.int16),
        values=np.frombuffer(samples.values, np.float64),
        notes=np.frombuffer(samples.notes, np.uint32),
        batches=np.full(len(starts), batch, np.uint32),
        codes=samples.codes,
        abouts=samples.abouts,
    )


def joined(parts: Sequence[Columns]) -> Columns:
    """Put columns one after another under one list of words."""
    codes: dict[str, int] = {}
    abouts: dict[str, int] = {}
    values, notes = [], []
    for part in parts:
        if part.codes:
            places = np.array([codes.setdefault(code, len(codes)) for code in part.codes], np.float64)
            values.append(places[part.values.astype(np.int64)])
        else:
            values.append(part.values)
        places = np.array([abouts.setdefault(about, len(abouts)) for about in part.abouts], np.uint32)
        notes.append(places[part.notes])
    return Columns(
        starts=np.concatenate([part.starts for part in parts]),
        ends=np.concatenate([part.ends for part in parts]),
        offsets=np.concatenate([part.offsets for part in parts]),
        values=np.concatenate(values),
        notes=np.concatenate(notes),
        batches=np.concatenate([part.batches for part in parts]),
        codes=tuple(codes),
        abouts=tuple(abouts),
    )


def different(columns: Columns) -> tuple[Columns, _Column]:
    """Give every reading once, in the order of time, and its first place: same time and value is the same reading.

    The local clock and what else is said of a reading do not tell two apart: a later export may write the
    same reading from another place, by a newer version. What came first stays.
    """
    order = np.lexsort((columns.values, columns.ends, columns.starts))  # keeps equal ones in their order
    starts, ends, values = columns.starts[order], columns.ends[order], columns.values[order]
    first = np.ones(len(order), bool)
    first[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1]) | (values[1:] != values[:-1])
    places = order[first]
    return columns.at(places), places


def shown(columns: Columns, *, told_anew: bool) -> Columns:
    """Leave out what was told anew: of figures that sum up the same time, those of the last import are believed.

    Only figures a device makes out of readings are told anew, such as the rings of a day: `told_anew` says so.
    """
    if not told_anew or not len(columns):
        return columns
    order = np.lexsort((columns.batches, columns.ends, columns.starts))
    starts, ends = columns.starts[order], columns.ends[order]
    last = np.ones(len(order), bool)
    last[:-1] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    return columns if last.all() else columns.at(np.sort(order[last]))


def pack(columns: Columns) -> bytes:
    """Write columns as one chunk; no bytes for no readings."""
    if not len(columns):
        return b""
    batch = int(columns.batches[0])
    several = bool((columns.batches != batch).any())
    decimals, values = _as_whole(columns.values)
    header = msgspec.json.encode(_Header(len(columns), decimals, columns.codes, columns.abouts, batched=several))
    plain = b"".join(
        (
            _HEADER.pack(len(header)),
            header,
            _shuffled(np.diff(columns.starts, prepend=0).astype("<i8")),
            _shuffled((columns.ends - columns.starts).astype("<i8")),
            _shuffled(columns.offsets.astype("<i2")),
            _shuffled(values),
            _shuffled(columns.notes.astype("<u4")),
            _shuffled(columns.batches.astype("<u4")) if several else b"",
        )
    )
    content = zstandard.ZstdCompressor(level=_LEVEL).compress(plain)
    return content if several or not batch else stamped(content, batch)


def stamped(content: bytes, batch: int) -> bytes:
    """Say of a chunk of readings without a batch that one brought all of them.

    The batch stands in a frame that zstandard skips, before the other, so that a chunk can be packed before its
    batch is known.
    """
    return _STAMP.pack(_SKIPPED, 4, batch) + content


def unpack(content: bytes) -> Columns:
    """Read a chunk. Raises DamagedSeries."""
    if not content:
        return _NOTHING
    batch = 0
    try:
        if content.startswith(_SKIPPED.to_bytes(4, "little")):
            _, _, batch = _STAMP.unpack_from(content)
            content = content[_STAMP.size :]
        plain = zstandard.ZstdDecompressor().decompress(content, max_output_size=_MOST_BYTES)
        (size,) = _HEADER.unpack_from(plain)
        begin = _HEADER.size + size
        header = msgspec.json.decode(plain[_HEADER.size : begin], type=_Header)
        found = []
        value = "<i8" if header.decimals is not None else "<f8"
        for type_ in ("<i8", "<i8", "<i2", value, "<u4", *(("<u4",) if header.batched else ())):
            end = begin + header.count * np.dtype(type_).itemsize
            found.append(_unshuffled(plain[begin:end], type_))
            begin = end
    except (zstandard.ZstdError, struct.error, msgspec.MsgspecError, ValueError):
        raise DamagedSeries from None
    starts, lengths, offsets, values, notes, *batches = found
    if len(plain) != begin or any(len(column) != header.count for column in found):
        raise DamagedSeries
    starts = np.cumsum(starts)
    if header.decimals is not None:
        values = np.cumsum(values) / 10.0**header.decimals
    return Columns(
        starts=starts,
        ends=starts + lengths,
        offsets=offsets,
        values=values,
        notes=notes,
        batches=batches[0] if batches else np.full(header.count, batch, np.uint32),
        codes=header.codes,
        abouts=header.abouts,
    )


def ends_of(columns: Columns) -> tuple[int, int, int]:
    """Tell how many readings there are, the first start and the last."""
    return (len(columns), int(columns.starts[0]), int(columns.starts[-1])) if len(columns) else (0, 0, 0)


class _Header(msgspec.Struct, array_like=True, frozen=True):
    """How many readings; how many decimals when the values are kept as whole numbers; the words.

    `batched`: a column of the batches follows, because the readings came with several.
    """

    count: int
    decimals: int | None
    codes: tuple[str, ...]
    abouts: tuple[str, ...]
    batched: bool = False


_NOTHING = Columns(
    starts=np.zeros(0, np.int64),
    ends=np.zeros(0, np.int64),
    offsets=np.zeros(0, np.int16),
    values=np.zeros(0, np.float64),
    notes=np.zeros(0, np.uint32),
    batches=np.zeros(0, np.uint32),
    codes=(),
    abouts=(),
)


def _as_whole(values: _Column) -> tuple[int | None, _Column]:
    """Give values as differences of whole numbers where that brings every bit back, else as they are."""
    for decimals in _DECIMALS:
        scaled = np.rint(values * 10.0**decimals)
        if np.abs(scaled).max() >= _LARGEST_WHOLE:
            break
        whole = scaled.astype("<i8")
        if (whole / 10.0**decimals).tobytes() == values.tobytes():
            return decimals, np.diff(whole, prepend=0)
    return None, values.astype("<f8")


def _shuffled(column: _Column) -> bytes:
    return column.view(np.uint8).reshape(len(column), -1).T.tobytes()


def _unshuffled(content: bytes, type_: str) -> _Column:
    width = np.dtype(type_).itemsize
    return np.ascontiguousarray(np.frombuffer(content, np.uint8).reshape(width, -1).T).view(type_).ravel()
