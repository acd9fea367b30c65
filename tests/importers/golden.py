"""Golden samples: what comes of a file, written a line an entry so that it can lie beside the file.

python -m tests.importers.golden IMPORTER/SAMPLE     (writes what is expected; read it before you commit it)
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secondlens.content import device_tables
from secondlens.domain.record import Record, Unread
from secondlens.domain.samples import Samples
from secondlens.importers.formats import IMPORTERS, with_mappings
from secondlens.importers.incoming import Entry, IncomingFile
from tests.importers.tables import readings

GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden"
EXPECTED = ".expected.json"
READERS = with_mappings(IMPORTERS, device_tables())

_MORE = (
    *("dose", "timing", "sig", "route", "reason", "verification", "severity", "criticality", "reactions", "lot"),
    *("reference_range", "interpretation", "text", "media_type", "birth", "sex", "place", "outcome", "body_site"),
)


def samples() -> tuple[Path, ...]:
    """Every sample of every importer."""
    files = (path for path in sorted(GOLDEN.rglob("*")) if path.is_file())
    return tuple(path for path in files if not path.name.endswith((EXPECTED, "README.md")))


def expected_of(sample: Path) -> Path:
    """Where what is expected of a sample lies."""
    return sample.with_name(f"{sample.name}{EXPECTED}")


def read_sample(sample: Path) -> tuple[str | None, str]:
    """Give the importer that reads a sample, and what comes of it as it lies beside it."""
    file = IncomingFile(name=sample.name, content=sample.read_bytes())
    importer = next((one for one in READERS if one.recognises(file)), None)
    entries = list(importer.read(file)) if importer else []
    lines = [json.dumps(one, ensure_ascii=False) for entry in entries for one in _lines(entry)]
    return importer.name if importer else None, "[\n" + ",\n".join(lines) + "\n]\n"


def line(part: Record | Unread) -> dict[str, Any]:
    """The parts of a record a person would check against the file, leaving out what is empty."""
    if isinstance(part, Unread):
        return {"where": part.where, "why": part.why}
    assert part.source
    value = getattr(part, "value", None)
    shown = {
        "kind": part.kind,
        "where": part.source.where,
        "title": part.title,
        "codes": [f"{code.system} {code.code}" for code in part.codes],
        "category": part.category,
        "start": part.start and part.start.text,
        "end": part.end and part.end.text,
        "status": part.status,
        "negated": part.negated,
        "note": part.note,
        "people": [f"{person.name} ({person.role})" for person in part.participants],
        "value": value and value.plain(),
        "components": [f"{c.title}: {c.value and c.value.plain()}" for c in getattr(part, "components", ())],
        **{key: _plain(getattr(part, key, None)) for key in _MORE},
    }
    return {key: value for key, value in shown.items() if value}


def _lines(entry: Entry) -> Iterator[Any]:
    if isinstance(entry, Samples):
        yield from readings([entry])
    else:
        yield line(entry)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [f"{part.manifestation} ({part.severity})" for part in value]
    return value.plain() if hasattr(value, "plain") else value


if __name__ == "__main__":
    for name in sys.argv[1:]:
        expected_of(GOLDEN / name).write_text(read_sample(GOLDEN / name)[1], "utf-8")
