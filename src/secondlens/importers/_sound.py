"""Whether columns of readings can be what they say: asked of everything a reader sends, so by numpy."""

import numpy as np

from secondlens.domain.samples import LONGEST_CODE, LONGEST_NAME, MOST_MINUTES, Samples, is_time

_TYPES = (np.int64, np.int64, np.int16, np.float64, np.uint32)


def is_sound(samples: Samples) -> bool:
    """Tell whether the columns are equally long, and every time, number and place is one that can be."""
    if not samples.metric or max(map(len, (samples.metric, samples.unit, samples.source))) > LONGEST_NAME:
        return False
    if any(len(code) > LONGEST_CODE for code in samples.codes) or len(set(samples.codes)) != len(samples.codes):
        return False
    columns = (samples.starts, samples.ends, samples.offsets, samples.values, samples.notes)
    lengths = {len(column) / np.dtype(type_).itemsize for column, type_ in zip(columns, _TYPES, strict=True)}
    if lengths != {samples.count} or not samples.count:
        return False
    starts, ends, offsets, values, notes = (
        np.frombuffer(column, type_) for column, type_ in zip(columns, _TYPES, strict=True)
    )
    return bool(
        is_time(int(starts.min()))
        and is_time(int(ends.max()))
        and (starts <= ends).all()
        and -MOST_MINUTES <= int(offsets.min()) <= int(offsets.max()) <= MOST_MINUTES
        and int(notes.max()) < len(samples.abouts)
        and _are_values(values, len(samples.codes))
    )


def _are_values(values: "np.ndarray", codes: int) -> bool:
    if codes:
        return bool(((values >= 0) & (values < codes) & (values == np.floor(values))).all())
    return bool(np.isfinite(values).all())
