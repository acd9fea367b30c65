"""Receipts as the command line tells them: JSON for programs, plain words for people."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from secondlens.actions.columns import asks_about_columns
from secondlens.cli._lines import printable
from secondlens.content import words
from secondlens.domain.receipt import Receipt
from secondlens.domain.receipt_words import by_reason, not_all_read

_PLACES_SHOWN = 3
_HOW_TO_SAY = "secondlens columns VAULT FILE"


def json_of(receipt: Receipt) -> dict[str, Any]:
    """One file of `import --json`."""
    return {
        "path": receipt.path,
        "sha256": receipt.sha256,
        "importer": receipt.importer,
        "records": dict(receipt.records),
        "new": receipt.new,
        "same": receipt.same,
        "changed": receipt.changed,
        "as_text": receipt.as_text,
        "unread": [{"where": unread.where, "why": unread.why} for unread in receipt.unread],
        "samples": receipt.samples,
        "samples_same": receipt.samples_same,
    } | {name: said for name in ("problem", "remark") if (said := getattr(receipt, name))}


def lines_of(receipt: Receipt) -> Iterator[str]:
    """One file for people. Places that could not be read for the same reason share a line."""
    yield f"\n{printable(receipt.path)}"
    if receipt.problem:
        yield f"  {receipt.problem}"
        if asks_about_columns(receipt.problem):
            outside = Path(receipt.path).is_file()
            yield f"  {'To say it' if outside else 'Take it out of the zip first, then'}: {_HOW_TO_SAY}"
        return
    if receipt.remark:
        yield f"  {printable(receipt.remark)}"
    for kind, number in receipt.records:
        word = words().kind(kind)
        yield f"  {number:>5} {word.plain if number == 1 else word.plural}"
    yield f"  {words().account(receipt)}"
    for why, places in by_reason(receipt.unread):
        shown = ", ".join(places[:_PLACES_SHOWN])
        more = f" and {len(places) - _PLACES_SHOWN} more" if len(places) > _PLACES_SHOWN else ""
        yield f"  Not read: {printable(shown)}{more}: {printable(why)}"


def summary(receipts: Sequence[Receipt], sentence: str) -> str:
    """What all files together come to, for the end of a long list."""
    return " ".join(filter(None, (f"\n{sentence}", not_all_read(receipts))))
