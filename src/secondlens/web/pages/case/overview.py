"""All cases, a new case, and one case with what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.responses import Response

from secondlens.actions.cases import case_file, case_files, open_case
from secondlens.content import words
from secondlens.domain.case import Case, CaseFile, Decision, PacketMade, Step, gaps, next_step, steps_done
from secondlens.domain.record import Kept
from secondlens.errors import NotFound
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.pages.case._frame import file_of, path_of, typed
from secondlens.web.rendering import Visit, go, plain_day, render

# Where each gap of a packet is filled.
_PLACE = {
    "reason": Step.NOTICE.value,
    "decision": "question",
    "first-opinion": "opinion/first",
    "unexplained": "opinion/first",
    "questions": Step.PREPARE.value,
    "choice": Step.GATHER.value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """(question, address, when last changed) for each case."""

    cases: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionForm:
    """The one question and the one decision."""

    here: str
    back: str | None
    values: Mapping[str, str]
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """The step that comes next."""

    name: str
    leaves: str
    takes: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`steps` holds (name, what it leaves, address, done); `missing` (what, what to do, address)."""

    question: str
    decision: str | None
    change: str
    coming: Coming | None
    paused: str | None
    steps: tuple[tuple[str, str, str, bool], ...]
    missing: tuple[tuple[str, str, str], ...]
    packets: tuple[tuple[str, str], ...]
    packet: str


def show_cases(visit: Visit) -> Response:
    """The only case itself, or the list, or the way to begin."""
    files = case_files(visit.vault)
    if len(files) == 1:
        return go(visit, path_of(files[0]))
    cases = tuple(
        (file.case.record.title, visit.url(path_of(file)), plain_day(_newest(file).recorded_at)) for file in files
    )
    return render(visit, "case/cases.html", Cases(cases=cases))


def show_new(visit: Visit) -> Response:
    """Ask for the question and the decision."""
    return _question_page(visit, visit.url("case/new"), None, {"question": "", "decision": ""})


def make_new(visit: Visit) -> Response:
    """Start the case."""
    values, mistakes = _read(visit)
    if mistakes:
        return _question_page(visit, visit.url("case/new"), None, values, mistakes)
    return go(visit, path_of(open_case(visit.vault, values["question"], values["decision"] or None)))


def show_question(visit: Visit) -> Response:
    """The question and the decision, to say them better."""
    file = file_of(visit)
    case = _case(file)
    values = {"question": case.title, "decision": case.decision or ""}
    return _question_page(visit, visit.url(path_of(file, "question")), visit.url(path_of(file)), values)


def change_question(visit: Visit) -> Response:
    """Keep the better words; the ones before stay as an older version."""
    file = file_of(visit)
    values, mistakes = _read(visit)
    if mistakes:
        here, back = visit.url(path_of(file, "question")), visit.url(path_of(file))
        return _question_page(visit, here, back, values, mistakes)
    case = replace(_case(file), title=values["question"], decision=values["decision"] or None)
    visit.vault.revise(file.case.id, case)
    return go(visit, path_of(file))


def show_case(visit: Visit) -> Response:
    """One case: what comes next first, then all steps, then what a reader would miss."""
    file = case_file(visit.vault, visit.part("case"))
    done, step = steps_done(file), next_step(file)
    page = Overview(
        question=file.case.record.title,
        decision=_case(file).decision,
        change=visit.url(path_of(file, "question")),
        coming=_coming(visit, file, step) if step else None,
        paused=_paused(file),
        steps=tuple(
            (words().step(one).name, words().step(one).leaves, visit.url(path_of(file, one)), one in done)
            for one in Step
        ),
        missing=tuple(
            (words().gap(gap).missing, words().gap(gap).todo, visit.url(path_of(file, _PLACE[gap])))
            for gap in gaps(file)
        ),
        packets=tuple(
            (
                f"Packet of {shown.start.plain() if shown.start else 'an unknown day'}",
                _download(visit, file, shown),
            )
            for shown in reversed(file.of(PacketMade))
        ),
        packet=visit.url(path_of(file, "packet")),
    )
    return render(visit, "case/overview.html", page)


def _download(visit: Visit, file: CaseFile, made: PacketMade) -> str:
    return visit.url(path_of(file, f"packet/{made.sha256[:16]}"))


def _coming(visit: Visit, file: CaseFile, step: Step) -> Coming:
    word = words().step(step)
    return Coming(name=word.name, leaves=word.leaves, takes=word.takes, href=visit.url(path_of(file, step)))


def _paused(file: CaseFile) -> str | None:
    decision = file.last(Decision)
    return words().decisions[decision.title] if decision and decision.title != "yes" else None


def _read(visit: Visit) -> tuple[dict[str, str], Mistakes]:
    mistakes = NO_MISTAKES.missing(
        visit.form, "question", "Write the one question you want answered. Rough words are fine."
    )
    return typed(visit, "question", "decision"), mistakes


def _question_page(
    visit: Visit, here: str, back: str | None, values: Mapping[str, str], mistakes: Mistakes = NO_MISTAKES
) -> Response:
    page = QuestionForm(here=here, back=back, values=values, mistakes=mistakes)
    return render(visit, "case/question.html", page, status=422 if mistakes else 200)


def _case(file: CaseFile) -> Case:
    if not isinstance(file.case.record, Case):
        raise NotFound("There is no such case here. Go to My case to see the ones there are.")
    return file.case.record


def _newest(file: CaseFile) -> Kept:
    return max((file.case, *file.parts), key=lambda kept: kept.recorded_at)
