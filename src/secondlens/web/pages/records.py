"""My records: everything that was brought in, by kind, with words to search, and each with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from secondlens.actions.handing_out import hand_out
from secondlens.content import metrics, words
from secondlens.domain.record import Kept
from secondlens.errors import NotFound
from secondlens.importers.incoming import IncomingFile
from secondlens.web.facts import OF_THE_CASE, Fact, codes, fact, parts
from secondlens.web.measured import metric_facts
from secondlens.web.places import Place, cut_out
from secondlens.web.rendering import Visit, go, plain_day, render

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The overview: a tile (plural, how many, address) for every kind there is, and for readings of devices."""

    tiles: tuple[tuple[str, str, str], ...]
    total: int
    measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of records: its name, what is in it, how many, and its address up to the number of the page."""

    title: str
    what: str
    count: int
    address: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An older state of a record."""

    number: int
    recorded: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """Where a record comes from. `around` is the file its original was taken out of, and the place there."""

    file: str
    section: str | None
    where: str
    around: tuple[str, str] | None
    original: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Another file that tells the same fact, and its own words where they are not the same ones."""

    file: str
    section: str | None
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRecord:
    """Everything one record holds, in plain words."""

    title: str
    kind: str
    medical: str
    negated: bool
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    recorded: str
    source: From | None
    also: tuple[Also, ...]
    versions: tuple[Version, ...]


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
    return render(visit, "records/list.html", Records(tiles=tiles, total=total, measured=measured > 0))


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
    documents = visit.documents()
    facts = tuple(fact(one.kept, visit.url, documents) for one in found if one.kept.record.kind not in OF_THE_CASE)
    page = Found(words=typed, measured=_measured(visit, typed), facts=facts, full=len(found) == ON_A_PAGE)
    return render(visit, "records/found.html", page)


def _measured(visit: Visit, typed: str) -> tuple[Fact, ...]:
    """Readings of devices whose name is meant by what was typed."""
    known = visit.vault.metrics().items()
    meant = {metric: number for number, metric in known if metrics().is_meant(metric, typed)}
    return tuple(fact for facts in metric_facts(visit.vault, meant, visit.url).values() for fact in facts)


def show_one(visit: Visit) -> Response:
    """One record with its source and its older versions. Parts of the case open in the case."""
    kept = visit.vault.get(visit.part("id"))
    if kept.record.kind in OF_THE_CASE:
        return RedirectResponse(visit.url("case"), status_code=303)
    word = words().kind(kept.record.kind)
    older = visit.vault.history(kept.id)[:-1]
    page = OneRecord(
        title=kept.record.title or word.plain,
        kind=word.plain,
        medical=word.medical if kept.record.kind in words().kinds else kept.record.kind,
        negated=kept.record.negated,
        parts=parts(kept.record),
        codes=codes(kept.record),
        recorded=plain_day(kept.recorded_at),
        source=_from(visit, kept),
        also=_also(visit, kept),
        versions=tuple(
            Version(number=one.version, recorded=plain_day(one.recorded_at), parts=parts(one.record))
            for one in reversed(older)
        ),
    )
    return render(visit, "records/record.html", page)


def download_original(visit: Visit) -> Response:
    """The file a record came from, byte for byte. It is saved, never shown: a file may hold a hostile page."""
    kept = visit.vault.get(visit.part("id"))
    return save_original(visit, _sha256(kept))


def save_original(visit: Visit, sha256: str) -> Response:
    """Give out an original file, to be saved under its name."""
    name = visit.documents().get(sha256, "original")
    return Response(
        hand_out(visit.vault, sha256),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name.rpartition('/')[2], safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def show_place(visit: Visit) -> Response:
    """The text of the original where a record was found, as plain text."""
    kept = visit.vault.get(visit.part("id"))
    sha256 = _sha256(kept)
    file = IncomingFile(visit.documents().get(sha256, "a file"), visit.vault.document(sha256))
    where = kept.record.source.where if kept.record.source else ""
    page = Place(
        title=kept.record.title or words().kind(kept.record.kind).plain,
        file=file.name,
        where=where,
        cut=cut_out(file, where),
        back=("Back to the record", visit.url(f"records/{kept.id}")),
        original=visit.url(f"records/{kept.id}/original"),
    )
    return render(visit, "records/place.html", page)


def show_listing(visit: Visit, kept: Iterable[Kept], listing: Listing) -> Response:
    """The records of a list, a page at a time."""
    number, documents = visit.page(), visit.documents()
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
    )
    return show_listing(visit, visit.vault.list(kind) if count else (), listing)


def _plural(kind: str) -> str:
    """Kinds we only keep share one word, so their own name is added."""
    word = words().kind(kind)
    return word.plural if word is not words().kinds["OtherResource"] else f"{word.plural}: {kind}"


def _counts(visit: Visit) -> tuple[tuple[str, int], ...]:
    return tuple((kind, count) for kind, count in visit.vault.counts() if kind not in OF_THE_CASE and count)


def _from(visit: Visit, kept: Kept) -> From | None:
    source = kept.record.source
    if source is None:
        return None
    documents = visit.documents()
    within = source.within
    return From(
        file=documents.get(source.sha256, "a file"),
        section=source.section,
        where=source.where,
        around=(documents.get(within.sha256, "a file"), within.where) if within else None,
        original=visit.url(f"records/{kept.id}/original"),
        place=visit.url(f"records/{kept.id}/place"),
    )


def _also(visit: Visit, kept: Kept) -> tuple[Also, ...]:
    """Give every other file that tells the fact of a record."""
    documents = visit.documents()
    return tuple(
        Also(
            file=documents.get(told.source.sha256, "a file"),
            section=told.source.section,
            parts=() if told.kept.id == kept.id else parts(told.kept.record),
            address=None if told.kept.id == kept.id else visit.url(f"records/{told.kept.id}"),
        )
        for told in visit.vault.tellings(kept.id)
        if told.source and told.source != kept.record.source
    )


def _sha256(kept: Kept) -> str:
    if kept.record.source is None:
        raise NotFound("You wrote this yourself, so there is no file behind it.")
    return kept.record.source.sha256
