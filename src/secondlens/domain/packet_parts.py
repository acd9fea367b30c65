"""The parts of a packet: each record goes to the first list that takes its kind, so none is left out.

Records with the same name stand together, and every source keeps its own line: two sources that differ are
both shown, and when one says "taken" and another "not taken" the reader is told that they differ.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from secondlens.domain import clinical, people
from secondlens.domain.packet_words import describe, is_denied, is_planned, named, period
from secondlens.domain.record import Kept, Record

Numbering = Callable[[Kept], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What one or more sources say in the same words. `sources` are footnote numbers, `records` vault ids.

    `brief` is the text for page one.
    """

    text: str
    brief: str
    when: str = ""
    sources: tuple[int, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing by name, with everything said about it, newest first."""

    title: str
    says: tuple[Saying, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One list of the packet. `name` is short and stable, `heading` is what the reader sees."""

    name: str
    heading: str
    entries: tuple[Entry, ...]


_MEDICINES = (clinical.MedicationStatement, clinical.MedicationRequest)
_SHOWN_ELSEWHERE = (clinical.Composition, people.Patient)

# name, heading, kinds (empty: all that are left), phases (empty: any); the order is the reader's
_PARTS: tuple[tuple[str, str, tuple[type[Record], ...], tuple[str, ...]], ...] = (
    ("problems", "Health problems now", (clinical.Condition,), ("now", "planned")),
    ("problems-differ", "Health problems on which sources differ", (clinical.Condition,), ("differ",)),
    ("problems-past", "Earlier health problems", (clinical.Condition,), ("past",)),
    ("problems-no", "Health problems the records say are not there", (clinical.Condition,), ("no",)),
    ("medicines", "Medicines now", _MEDICINES, ("now",)),
    ("medicines-differ", "Medicines on which sources differ", _MEDICINES, ("differ",)),
    ("medicines-planned", "Medicines intended, not yet taken", _MEDICINES, ("planned",)),
    ("medicines-past", "Earlier medicines", _MEDICINES, ("past",)),
    ("medicines-no", "Medicines not taken", _MEDICINES, ("no",)),
    ("allergies", "Allergies and intolerances", (clinical.AllergyIntolerance,), ("now", "planned")),
    ("allergies-differ", "Allergies on which sources differ", (clinical.AllergyIntolerance,), ("differ",)),
    ("allergies-past", "Earlier allergies", (clinical.AllergyIntolerance,), ("past",)),
    ("allergies-no", "Allergies the records say are not there", (clinical.AllergyIntolerance,), ("no",)),
    ("findings-no", "Findings the records say are not there", (clinical.Observation,), ("no",)),
    ("procedures", "Procedures", (clinical.Procedure,), ("now", "past")),
    ("procedures-planned", "Procedures planned", (clinical.Procedure,), ("planned",)),
    ("procedures-no", "Procedures not done", (clinical.Procedure,), ("no",)),
    ("ordered", "Ordered or planned", (clinical.ServiceRequest,), ()),
    ("vaccinations", "Vaccinations", (clinical.Immunization,), ("now", "past", "planned")),
    ("vaccinations-no", "Vaccinations not given", (clinical.Immunization,), ("no",)),
    ("visits", "Visits and stays", (clinical.Encounter,), ()),
    ("handed-out", "Medicines handed out by a pharmacy", (clinical.MedicationDispense,), ()),
    ("given", "Medicines given on the spot", (clinical.MedicationAdministration,), ()),
    ("reports", "Reports", (clinical.DiagnosticReport,), ()),
    ("documents", "Documents", (clinical.DocumentReference,), ()),
    ("people", "People and places", (people.Practitioner, people.Organization), ()),
    ("other", "Other records", (), ()),
)
_CAN_DIFFER = (clinical.Condition, clinical.AllergyIntolerance, *_MEDICINES)
_OVER = {"resolved", "inactive", "completed", "stopped", "cancelled", "ended", "finished", "revoked", "aborted"}


def parts_of(
    records: Sequence[Kept],
    number: Numbering,
    made_on: date,
    words: Mapping[str, str],
    documents: Mapping[str, str],
) -> tuple[Part, ...]:
    """Sort records into the parts, empty parts included. Results and words alone are shown elsewhere."""
    lists: dict[str, list[Kept]] = {name: [] for name, *_ in _PARTS}
    phases = _phases(records, made_on)
    for kept in records:
        record, phase = kept.record, phases[kept.id]
        if not isinstance(record, _SHOWN_ELSEWHERE) and (
            type(record) is not clinical.Observation or phase == "no"
        ):
            lists[_part_name(record, phase)].append(kept)

    def say(kept: Kept) -> Saying:
        text, brief = describe(kept.record, words), describe(kept.record, words, brief=True)
        name = documents.get(kept.record.source.sha256) if kept.record.source else None
        if isinstance(kept.record, clinical.DocumentReference) and name:
            text = ", ".join(filter(None, (f"file {name}", text)))
        return Saying(
            text=text, brief=brief, when=period(kept.record), sources=(number(kept),), records=(kept.id,)
        )

    return tuple(
        Part(name=name, heading=heading, entries=_entries(lists[name], say)) for name, heading, *_ in _PARTS
    )


def sayings(
    records: Iterable[Kept], number: Numbering, text: Callable[[Record], str | None]
) -> tuple[Saying, ...]:
    """Each different text the records give, with the sources that give it."""
    found = ((kept, text(kept.record)) for kept in records)
    return _joined(
        Saying(text=given, brief=given, sources=(number(kept),), records=(kept.id,))
        for kept, given in found
        if given
    )


def _part_name(record: Record, phase: str) -> str:
    return next(
        name
        for name, _, kinds, phases in _PARTS
        if (not kinds or type(record) in kinds) and (not phases or phase in phases)
    )


def _phases(records: Sequence[Kept], made_on: date) -> dict[str, str]:
    """When each record holds: now, past, planned, no, or differ where sources contradict each other."""
    phases = {kept.id: _phase(kept.record, made_on) for kept in records}
    for group in _by_name([kept for kept in records if type(kept.record) in _CAN_DIFFER]):
        of = {phase: [kept for kept in group if phases[kept.id] == phase] for phase in ("now", "past", "no")}
        if of["now"] and of["no"]:
            phases |= {kept.id: "differ" for kept in (*of["now"], *of["no"])}
        elif of["now"] and _contradicts(of["past"], of["now"]):
            phases |= {kept.id: "differ" for kept in (*of["now"], *of["past"])}
    return phases


def _phase(record: Record, made_on: date) -> str:
    if is_denied(record):
        return "no"
    if is_planned(record):
        return "planned"
    end = record.end.day if record.end else None
    ended = end is not None and end < made_on.isoformat()[: len(end)]
    return "past" if ended or record.status in _OVER else "now"


def _contradicts(past: Sequence[Kept], now: Sequence[Kept]) -> bool:
    """Tell whether another file ended it later than, or without a date beside, the newest "now"."""
    files = {kept.record.source and kept.record.source.sha256 for kept in now}
    others = [kept.record for kept in past if (kept.record.source and kept.record.source.sha256) not in files]
    newest = max((kept.record.start.day for kept in now if kept.record.start), default="")
    return any(_last_day(record) > newest or not _last_day(record) for record in others)


def _last_day(record: Record) -> str:
    when = record.end or record.start
    return when.day if when else ""


def _entries(records: Iterable[Kept], say: Callable[[Kept], Saying]) -> tuple[Entry, ...]:
    entries = []
    for group in _by_name(records):
        by_title = sorted(group, key=lambda kept: kept.record.title)
        newest_first = sorted(by_title, key=lambda kept: _last_day(kept.record), reverse=True)
        title = named(newest_first[0].record)
        entries.append(Entry(title=title, says=_joined(_under(title, kept, say(kept)) for kept in newest_first)))
    return tuple(entries)


def _under(title: str, kept: Kept, saying: Saying) -> Saying:
    """Keep the source's own name for it where that is not the entry's title."""
    own = named(kept.record)
    if own.casefold() == title.casefold():
        return saying
    text, brief = (": ".join(filter(None, (own, said))) for said in (saying.text, saying.brief))
    return replace(saying, text=text, brief=brief)


def _joined(says: Iterable[Saying]) -> tuple[Saying, ...]:
    """One saying for each different text and date, with all its sources."""
    same: dict[tuple[str, str], list[Saying]] = {}
    for saying in says:
        same.setdefault((saying.when, saying.text.casefold()), []).append(saying)
    return tuple(
        replace(
            group[0],
            sources=tuple(sorted({number for saying in group for number in saying.sources})),
            records=tuple(record for saying in group for record in saying.records),
        )
        for group in same.values()
    )


def _by_name(records: Iterable[Kept]) -> list[list[Kept]]:
    """Put together records that share a printed name or a code of a published list."""
    groups: list[list[Kept]] = []
    known: dict[object, list[Kept]] = {}
    for kept in records:
        codes = {(code.system, code.code) for code in kept.record.codes if code.system}
        names = (" ".join(kept.record.title.casefold().split()), *sorted(codes))
        group = next((known[name] for name in names if name in known), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(kept)
        known |= dict.fromkeys(names, group)
    return groups
