"""What an import comes to, in plain sentences: the same for the page and the terminal."""

from collections.abc import Iterable, Sequence

from secondlens.domain.counting import counted
from secondlens.domain.receipt import Receipt
from secondlens.domain.record import Unread


def found(receipts: Sequence[Receipt]) -> str:
    """What all files together hold, before anything is kept."""
    return _account(receipts, "Found", "you have already")


def kept(receipts: Sequence[Receipt]) -> str:
    """What all files together brought, after it was kept."""
    return _account(receipts, "Looked at", "you had already")


def not_all_read(receipts: Sequence[Receipt]) -> str | None:
    """A sentence when whole files or parts of them could not be read."""
    files = sum(receipt.problem is not None for receipt in receipts)
    parts = sum(len(receipt.unread) for receipt in receipts)
    said = ((files, "file", "files"), (parts, "part of a file", "parts of files"))
    counts = [counted(number, one, many) for number, one, many in said if number]
    return f"{' and '.join(counts)} could not be read." if counts else None


def brought(receipts: Iterable[Receipt]) -> int:
    """How much of it is new or changed: entries and readings of devices."""
    return sum(receipt.new + receipt.changed + receipt.as_text + receipt.samples for receipt in receipts)


def by_reason(unread: Iterable[Unread]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Put together what could not be read for the same reason: (why, places), most places first."""
    reasons: dict[str, list[str]] = {}
    for part in unread:
        reasons.setdefault(part.why, []).append(part.where)
    return tuple((why, tuple(places)) for why, places in sorted(reasons.items(), key=lambda one: -len(one[1])))


def _account(receipts: Sequence[Receipt], begin: str, here: str) -> str:
    facts = [receipt for receipt in receipts if receipt.entries > len(receipt.unread)]
    new, same, changed, as_text = (
        sum(getattr(receipt, name) for receipt in facts) for name in ("new", "same", "changed", "as_text")
    )
    sentences = []
    if facts:
        files = counted(len(facts), "file")
        sentences.append(f"{begin} {counted(new + same + changed + as_text, 'fact')} in {files}.")
        sentences.append(
            _and(
                (
                    (new, "is new", "are new"),
                    (as_text, "is new and kept as text", "are new and kept as text"),
                    (same, here, here),
                    (changed, "has changed", "have changed"),
                )
            )
        )
    new_readings = sum(receipt.samples for receipt in receipts)
    same_readings = sum(receipt.samples_same for receipt in receipts)
    if new_readings or same_readings:
        readings = _and(((new_readings, "is new", "are new"), (same_readings, here, here)))
        sentences.append(f"Readings of devices: {readings}")
    return " ".join(sentences) or "There is nothing in here that can be kept."


def _and(parts: Iterable[tuple[int, str, str]]) -> str:
    said = [f"{number:,} {one if number == 1 else many}" for number, one, many in parts if number]
    return f"{', '.join(said[:-1])} and {said[-1]}." if len(said) > 1 else f"{said[0]}."
