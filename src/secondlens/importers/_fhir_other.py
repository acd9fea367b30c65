"""Resources of types that are kept but not interpreted: what they are called, and every word they say."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from msgspec import DecodeError
from msgspec.json import Decoder

from secondlens.domain.clinical import OtherResource
from secondlens.domain.coding import Coding
from secondlens.domain.kinds import KINDS
from secondlens.domain.record import Record, Unread
from secondlens.domain.when import When
from secondlens.importers import _fhir_types as fhir
from secondlens.importers._attachment import file_bytes, is_own_file
from secondlens.importers._fhir_narrative import attached_text, plain
from secondlens.importers._fhir_place import Place
from secondlens.importers._fhir_results import INSIDE
from secondlens.importers._fhir_words import first_date

NO_SUCH_TYPE = "FHIR has no record of this type."
DENIED = "NOT:"
DAMAGED = "This entry is damaged."

# Our own kinds: a file must not be able to write into the person's case.
_OURS = {kind.__name__ for kind in KINDS}
_NAMES = (
    *("title", "name", "deviceName", "code", "description", "relationship", "vaccineCode", "type", "category"),
    *("practitioner", "contentType"),
)
_DATES = (
    *("date", "created", "authored", "authoredOn", "recorded", "occurredDateTime", "effectiveDateTime"),
    *("performedDateTime", "occurrenceDateTime", "startDate", "started", "period", "billablePeriod", "issued"),
)
_SAID = {
    "text",
    "display",
    "title",
    "description",
    "comment",
    "conclusion",
    "name",
    "detail",
    "note",
    "patientInstruction",
}
_NOT_SAID = {"meta", "extension", "modifierExtension", "identifier", "resourceType", "id", "div"}

_NOT = ("doNotPerform", "notDone", "notGiven", "wasNotGiven", "notPerformed")
_NOT_INSIDE = (*_NOT, "deleted", "prohibited")

# Numbers stay as written; the standard library takes the huge whole numbers that msgspec refuses.
_anything = Decoder(Any, float_hook=str)


def other(place: Place, *, words_only: bool = False) -> Iterator[Record | Unread]:
    """Keep a resource of any other type as an OtherResource; `words_only` also takes a type that has a reader."""
    part = place.part
    found = decoded(part.raw)
    if found is None or (part.type in _OURS and not words_only):
        yield Unread(part.where, DAMAGED if found is None else NO_SUCH_TYPE)
        return
    unread: list[Unread] = []
    # A code's name often repeats its text; an answer given twice to two questions stays twice.
    spoken = [text for text, _ in groupby(word.strip() for word in _words(found, place, unread)) if text]
    told = found.get("text")
    narrative = plain(told["div"]) if isinstance(told, dict) and isinstance(told.get("div"), str) else None
    if narrative and DENIED not in spoken:
        spoken = [narrative]
    status = found.get("status")
    yield OtherResource(
        title=name_of(found) or part.type,
        codes=_codes(found.get("code")) or _codes(found.get("type")),
        start=_first_day(found),
        status=status if isinstance(status, str) else None,
        negated=any(found.get(key) in (True, "true") for key in _NOT),
        identifiers=place.own_names(_identifiers(found.get("identifier"))),
        source=place.source(),
        resource_type=part.type,
        text="\n".join(spoken) or None,
    )
    yield from unread


def name_of(found: dict[str, Any]) -> str | None:
    """Give what a resource of any type is called; None when nothing in it is a name."""
    return next((name for key in _NAMES if (name := _phrase(found.get(key)))), None)


def decoded(raw: bytes) -> dict[str, Any] | None:
    """Give every member of a resource, numbers as written; None when it is no object."""
    try:
        found = _anything.decode(raw)
    except DecodeError:
        found = json.loads(bytes(raw), parse_int=str, parse_float=str)
    return found if isinstance(found, dict) else None


def _words(found: dict[str, Any], place: Place, unread: list[Unread]) -> Iterator[str]:
    """Yield every readable word, in the file's order. A list of work, not recursion: files nest deep."""
    waiting: list[tuple[str, str, Any]] = [("", "", found)]
    while waiting:
        key, path, value = waiting.pop()
        if isinstance(value, dict):
            if path and _is_denied(value):
                yield DENIED
            yield from _attached(value, path, place, unread)
            inner = [(name, f"{path}.{name}", part) for name, part in value.items() if name not in _NOT_SAID]
            waiting += reversed(inner)
        elif isinstance(value, list):
            waiting += reversed([(key, f"{path}[{n}]", part) for n, part in enumerate(value)])
        elif isinstance(value, str) and (key in _SAID or _is_answer(key)):
            yield value
        elif isinstance(value, int) and _is_answer(key):
            yield str(value).lower() if isinstance(value, bool) else str(value)


def _is_denied(value: dict[str, Any]) -> bool:
    return value.get("type") == "deny" or any(value.get(key) in (True, "true") for key in _NOT_INSIDE)


def _is_answer(key: str) -> bool:
    """Tell value[x] ("valueString") from the plain "value" of an identifier or an amount."""
    return key.startswith("value") and len(key) > len("value")


def _attached(value: dict[str, Any], path: str, place: Place, unread: list[Unread]) -> Iterator[str]:
    kind, data = value.get("contentType"), value.get("data")
    if isinstance(data, str) and data and (isinstance(kind, str) or kind is None):
        text = attached_text(kind, data)
        if text:
            yield text
        elif kind and not is_own_file(file_bytes(data)):
            unread.append(Unread(f"{place.part.where}{path}".removeprefix("."), INSIDE))


def _phrase(value: Any) -> str | None:
    """Give the name in a code, a reference, a person's name or plain words; of several, the first."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list):
        return next((name for part in value if (name := _phrase(part))), None)
    if isinstance(value, dict):
        spelled = (*_several(value.get("given")), *_several(value.get("family")))
        said = (value.get("text"), value.get("coding"), value.get("display"), value.get("name"), value.get("code"))
        return next((name for part in said if (name := _phrase(part))), None) or " ".join(spelled) or None
    return None


def _several(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else [value]
    return tuple(part for part in parts if isinstance(part, str))


def _codes(value: Any) -> tuple[Coding, ...]:
    listed = value.get("coding") if isinstance(value, dict) else None
    if isinstance(value, list):
        return next((found for part in value if (found := _codes(part))), ())
    return tuple(
        Coding(_text(code.get("system")), code["code"], _text(code.get("display")))
        for code in (listed if isinstance(listed, list) else ())
        if isinstance(code, dict) and isinstance(code.get("code"), str) and code["code"]
    )


def _first_day(found: dict[str, Any]) -> When | None:
    values = (found.get(key) for key in _DATES)
    days = (value.get("start") if isinstance(value, dict) else value for value in values)
    return first_date(*(day for day in days if isinstance(day, str)))


def _identifiers(value: Any) -> list[fhir.Identifier | None]:
    named = value if isinstance(value, list) else [value]
    return [
        fhir.Identifier(system=_text(name.get("system")), value=_text(name.get("value")))
        for name in named
        if isinstance(name, dict)
    ]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
