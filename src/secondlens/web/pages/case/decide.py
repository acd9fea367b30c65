"""Decide: do I want a second opinion, from whom, by when; and what is known about second opinions, honestly."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from secondlens.actions.cases import save_part
from secondlens.actions.today import today
from secondlens.content import EvidenceCard, evidence, to_html, words
from secondlens.domain.case import CaseFile, Decision, Step
from secondlens.domain.when import When
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.pages.case._frame import Frame, back_to, file_of, frame_of, path_of, shown, typed
from secondlens.web.rendering import Visit, render


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidePage:
    """The choice, and the evidence cards with their words as HTML."""

    frame: Frame
    here: str
    values: Mapping[str, str]
    options: tuple[tuple[str, str, None], ...]
    cards: tuple[tuple[EvidenceCard, Markup], ...]
    mistakes: Mistakes


def show(visit: Visit) -> Response:
    """The decision as it stands."""
    file = file_of(visit)
    decision = file.last(Decision)
    values = {
        "answer": decision.title if decision else "",
        "specialty": (decision and decision.specialty) or "",
        "by": shown(decision.by) if decision else "",
    }
    return _page(visit, file, values)


def save(visit: Visit) -> Response:
    """Keep the decision; "not now" is as good an answer as "yes"."""
    file = file_of(visit)
    answer = visit.form.choice("answer", tuple(words().decisions))
    mistakes = NO_MISTAKES if answer else NO_MISTAKES.plus("answer", "Choose one. You can change it any time.")
    mistakes = mistakes.date(visit.form, "by")
    if mistakes or answer is None:
        return _page(visit, file, typed(visit, "answer", "specialty", "by"), mistakes)
    decision = Decision(
        case=file.case.id,
        title=answer,
        specialty=visit.form.optional("specialty"),
        by=visit.form.when("by"),
        start=When(today().isoformat()),
    )
    save_part(visit.vault, file, decision)
    return back_to(visit, file)


def _page(visit: Visit, file: CaseFile, values: Mapping[str, str], mistakes: Mistakes = NO_MISTAKES) -> Response:
    page = DecidePage(
        frame=frame_of(visit, file, Step.DECIDE),
        here=visit.url(path_of(file, Step.DECIDE)),
        values=values,
        options=tuple((code, text, None) for code, text in words().decisions.items()),
        cards=tuple((card, Markup(to_html(card.body))) for card in evidence()),  # noqa: S704  (our own content)
        mistakes=mistakes,
    )
    return render(visit, "case/decide.html", page, status=422 if mistakes else 200)
