"""Notice: the reason in a few sentences, and the goal. The red-flag cards come first."""

from starlette.responses import Response

from secondlens.actions.cases import save_part
from secondlens.domain.case import Reason, Step
from secondlens.web.forms import NO_MISTAKES
from secondlens.web.pages.case._frame import back_to, file_of, show_step, shown, typed
from secondlens.web.rendering import Visit


def show(visit: Visit) -> Response:
    """The reason as it stands."""
    file = file_of(visit)
    reason = file.last(Reason)
    values = {
        "reason": reason.title if reason else "",
        "since": shown(reason.start) if reason else "",
        "goal": (reason and reason.goal) or "",
    }
    return show_step(visit, file, Step.NOTICE, values)


def save(visit: Visit) -> Response:
    """Keep the reason."""
    file = file_of(visit)
    values = typed(visit, "reason", "since", "goal")
    mistakes = NO_MISTAKES.missing(visit.form, "reason", "Write a sentence or two. You can change them any time.")
    mistakes = mistakes.date(visit.form, "since")
    if mistakes:
        return show_step(visit, file, Step.NOTICE, values, mistakes)
    reason = Reason(
        case=file.case.id,
        title=values["reason"],
        start=visit.form.when("since"),
        goal=visit.form.optional("goal"),
    )
    save_part(visit.vault, file, reason)
    return back_to(visit, file)
