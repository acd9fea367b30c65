"""Every number and denial of the open documents, counted in the XML alone, against what the reader gives."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from secondlens.domain.record import Record, searchable
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile
from tests.importers.count_ccda import Amount, amounts, statements

FOLDER = Path(__file__).parent.parent / "fixtures" / "ccda"
FILES = sorted(path for path in FOLDER.rglob("*") if path.suffix.lower() in (".xml", ".ccda"))
# What a record has a field of its own for, so that words are not enough.
TYPED = ("value", "doseQuantity")
WORDS_FOR_UNITS = {"a": "years", None: "", "1": ""}


@cache
def read(path: Path) -> dict[str, list[Record]]:
    """The records of a file by their place."""
    file = IncomingFile(path.name, path.read_bytes())
    found: dict[str, list[Record]] = {}
    for part in CCDA.read(file) if CCDA.recognises(file) else ():
        if isinstance(part, Record) and part.source:
            found.setdefault(part.source.where, []).append(part)
    return found


def test_every_number_is_carried_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    found: Counter[str] = Counter()
    lost: list[tuple[str, Amount]] = []
    for path in FILES:
        for amount in amounts(path):
            how = _how(amount, read(path))
            found[how or "lost"] += 1
            if how is None:
                lost.append((path.name, amount))
    with capsys.disabled():
        print(f"\nnumbers: {found.total()}, {dict(found)}")  # noqa: T201 - the figure is the point
    assert lost == []
    assert found["value"] > 900
    assert found.total() > 1300


def _how(amount: Amount, records: dict[str, list[Record]]) -> str | None:
    """Tell how a number is there: as the value of its record, or in the words of it or of what it belongs to."""
    own = records.get(amount.where, [])
    fields = (getattr(record, name, None) for record in own for name in ("value", "dose"))
    if any(value and (value.text, value.unit) == (amount.text, amount.unit) for value in fields):
        return "value"
    printed = re.compile(rf"(?<![\d.]){re.escape(amount.text)}(?!\.?\d)")
    unit = WORDS_FOR_UNITS.get(amount.unit, amount.unit) or ""
    for record in _upward(amount.where, records):
        words = f"{searchable(record)} {record.note or ''}"
        is_alone = amount.sort not in TYPED or record not in own or "; " in words
        if printed.search(words) and unit in words and is_alone:
            return "words"
    return None


def _upward(where: str, records: dict[str, list[Record]]) -> Iterator[Record]:
    while where:
        yield from records.get(where, [])
        where = where.rpartition("/")[0]


def test_every_denied_statement_is_negated(capsys: pytest.CaptureFixture[str]) -> None:
    found: Counter[str] = Counter()
    for path in FILES:
        for where, _, denied in statements(path):
            own = read(path).get(where, [])
            found["denied" if denied else "not denied"] += 1
            if denied and own:
                found["denied with a record of its own"] += 1
                assert all(record.negated for record in own), f"{path.name} {where}"
            elif denied:
                around = next(_upward(where, read(path)), None)
                assert around, f"{path.name} {where}"
                assert around.negated, f"{path.name} {where}"
            elif own:
                assert not any(record.negated for record in own), f"{path.name} {where}"
    with capsys.disabled():
        print(f"\nstatements: {dict(found)}")  # noqa: T201 - the figure is the point
    assert found["denied with a record of its own"] > 70
