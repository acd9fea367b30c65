"""Meet: the questions to have at hand in the room, and what was said, written down after."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from secondlens.actions.cases import save_part
from secondlens.domain.case import CaseFile, Step, VisitNote
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.pages.case._frame import Frame, back_to, file_of, frame_of, path_of, shown, typed
from secondlens.web.rendering import Visit, render

_FIELDS = ("doctor", "when", "answer", "next_steps")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetPage:
    """`questions` are the texts, first asked first; `second` is where the second opinion is written."""

    frame: Frame
    here: str
    questions: tuple[str, ...]
    second: str
    values: Mapping[str, str]
    mistakes: Mistakes


def show(visit: Visit) -> Response:
    """The list for the room, and the notes as they stand."""
    file = file_of(visit)
    note = file.last(VisitNote)
    values = {
        "doctor": note.doctor if note else "",
        "when": shown(note.start) if note else "",
        "answer": note.title if note else "",
        "next_steps": (note and note.next_steps) or "",
    }
    return _page(visit, file, values)


def save(visit: Visit) -> Response:
    """Keep the notes."""
    file, form = file_of(visit), visit.form
    mistakes = (
        NO_MISTAKES.missing(form, "doctor", "Write who you met. A role is fine.")
        .missing(form, "answer", "Write what you heard, in a few words. More can wait.")
        .date(form, "when")
    )
    if mistakes:
        return _page(visit, file, typed(visit, *_FIELDS), mistakes)
    note = VisitNote(
        case=file.case.id,
        title=form.text("answer"),
        doctor=form.text("doctor"),
        start=form.when("when"),
        next_steps=form.optional("next_steps"),
    )
    save_part(visit.vault, file, note)
    return back_to(visit, file)


def _page(visit: Visit, file: CaseFile, values: Mapping[str, str], mistakes: Mistakes = NO_MISTAKES) -> Response:
    page = MeetPage(
        frame=frame_of(visit, file, Step.MEET),
        here=visit.url(path_of(file, Step.MEET)),
        questions=tuple(question.title for question in file.questions()),
        second=visit.url(path_of(file, "opinion/second")),
        values=values,
        mistakes=mistakes,
    )
    return render(visit, "case/meet.html", page, status=422 if mistakes else 200)
