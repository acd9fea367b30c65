"""The Case: one question, one decision, eight steps, each usable alone and in any order."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from secondlens.domain.record import Kept, Record
from secondlens.domain.when import When

_Part = TypeVar("_Part", bound="CasePart")


class Step(StrEnum):
    """The eight steps, in the order they usually come."""

    NOTICE = "notice"
    DECIDE = "decide"
    ASK = "ask"
    GATHER = "gather"
    PREPARE = "prepare"
    MEET = "meet"
    COMPARE = "compare"
    FOLLOW_THROUGH = "follow-through"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Record):
    """`title` is the one question; `decision` the one decision it serves, in the person's words."""

    decision: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePart(Record):
    """Something that belongs to one case; `case` is the case's id."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason(CasePart):
    """`title` is why, in a few sentences; `start` when it began; `goal` what would make this worth it."""

    goal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(CasePart):
    """Whether to ask for a second opinion. `title` is "yes", "not-now" or "no"; `start` when decided.

    `specialty` is who should look, `by` the time limit the person set.
    """

    specialty: str | None = None
    by: When | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion(CasePart):
    """What one doctor said, in the person's notes. `title` is what the doctor says it is; `start` when.

    `order` is "first" or "second". `unexplained` is what it does not explain, as the person sees it.
    """

    doctor: str
    order: str
    looked_at: str | None = None
    plan: str | None = None
    urgency: str | None = None
    unexplained: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(CasePart):
    """Words to say or send. `title` is the text; `frame` and `channel` name the content it grew from."""

    frame: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(CasePart):
    """`title` is the question; `rank` 1 is asked first."""

    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketChoice(CasePart):
    """Which records go into the packet, by id; records not named stay out."""

    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketMade(CasePart):
    """A packet was made. `title` is its file name; `sha256` the fingerprint of its bytes."""

    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNote(CasePart):
    """What was said at the second visit. `title` is the answer in short; `next_steps` what was agreed."""

    doctor: str
    next_steps: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(CasePart):
    """How the case ended for now. `title` is the summary; `told_first_doctor` what was shared back."""

    told_first_doctor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case with everything that belongs to it: the newest version of each part, oldest part first."""

    case: Kept
    parts: tuple[Kept, ...] = ()

    def of(self, kind: type[_Part]) -> tuple[_Part, ...]:
        """All parts of one kind."""
        return tuple(part.record for part in self.parts if isinstance(part.record, kind))

    def last(self, kind: type[_Part]) -> _Part | None:
        """The part of one kind that was added last."""
        return next(reversed(self.of(kind)), None)

    def id_of(self, record: CasePart) -> str:
        """The id the vault knows a part by."""
        return next(part.id for part in self.parts if part.record is record)

    def opinion(self, order: str) -> Opinion | None:
        """The newest opinion of one order, "first" or "second"."""
        return next((opinion for opinion in reversed(self.of(Opinion)) if opinion.order == order), None)

    def questions(self) -> tuple[Question, ...]:
        """The questions, most important first."""
        return tuple(sorted(self.of(Question), key=lambda question: question.rank))


def steps_done(file: CaseFile) -> frozenset[Step]:
    """The steps that have left what they are for. A step can be done before the ones before it."""
    decision = file.last(Decision)
    left = {
        Step.NOTICE: file.last(Reason),
        Step.DECIDE: decision and decision.title == "yes",
        Step.ASK: file.last(Script),
        Step.GATHER: file.last(PacketChoice),
        Step.PREPARE: file.last(PacketMade),
        Step.MEET: file.last(VisitNote),
        Step.COMPARE: file.opinion("first") and file.opinion("second"),
        Step.FOLLOW_THROUGH: file.last(Outcome),
    }
    return frozenset(step for step, what in left.items() if what)


def next_step(file: CaseFile) -> Step | None:
    """The first step still open; None when all are done, or the person decided against asking, for now."""
    decision = file.last(Decision)
    if decision and decision.title != "yes":
        return None
    done = steps_done(file)
    return next((step for step in Step if step not in done), None)


# What the packet still lacks, in the order a reader would miss it. The words are in content/words.toml.
GAPS = ("reason", "decision", "first-opinion", "unexplained", "questions", "choice")


def gaps(file: CaseFile) -> tuple[str, ...]:
    """Name what a reader of the packet would miss, of GAPS."""
    opinion, decision = file.opinion("first"), file.last(Decision)
    present = {
        "reason": file.last(Reason),
        "decision": decision or (isinstance(file.case.record, Case) and file.case.record.decision),
        "first-opinion": opinion,
        "unexplained": opinion and opinion.unexplained,
        "questions": file.questions(),
        "choice": file.last(PacketChoice),
    }
    return tuple(gap for gap in GAPS if not present[gap])
