"""Tables for tests: what comes of a file with the mappings we ship, written so that it can lie beside it."""

import json
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from secondlens.content import device_tables
from secondlens.domain.columns import TableMapping
from secondlens.domain.record import Unread
from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples
from secondlens.importers._sound import is_sound
from secondlens.importers.incoming import Entry, IncomingFile
from secondlens.importers.table import TableImporter

FIXTURES = Path(__file__).parents[1] / "fixtures" / "golden" / "table"
SAMPLES = tuple(sorted(path for path in FIXTURES.iterdir() if path.name.endswith((".csv", "1.json"))))


def read(content: bytes | str, mappings: Sequence[TableMapping] | None = None, name: str = "t.csv") -> list[Entry]:
    """Read a table that is recognised; every column of readings is sound."""
    file = IncomingFile(name, content.encode() if isinstance(content, str) else content)
    importer = TableImporter(device_tables() if mappings is None else mappings)
    assert importer.recognises(file)
    entries = list(importer.read(file))
    assert all(is_sound(entry) for entry in entries if isinstance(entry, Samples))
    return entries


def readings(entries: list[Entry]) -> list[list[Any]]:
    """Every reading: metric, unit, source, start, end, minutes ahead, value, and what else is said of it."""
    found = []
    for one in entries:
        if isinstance(one, Samples):
            columns = (
                array(type_, content)
                for type_, content in (
                    (WHOLE, one.starts),
                    (WHOLE, one.ends),
                    (MINUTES, one.offsets),
                    (NUMBER, one.values),
                    (PLACE, one.notes),
                )
            )
            for start, end, offset, value, note in zip(*columns, strict=True):
                said = one.codes[int(value)] if one.codes else value
                about = json.loads(one.abouts[note])
                times = [datetime.fromtimestamp(moment, UTC).isoformat() for moment in (start, end)]
                found.append([one.metric, one.unit, one.source, *times, offset, said, about])
    return found


def missed(entries: list[Entry]) -> list[list[str]]:
    """What was not read."""
    return [[entry.where, entry.why] for entry in entries if isinstance(entry, Unread)]
