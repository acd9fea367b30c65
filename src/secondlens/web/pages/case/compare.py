"""Compare: the first and the second opinion side by side, as noted. Never who is right."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.content import words
from secondlens.domain.case import Opinion, Step
from secondlens.web.pages.case._frame import Frame, file_of, frame_of, path_of
from secondlens.web.rendering import Visit, render

_TOPICS = ("title", "looked_at", "plan", "urgency", "unexplained")
NOT_NOTED = "Not noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """`rows` holds (topic, first, second, how they compare, tone); None while an opinion is missing."""

    frame: Frame
    first: str | None
    second: str | None
    first_form: str
    second_form: str
    rows: tuple[tuple[str, str, str, str, str], ...]


def show(visit: Visit) -> Response:
    """Both opinions, or which one is still to be written down."""
    file = file_of(visit)
    first, second = file.opinion("first"), file.opinion("second")
    page = ComparePage(
        frame=frame_of(visit, file, Step.COMPARE),
        first=_who(first),
        second=_who(second),
        first_form=visit.url(path_of(file, "opinion/first")),
        second_form=visit.url(path_of(file, "opinion/second")),
        rows=tuple(_row(topic, first, second) for topic in _TOPICS) if first and second else (),
    )
    return render(visit, "case/compare.html", page)


def _row(topic: str, first: Opinion, second: Opinion) -> tuple[str, str, str, str, str]:
    left, right = getattr(first, topic), getattr(second, topic)
    return words().field(topic), left or NOT_NOTED, right or NOT_NOTED, *_compared(left, right)


def _compared(left: str | None, right: str | None) -> tuple[str, str]:
    """How two notes compare, as far as words alone can tell: the same words, one silent, or two answers."""
    if not left and not right:
        return "Both silent", "plain"
    if not left or not right:
        return "One is silent", "tint"
    return ("Same words", "tint") if left.casefold() == right.casefold() else ("Read both", "warm")


def _who(opinion: Opinion | None) -> str | None:
    if opinion is None:
        return None
    return f"{opinion.doctor}, {opinion.start.plain()}" if opinion.start else opinion.doctor
