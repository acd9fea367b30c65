"""What every page of a case shows around its own part: the question, the steps, the guide."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from secondlens.actions.cases import case_file
from secondlens.content import guides, to_html, words
from secondlens.domain.case import CaseFile, Step, steps_done
from secondlens.domain.when import When
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.rendering import Visit, go, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """`rail` holds (label, address, state) for the eight steps; `home` is the address of the case."""

    question: str
    home: str
    step: str
    leaves: str
    takes: str
    rail: tuple[tuple[str, str, str], ...]
    guide: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForm:
    """A step that is one form. `values` holds what stands in each field; `here` is where the form goes."""

    frame: Frame
    here: str
    values: Mapping[str, str]
    mistakes: Mistakes = NO_MISTAKES


def file_of(visit: Visit) -> CaseFile:
    """The case in the address. Raises NotFound."""
    return case_file(visit.vault, visit.part("case"))


def path_of(file: CaseFile, part: str = "") -> str:
    """The path of a case's page, for `url` and `go`."""
    return f"case/{file.case.id}" + (f"/{part}" if part else "")


def frame_of(visit: Visit, file: CaseFile, step: Step) -> Frame:
    """The frame of one step's page."""
    done, word = steps_done(file), words().step(step)
    guide = next(guide for guide in guides() if guide.step == step)
    return Frame(
        question=file.case.record.title,
        home=visit.url(path_of(file)),
        step=word.name,
        leaves=word.leaves,
        takes=word.takes,
        rail=tuple(
            (words().step(other).name, visit.url(path_of(file, other)), _state(other, step, done))
            for other in Step
        ),
        guide=Markup(to_html(guide.body)),  # noqa: S704  (our own content, checked, raw HTML off)
    )


def show_step(
    visit: Visit,
    file: CaseFile,
    step: Step,
    values: Mapping[str, str],
    mistakes: Mistakes = NO_MISTAKES,
) -> Response:
    """Show a step that is one form; a form with mistakes comes back with what was typed."""
    page = StepForm(
        frame=frame_of(visit, file, step),
        here=visit.url(path_of(file, step)),
        values=values,
        mistakes=mistakes,
    )
    return render(visit, f"case/{step}.html", page, status=422 if mistakes else 200)


def back_to(visit: Visit, file: CaseFile) -> Response:
    """After a change: the page of the case, which says what comes next."""
    return go(visit, path_of(file))


def typed(visit: Visit, *names: str) -> dict[str, str]:
    """What was typed into the fields of a form."""
    return {name: visit.form.text(name) for name in names}


def shown(when: When | None) -> str:
    """A date for a field, as the person would write it."""
    return when.plain() if when else ""


def _state(step: Step, here: Step, done: frozenset[Step]) -> str:
    if step is here:
        return "here"
    return "done" if step in done else "open"
