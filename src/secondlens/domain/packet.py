"""What is handed over: one content model that feeds paper and screen.

The reader is a clinician with one minute. Every line names its sources, nothing is merged that differs, and
what a source denies is never listed as so. Words here are for people; the layout belongs to the exporters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from secondlens.domain.case import Case, CaseFile, CasePart, Decision, Opinion, PacketChoice, Reason
from secondlens.domain.clinical import Composition, DiagnosticReport, DocumentReference
from secondlens.domain.packet_parts import Part, Saying, parts_of, sayings
from secondlens.domain.packet_words import is_error
from secondlens.domain.people import Patient
from secondlens.domain.record import Kept
from secondlens.domain.results import Result, results_over_time
from secondlens.domain.source import Source
from secondlens.domain.timeline import Event, events_of
from secondlens.domain.when import When

_NO_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Text a record holds in its own words, such as a report's conclusion."""

    title: str
    when: str
    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """A place facts come from. `sha256` names the original in the vault; None for the person's own words."""

    number: int
    text: str
    sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The case in the person's own words. Dates are plain; None where nothing was written."""

    question: str
    decision: str | None = None
    specialty: str | None = None
    by: str | None = None
    reason: str | None = None
    goal: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOpinion:
    """What the first doctor said, as the person noted it."""

    text: str
    doctor: str
    when: str
    looked_at: str | None = None
    plan: str | None = None
    urgency: str | None = None
    unexplained: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """Everything one reader gets. Page one shows the beginning of each list; the details show all of it.

    `names`, `births` and `sexes` hold one saying for each version the sources give. `parts` come in reading
    order, empty ones too, so that a page can say "nothing recorded". `told` names the section texts left out
    because the same section's facts are listed. `chosen` tells whether the person picked
    the records. `undated` counts the events that are not on the timeline because no source dates them.
    """

    made_on: date
    sample: bool
    chosen: bool
    names: tuple[Saying, ...]
    births: tuple[Saying, ...]
    sexes: tuple[Saying, ...]
    asked: Asked
    opinion: FirstOpinion | None
    parts: tuple[Part, ...]
    results: tuple[Result, ...]
    passages: tuple[Passage, ...]
    told: tuple[str, ...]
    timeline: tuple[Event, ...]
    undated: int
    footnotes: tuple[Footnote, ...]

    def part(self, name: str) -> Part:
        """One part by its short name, such as "problems"."""
        return next(part for part in self.parts if part.name == name)


def build_packet(  # noqa: PLR0913 - the keywords belong to the one call that makes a packet
    file: CaseFile,
    records: Sequence[Kept],
    documents: Mapping[str, str],
    made_on: date,
    *,
    words: Mapping[str, str] = _NO_WORDS,
    chosen_with: Mapping[str, str] = _NO_WORDS,
    sample: bool = False,
) -> Packet:
    """Gather a case and its records.

    `documents` gives the file name of each original by its SHA-256; `words` gives plain words for FHIR codes,
    and a code without one is printed as it is. Only records the last PacketChoice names go in; without a
    choice, all. `chosen_with` gives the record whose choice counts for one that tells the same fact. What a source
    took back as entered in error never goes in.
    """
    sound = tuple(kept for kept in records if not is_error(kept.record))
    choice = file.last(PacketChoice)
    inside = tuple(
        kept
        for kept in sound
        if _clinical(kept)
        and (not choice or kept.id in choice.chosen or chosen_with.get(kept.id) in choice.chosen)
    )
    people = tuple(kept for kept in sound if isinstance(kept.record, Patient))
    index = _Index(sound, documents, (*people, *inside))
    opinion = file.opinion("first")
    untold = _untold(inside)
    timeline, undated = events_of(inside, opinion, index)
    return Packet(
        made_on=made_on,
        sample=sample,
        chosen=choice is not None,
        names=sayings(people, index, lambda patient: patient.title),
        births=sayings(people, index, lambda patient: _plain(getattr(patient, "birth", None))),
        sexes=sayings(people, index, lambda patient: _word(getattr(patient, "sex", None), words)),
        asked=_asked(file),
        opinion=_first_opinion(opinion),
        parts=parts_of(inside, index, made_on, words, documents),
        results=results_over_time(inside, index, words),
        passages=_passages(untold, index),
        told=tuple(dict.fromkeys(kept.record.title for kept in inside if kept not in untold)),
        timeline=timeline,
        undated=undated,
        footnotes=index.footnotes,
    )


