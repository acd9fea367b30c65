"""My records: everything that was brought in or written down, by kind, with words to search."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from starlette.responses import Response

from secondlens.content import metrics, words
from secondlens.domain.handwriting import kind_named
from secondlens.domain.record import Kept
from secondlens.web.facts import OF_THE_CASE, Fact, fact
from secondlens.web.measured import metric_facts
from secondlens.web.rendering import Visit, go, render

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The overview: a tile (plural, how many, address) for every kind there is, and for readings of devices.

    `removed` tells that something can be put back.
    """

    tiles: tuple[tuple[str, str, str], ...]
    total: int
    measured: bool
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of records: its name, what is in it, how many, and its address up to the number of the page.

    `write` leads to a form for one more.
    """

    title: str
    what: str
    count: int
    address: str
    write: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneList:
    """One page of a list; `first` is the place of its first record, `before` and `after` are addresses."""

    listing: Listing
    first: int
    facts: tuple[Fact, ...]
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found, best first; `full` tells that there may be more. `measured` are readings of devices."""

    words: str
    measured: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    full: bool


def show_list(visit: Visit) -> Response:
    """The overview, or all of one kind when one is named."""
    counts = _counts(visit)
    if kind := visit.query("kind"):
        return _show_kind(visit, kind, dict(counts).get(kind, 0))
    tiles = tuple((_plural(kind), str(count), visit.url(f"records?kind={kind}")) for kind, count in counts)
    measured = visit.vault.count_readings()
    if measured:
        tiles = (*tiles, ("Readings of devices", f"{measured:,}", visit.url("records/readings")))
    total = sum(count for _, count in counts)
    removed = any(one.record.kind not in OF_THE_CASE for one in visit.vault.removed())
    page = Records(tiles=tiles, total=total, measured=measured > 0, removed=removed)
    return render(visit, "records/list.html", page)


def search(visit: Visit) -> Response:
    """Hold the words, which may name an illness, out of the address, and go to what they find."""
    typed = visit.form.text("words")[:200]
    if not typed:
        return go(visit, "records")
    return go(visit, f"records/found/{visit.door.shelf.put(typed)}")


def show_found(visit: Visit) -> Response:
    """What the held words find."""
    typed = visit.door.shelf.get(visit.part("key"), str)
    found = visit.vault.search(typed, limit=ON_A_PAGE)
    documents = visit.vault.document_names()
    facts = tuple(fact(one.kept, visit.url, documents) for one in found if one.kept.record.kind not in OF_THE_CASE)
    page = Found(words=typed, measured=_measured(visit, typed), facts=facts, full=len(found) == ON_A_PAGE)
    return render(visit, "records/found.html", page)


def _measured(visit: Visit, typed: str) -> tuple[Fact, ...]:
    """Readings of devices whose name is meant by what was typed."""
    known = visit.vault.metrics().items()
    meant = {metric: number for number, metric in known if metrics().is_meant(metric, typed)}
    return tuple(fact for facts in metric_facts(visit.vault, meant, visit.url).values() for fact in facts)


def show_listing(visit: Visit, kept: Iterable[Kept], listing: Listing) -> Response:
    """The records of a list, a page at a time."""
    number, documents = visit.page(), visit.vault.document_names()
    skip = (number - 1) * ON_A_PAGE
    page = OneList(
        listing=listing,
        first=skip + 1,
        facts=tuple(fact(one, visit.url, documents) for one in islice(kept, skip, skip + ON_A_PAGE)),
        before=f"{listing.address}{number - 1}" if number > 1 else None,
        after=f"{listing.address}{number + 1}" if listing.count > skip + ON_A_PAGE else None,
    )
    return render(visit, "records/kind.html", page)


def _show_kind(visit: Visit, kind: str, count: int) -> Response:
    listing = Listing(
        title=_plural(kind),
        what=words().kind(kind).what,
        count=count,
        address=visit.url(f"records?kind={kind}&page="),
        write=visit.url(f"records/write/{kind}") if kind_named(kind) else None,
    )
    return show_listing(visit, visit.vault.list(kind) if count else (), listing)


def _plural(kind: str) -> str:
    """Kinds we only keep share one word, so their own name is added."""
    word = words().kind(kind)
    return word.plural if word is not words().kinds["OtherResource"] else f"{word.plural}: {kind}"


def _counts(visit: Visit) -> tuple[tuple[str, int], ...]:
    return tuple((kind, count) for kind, count in visit.vault.counts() if kind not in OF_THE_CASE and count)
