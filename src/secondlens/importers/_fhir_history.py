"""What a history bundle means: the newest version of each entry, and what the source took back.

https://hl7.org/fhir/R4/http.html#history
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from secondlens.domain.record import Unread
from secondlens.importers._fhir_part import Entry, Part

OLDER = "An older version of an entry that is here already."
DELETED = "The source took this entry back: it says that it is deleted."


class Deletion(NamedTuple):
    """A history's word that a resource is gone since `day`."""

    where: str
    type: str
    id: str
    day: datetime


class _Request(Struct, gc=False):
    method: str | None = None
    url: str | None = None


class _Response(Struct, gc=False):
    lastModified: str | None = None  # noqa: N815  (the key as FHIR writes it)


class _Meta(Struct, gc=False):
    lastUpdated: str | None = None  # noqa: N815  (the key as FHIR writes it)


class _Dated(Struct, gc=False):
    meta: _Meta | None = None


_request = Decoder(_Request)
_response = Decoder(_Response)
_dated = Decoder(_Dated)


def newest(found: Iterable[Part | Unread], deletions: list[Deletion]) -> Iterator[Part | Unread]:
    """Keep the newest version of each entry of a history; without days, the first, as FHIR orders them."""
    listed = list(found)
    last: dict[tuple[str, str], tuple[int, Part]] = {}
    for number, part in enumerate(listed):
        if isinstance(part, Part) and part.id:
            _, known = last.setdefault((part.type, part.id), (number, part))
            if _updated(part) > _updated(known):
                last[part.type, part.id] = (number, part)
    places = {part.where: number for number, part in enumerate(listed)}
    gone = {
        (deletion.type, deletion.id)
        for deletion in deletions
        if (version := last.get((deletion.type, deletion.id))) and _is_later(deletion, places, *version)
    }
    took_back = {
        deletion.where: DELETED if key in gone or key not in last else OLDER
        for deletion in deletions
        for key in [(deletion.type, deletion.id)]
    }
    for part in listed:
        if isinstance(part, Unread):
            yield Unread(part.where, took_back.get(part.where, part.why))
        elif part.id and last[part.type, part.id][1] is not part:
            yield Unread(part.where, OLDER)
        else:
            yield part._replace(deleted=(part.type, part.id) in gone)


def _is_later(deletion: Deletion, places: dict[str, int], number: int, part: Part) -> bool:
    """Compare the days where both have one; else a history has the newest first."""
    updated = _updated(part)
    if _NO_DAY in (deletion.day, updated):
        return places[deletion.where] < number
    return deletion.day >= updated


def deletions(entries: Iterable[Entry]) -> list[Deletion]:
    """Find every word of a history that a resource is gone."""
    found = []
    for number, entry in enumerate(entries):
        if bytes(entry.resource) not in (b"", b"null") or not bytes(entry.request):
            continue
        try:
            request = _request.decode(entry.request)
            response = _response.decode(entry.response) if bytes(entry.response) else _Response()
        except DecodeError:
            continue
        address = (request.url or entry.fullUrl or "").partition("/_history")[0].split("/")
        if request.method == "DELETE" and len(address) > 1:
            day = _instant(response.lastModified)
            found.append(Deletion(f"Bundle.entry[{number}]", address[-2], address[-1], day))
    return found


def _updated(part: Part) -> datetime:
    try:
        meta = _dated.decode(part.raw).meta
    except (DecodeError, RecursionError):
        return _NO_DAY
    return _instant(meta.lastUpdated if meta else None)


def _instant(text: str | None) -> datetime:
    try:
        day = datetime.fromisoformat(text or "")
    except ValueError:
        return _NO_DAY
    return day if day.tzinfo else day.replace(tzinfo=UTC)


_NO_DAY = datetime.min.replace(tzinfo=UTC)
