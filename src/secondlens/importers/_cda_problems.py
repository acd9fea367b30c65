"""Problem observations and allergy observations."""

from collections.abc import Iterator

from lxml import etree

from secondlens.domain.clinical import AllergyIntolerance, Condition, Reaction
from secondlens.domain.coding import Coding
from secondlens.domain.record import Record
from secondlens.importers._cda_codes import CLINICAL_STATUS, CONCERN
from secondlens.importers._cda_common import (
    CRITICALITY,
    REACTION,
    SEVERITY,
    STATUS,
    common,
    qualifiers,
    said,
    says_none,
)
from secondlens.importers._cda_narrative import all_words
from secondlens.importers._cda_place import Statement, every, first
from secondlens.importers._cda_values import code_or_words, codings, printed_otherwise, value_of

_CATEGORIES = {
    "problems": "problem-list-item",
    "encounters": "encounter-diagnosis",
    "diagnoses": "encounter-diagnosis",
    "concerns": "health-concern",
}
_LONGEST_NAME = 80
# C-CDA R2.1 means "resolved, date unknown" by it; some systems write it for every problem that goes on, so a
# status that is said outright, or by the concern around it, counts more.
ENDED_UNKNOWN = "End: marked in the source without a date. By the rules this means resolved."
_ALLERGY_SORTS = {
    "416098002": "medication",
    "419511003": "medication",
    "59037007": "medication",
    "414285001": "food",
    "418471000": "food",
    "235719002": "food",
    "426232007": "environment",
}


def condition(statement: Statement) -> Iterator[Record]:
    """Read a problem observation: what it says is in `value`, and its code only tells what sort it is."""
    value = first(statement.element, "value")
    named = value if value is not None and (len(value) or value.attrib) else first(statement.element, "code")
    open_end = any(edge.get("nullFlavor") == "UNK" for edge in every(statement.element, "effectiveTime", "high"))
    notes = (ENDED_UNKNOWN,) if open_end else ()
    fields = common(statement, named, title=_own_title(value, statement), notes=notes, skip=(*SEVERITY, *STATUS))
    in_error = statement.status == "nullified"
    status = _status(statement, ended=fields["end"] is not None)
    yield Condition(
        **fields,
        category=_CATEGORIES.get(statement.section.topic),
        status="resolved" if open_end and status in (None, "inactive") else status,
        verification="refuted" if statement.negated else "entered-in-error" if in_error else None,
        severity=_first_said(statement, SEVERITY, "SEV"),
        body_site=_joined(every(statement.element, "targetSiteCode"), statement),
    )


def _own_title(value: etree._Element | None, statement: Statement) -> str | None:
    """What the problem list itself calls it, where that is a name and not a whole line; the code keeps its own.

    A denied problem keeps its code's name: the printed words often hold the "no" that `negated` says already.
    """
    printed = None if statement.negated else printed_otherwise(value, statement)
    return _free_text(value, statement) or (printed if printed and len(printed) <= _LONGEST_NAME else None)


def _free_text(value: etree._Element | None, statement: Statement) -> str | None:
    """The name of a problem written as plain text where a code is expected."""
    if value is None or value.get("code") or first(value, "originalText") is not None:
        return None
    words, _ = value_of(value, statement)
    return words.text if words else None


def _status(statement: Statement, *, ended: bool) -> str | None:
    """The status said outright, else resolved when it has an end, else what the concern around it says."""
    for inner in qualifiers(statement, *STATUS, code="33999-4"):
        value = first(inner.element, "value")
        words = [coding.code for coding in codings(value)] + [(said(inner) or "").lower()]
        found = next((CLINICAL_STATUS[word] for word in words if word in CLINICAL_STATUS), None)
        if found:
            return found
    if ended:
        return "resolved"
    concern = statement.parent
    return CONCERN.get(concern.status or "") if concern and concern.element.tag == "act" else None


def _first_said(statement: Statement, templates: tuple[str, ...], code: str | None = None) -> str | None:
    return next((word for word in map(said, qualifiers(statement, *templates, code=code)) if word), None)


def _joined(codes: list[etree._Element], statement: Statement) -> str | None:
    words = [code_or_words(code, statement) for code in codes]
    return "; ".join(dict.fromkeys(word for word in words if word)) or None


def allergy(statement: Statement) -> Iterator[Record]:
    """Read an allergy observation: the substance is the participant; `value` only tells what sort it is."""
    value = first(statement.element, "value")
    substances = every(statement.element, "participant", "participantRole", "playingEntity")
    codes = tuple(dict.fromkeys(code for one in substances for code in codings(first(one, "code"))))
    title = next((name for name in (_substance(one, statement) for one in substances) if name), None)
    sort = codings(value)
    notes = (f"Kind: {kind}",) if (codes or title) and (kind := code_or_words(value, statement)) else ()
    fields = common(statement, value, title=title, notes=notes, skip=(*STATUS, *REACTION, *CRITICALITY))
    none = says_none(fields["title"], codes or sort)
    # "Allergy to substance" is what the entry is, not what the person is allergic to.
    fields["codes"] = codes or (() if title and not none else sort)
    fields["negated"] = statement.negated or none
    yield AllergyIntolerance(
        **fields,
        category=_sort(sort),
        status=_status(statement, ended=fields["end"] is not None),
        verification=_verification(statement),
        criticality=_first_said(statement, CRITICALITY, "82606-5"),
        reactions=_reactions(statement),
    )


def _substance(entity: etree._Element, statement: Statement) -> str | None:
    name = first(entity, "name")
    return code_or_words(first(entity, "code"), statement) or (
        all_words(name) or None if name is not None and not name.get("nullFlavor") else None
    )


def _sort(codes: tuple[Coding, ...]) -> str | None:
    return next((_ALLERGY_SORTS[code.code] for code in codes if code.code in _ALLERGY_SORTS), None)


def _verification(statement: Statement) -> str | None:
    if statement.status == "nullified":
        return "entered-in-error"
    return "refuted" if statement.negated else None


def _reactions(statement: Statement) -> tuple[Reaction, ...]:
    """Reactions with their own severity; one alone takes the severity given for the allergy as a whole."""
    found = tuple(
        Reaction(manifestation=manifestation, severity=_first_said(inner, SEVERITY, "SEV"))
        for inner in qualifiers(statement, *REACTION)
        if (manifestation := said(inner))
    )
    overall = _first_said(statement, SEVERITY, "SEV")
    if len(found) == 1 and not found[0].severity:
        return (Reaction(manifestation=found[0].manifestation, severity=overall),)
    return found
