"""What one doctor said, in the person's notes: the first opinion and the second, with the same fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from secondlens.content import words
from secondlens.domain.case import CaseFile, Opinion
from secondlens.errors import NotFound
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.pages.case._frame import back_to, file_of, path_of, shown, typed
from secondlens.web.rendering import Visit, render

_FIELDS = ("doctor", "said", "when", "looked_at", "plan", "urgency", "unexplained")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionPage:
    """`first` tells which of the two it is."""

    question: str
    home: str
    here: str
    first: bool
    name: str
    values: Mapping[str, str]
    mistakes: Mistakes


def show(visit: Visit) -> Response:
    """The notes as they stand."""
    file = file_of(visit)
    opinion = file.opinion(_order(visit))
    values = {
        "doctor": opinion.doctor if opinion else "",
        "said": opinion.title if opinion else "",
        "when": shown(opinion.start) if opinion else "",
        "looked_at": (opinion and opinion.looked_at) or "",
        "plan": (opinion and opinion.plan) or "",
        "urgency": (opinion and opinion.urgency) or "",
        "unexplained": (opinion and opinion.unexplained) or "",
    }
    return _page(visit, file, values)


def save(visit: Visit) -> Response:
    """Keep the notes; only who and what are needed."""
    file, form = file_of(visit), visit.form
    mistakes = (
        NO_MISTAKES.missing(form, "doctor", "Write who said it. A role is fine, such as: my rheumatologist.")
        .missing(form, "said", "Write what they said, as you remember it. Short is fine.")
        .date(form, "when")
    )
    if mistakes:
        return _page(visit, file, typed(visit, *_FIELDS), mistakes)
    opinion = Opinion(
        case=file.case.id,
        title=form.text("said"),
        doctor=form.text("doctor"),
        order=_order(visit),
        start=form.when("when"),
        looked_at=form.optional("looked_at"),
        plan=form.optional("plan"),
        urgency=form.optional("urgency"),
        unexplained=form.optional("unexplained"),
    )
    before = file.opinion(opinion.order)
    if before:
        visit.vault.revise(file.id_of(before), opinion)
    else:
        visit.vault.add(opinion)
    return back_to(visit, file)


def _order(visit: Visit) -> str:
    order = visit.part("order")
    if order not in words().orders:
        raise NotFound("There is a first and a second opinion, no other. Go back to your case.")
    return order


def _page(visit: Visit, file: CaseFile, values: Mapping[str, str], mistakes: Mistakes = NO_MISTAKES) -> Response:
    order = _order(visit)
    page = OpinionPage(
        question=file.case.record.title,
        home=visit.url(path_of(file)),
        here=visit.url(path_of(file, f"opinion/{order}")),
        first=order == "first",
        name=words().orders[order],
        values=values,
        mistakes=mistakes,
    )
    return render(visit, "case/opinion.html", page, status=422 if mistakes else 200)
