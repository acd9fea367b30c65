"""How one record is said on paper and screen: its name, when it was so, and everything else in one line."""

from collections.abc import Mapping
from dataclasses import fields

from secondlens.domain import clinical
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record

_NOT_YET = {"preparation", "planned", "booked", "proposed", "pending", "draft", "intended"}
_NOT = {"not-done", "not-taken", "refuted"}
# For what either happens or does not; a cancelled test may still have been ordered for a reason.
_CALLED_OFF = {"cancelled", "aborted"}
_HAPPENING = (
    clinical.Encounter,
    clinical.Immunization,
    clinical.MedicationDispense,
    clinical.MedicationAdministration,
    clinical.Procedure,
)
_DENIED = {
    clinical.MedicationStatement: "Not taken",
    clinical.MedicationRequest: "Not taken",
    clinical.Immunization: "Not given",
    clinical.Procedure: "Not done",
    clinical.MedicationDispense: "Not handed out",
    clinical.MedicationAdministration: "Not given",
    clinical.ServiceRequest: "Not to be done",
    clinical.Encounter: "Did not happen",
}
# Their text is printed as a passage, or is the whole document and stays in its file.
_PRINTED_WHOLE = (clinical.DiagnosticReport, clinical.DocumentReference, clinical.Composition)
_AT_ONCE = {clinical.MedicationDispense, clinical.MedicationAdministration}
_COMMON = {field.name for field in fields(Record)}
_UNREMARKABLE = {"active", "final", "current", "completed", "finished"}
_LABELS = {
    "reason": "for {}",
    "lot": "lot {}",
    "severity": "severity {}",
    "criticality": "criticality {}",
    "birth": "born {}",
}


def is_error(record: Record) -> bool:
    """Tell whether the source took the record back as entered in error."""
    return "entered-in-error" in (record.status, getattr(record, "verification", None))


def is_planned(record: Record) -> bool:
    """Tell whether it was only meant to be."""
    return record.status in _NOT_YET or (isinstance(record, clinical.Procedure) and record.status == "on-hold")


def is_denied(record: Record) -> bool:
    """Tell whether the source says it is not so: absent, refuted, called off, not taken, not given, not done."""
    called_off = isinstance(record, _HAPPENING) and record.status in _CALLED_OFF
    return record.negated or called_off or bool({record.status, getattr(record, "verification", None)} & _NOT)


def named(record: Record) -> str:
    """The title, with its denial in front where the source says it is not so."""
    if not is_denied(record):
        return record.title
    denial = _DENIED.get(type(record))
    if denial:
        return f"{denial}: {record.title}"
    return record.title if record.title.casefold().startswith(("no ", "not ")) else f"No {record.title}"


def period(record: Record) -> str:
    """When it was so, in plain words, as precise as the source."""
    start, end = (when.plain() if when else None for when in (record.start, record.end))
    if not start and not end:
        return "date unknown"
    if start == end or (start and not end):
        lasting = (
            isinstance(record, (clinical.Condition, clinical.MedicationStatement)) and type(record) not in _AT_ONCE
        )
        return f"since {start}" if lasting and not end and not is_denied(record) else str(start)
    return f"{start} to {end}" if start else f"until {end}"


def describe(record: Record, words: Mapping[str, str], *, brief: bool = False) -> str:
    """Everything else the record says, in one line: doses and words as printed, then status, note and names.

    In brief, a medicine's printed instruction stands for its coded dose, and who wrote it is left out.
    """
    own = [field.name for field in fields(record) if field.name not in _COMMON]
    if isinstance(record, _PRINTED_WHOLE):
        own.remove("text")
    pieces = [_piece(name, getattr(record, name), words) for name in own]
    if isinstance(record, clinical.MedicationStatement) and record.sig:
        coded = [] if brief else [piece for piece in pieces if piece and piece not in record.sig]
        pieces = [record.sig, *coded]
    if record.status and record.status not in _UNREMARKABLE | _NOT:
        pieces.append(_word(record.status, words))
    pieces.append(record.note)
    if not brief:
        pieces += [f"by {name}" for name in dict.fromkeys(person.name for person in record.participants)]
    return ", ".join(piece for piece in pieces if piece).replace("., ", ". ")


def _piece(name: str, value: object, words: Mapping[str, str]) -> str | None:
    if isinstance(value, Quantity):
        return value.plain()
    if isinstance(value, tuple):
        return ", ".join(filter(None, (_piece(name, part, words) for part in value)))
    if isinstance(value, clinical.Reaction):
        severity = f" ({_word(value.severity, words)})" if value.severity else ""
        return value.manifestation + severity
    if not isinstance(value, str) or (name == "verification" and value in {"confirmed", "refuted"}):
        return None
    return _LABELS.get(name, "{}").format(_word(value, words))


def _word(code: str, words: Mapping[str, str]) -> str:
    return words.get(code, code.replace("-", " ") if code.islower() else code)
