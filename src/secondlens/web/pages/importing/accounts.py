"""What one file holds, or what became of it, as its card shows it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from secondlens.content import words
from secondlens.domain.receipt import Receipt
from secondlens.domain.receipt_words import by_reason
from secondlens.web.facts import Fact

_PLACES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What could not be read for one reason: places as (place, address or None), and how many `more` there are."""

    why: str
    count: int
    places: tuple[tuple[str, str | None], ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One file: `line` is what is new, same, ... in words, `kinds` are (plural, number).

    `number` is its place among the files. `facts` are the first few of its records, `records` the address of all
    that it brought. `asks` tells that there is something to leave out or to keep, `ask` leads to where the columns
    of a table can be said or seen.
    """

    number: int
    name: str
    problem: str | None
    remark: str | None
    line: str
    kinds: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    facts: tuple[Fact, ...] = ()
    records: str | None = None
    asks: bool = False
    ask: str | None = None


def account(number: int, receipt: Receipt, place: Callable[[int], str] | None) -> Account:
    """Make the card of a file; `place` gives the address of the n-th unread part, None when none can be shown."""
    return Account(
        number=number,
        name=receipt.path,
        problem=receipt.problem,
        remark=receipt.remark,
        line=words().account(receipt),
        kinds=_kinds(receipt),
        reasons=tuple(_reasons(receipt, place)),
    )


def _reasons(receipt: Receipt, place: Callable[[int], str] | None) -> Iterator[Reason]:
    numbers = {(part.where, part.why): number for number, part in enumerate(receipt.unread)}
    for why, wheres in by_reason(receipt.unread):
        shown = wheres[:_PLACES_SHOWN]
        yield Reason(
            why=why,
            count=len(wheres),
            places=tuple((where, place(numbers[where, why]) if place else None) for where in shown),
            more=len(wheres) - len(shown),
        )


def _kinds(receipt: Receipt) -> tuple[tuple[str, int], ...]:
    """How many of each kind; types that share a word are one line."""
    tally: Counter[str] = Counter()
    for kind, number in receipt.records:
        tally[words().kind(kind).plural] += number
    return tuple(tally.items())
