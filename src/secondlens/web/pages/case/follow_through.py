"""Follow through: how it ended for now, and what the first doctor was told."""

from starlette.responses import Response

from secondlens.actions.cases import save_part
from secondlens.domain.case import Outcome, Step
from secondlens.web.forms import NO_MISTAKES
from secondlens.web.pages.case._frame import back_to, file_of, show_step, typed
from secondlens.web.rendering import Visit


def show(visit: Visit) -> Response:
    """The outcome as it stands."""
    file = file_of(visit)
    outcome = file.last(Outcome)
    values = {
        "outcome": outcome.title if outcome else "",
        "told": (outcome and outcome.told_first_doctor) or "",
    }
    return show_step(visit, file, Step.FOLLOW_THROUGH, values)


def save(visit: Visit) -> Response:
    """Keep the outcome."""
    file = file_of(visit)
    mistakes = NO_MISTAKES.missing(visit.form, "outcome", "Write where things stand now. One sentence is enough.")
    if mistakes:
        values = typed(visit, "outcome", "told")
        return show_step(visit, file, Step.FOLLOW_THROUGH, values, mistakes)
    outcome = Outcome(
        case=file.case.id, title=visit.form.text("outcome"), told_first_doctor=visit.form.optional("told")
    )
    save_part(visit.vault, file, outcome)
    return back_to(visit, file)