class _Index:
    """Numbers the places facts come from, in order of first use."""

    def __init__(self, sound: Iterable[Kept], documents: Mapping[str, str], used: Iterable[Kept]) -> None:
        self._titles = _document_titles(sound)
        self._documents = documents
        self._numbers: dict[tuple[str | None, str | None], int] = {}
        for kept in used:
            self._numbers.setdefault(_place(kept.record.source), len(self._numbers) + 1)

    def __call__(self, kept: Kept) -> int:
        """The footnote number of one record."""
        return self._numbers[_place(kept.record.source)]

    @property
    def footnotes(self) -> tuple[Footnote, ...]:
        """Every place, in the order of its number."""
        return tuple(
            Footnote(number=number, text=self._text(*place), sha256=place[0])
            for place, number in self._numbers.items()
        )

    def _text(self, sha256: str | None, section: str | None) -> str:
        if sha256 is None:
            return "Written by the person, in the person's words"
        name = self._documents.get(sha256)
        origin = f"from {name}" if name else f"from a file without a name here (fingerprint {sha256[:12]})"
        pieces = (self._titles.get(sha256), origin, f"section {section}" if section else None)
        text = ", ".join(piece for piece in pieces if piece)
        return text[0].upper() + text[1:]


def _place(source: Source | None) -> tuple[str | None, str | None]:
    return (source.sha256, source.section) if source else (None, None)


def _document_titles(records: Iterable[Kept]) -> dict[str, str]:
    """Title and date of each file that describes itself; a file that lists several documents does not."""
    found: dict[str, list[str]] = {}
    for kept in records:
        record = kept.record
        if isinstance(record, DocumentReference) and record.source and not record.source.section:
            title = f"{record.title}, {record.start.plain()}" if record.start else record.title
            found.setdefault(record.source.sha256, []).append(title)
    return {sha256: titles[0] for sha256, titles in found.items() if len(titles) == 1}


def _clinical(kept: Kept) -> bool:
    return not isinstance(kept.record, (Case, CasePart, Patient))


def _asked(file: CaseFile) -> Asked:
    case, decision, reason = file.case.record, file.last(Decision), file.last(Reason)
    return Asked(
        question=case.title,
        decision=case.decision if isinstance(case, Case) else None,
        specialty=decision.specialty if decision else None,
        by=_plain(decision.by) if decision else None,
        reason=reason.title if reason else None,
        goal=reason.goal if reason else None,
        questions=tuple(question.title for question in file.questions()),
    )


def _first_opinion(opinion: Opinion | None) -> FirstOpinion | None:
    if opinion is None:
        return None
    return FirstOpinion(
        text=opinion.title,
        doctor=opinion.doctor,
        when=_plain(opinion.start) or "date unknown",
        looked_at=opinion.looked_at,
        plan=opinion.plan,
        urgency=opinion.urgency,
        unexplained=opinion.unexplained,
    )


def _untold(records: Sequence[Kept]) -> tuple[Kept, ...]:
    """Leave out a section's text where its own entries are listed as facts."""
    listed = {_place(kept.record.source) for kept in records if not isinstance(kept.record, Composition)}
    return tuple(
        kept
        for kept in records
        if not isinstance(kept.record, Composition)
        or not (kept.record.source and kept.record.source.section)
        or _place(kept.record.source) not in listed
    )


def _passages(records: Iterable[Kept], index: _Index) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            title=kept.record.title,
            when=_plain(kept.record.start) or "date unknown",
            text=kept.record.text,
            sources=(index(kept),),
        )
        for kept in records
        if isinstance(kept.record, (Composition, DiagnosticReport)) and kept.record.text
    )


def _plain(when: When | None) -> str | None:
    return when.plain() if when else None


def _word(code: str | None, words: Mapping[str, str]) -> str | None:
    return words.get(code, code) if code else None
