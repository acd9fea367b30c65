"""A new recovery code: shown once, printed as a sheet, typed again from paper. And checking the one on paper."""

from dataclasses import dataclass
from typing import get_args

from starlette.responses import Response

from secondlens.actions.today import today
from secondlens.errors import Locked, NotFound
from secondlens.exporters.recovery_sheet import Paper, recovery_sheet
from secondlens.vault import new_recovery_code, same_code
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.pages.safekeeping.proof import asked, proven
from secondlens.web.rendering import Visit, go, render

_NOTHING = "Type the whole code from your paper."


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code on the shelf until it was typed again. `opens`: it is a way in already, as for a new vault."""

    code: str
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The code to print; `here` is the address of this page."""

    groups: tuple[str, ...]
    opens: bool
    here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """The field to type the code from paper; `back` shows it once more, None when it is not held any more.

    `typed` comes back after a slip: nobody should type 36 letters twice for one.
    """

    here: str
    opens: bool = True
    back: str | None = None
    typed: str = ""
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What a new code does to the old one, and the secret that is asked for first."""

    here: str
    secret: str
    mistakes: Mistakes = NO_MISTAKES


def show_beginning(visit: Visit) -> Response:
    """Say what a new code means before there is one."""
    return render(visit, "safekeeping/new_code.html", Begin(here=visit.url("ways/code"), secret=asked(visit)))


def begin(visit: Visit) -> Response:
    """Make a code. It opens nothing until it was typed from paper."""
    if mistakes := proven(visit, NO_MISTAKES):
        page = Begin(here=visit.url("ways/code"), secret=asked(visit), mistakes=mistakes)
        return render(visit, "safekeeping/new_code.html", page, status=422)
    return go(visit, f"code/{visit.door.shelf.put(NewCode(new_recovery_code(), opens=False))}")


def show(visit: Visit) -> Response:
    """The code, with the button that makes the sheet."""
    new = visit.door.shelf.get(visit.part("key"), NewCode)
    page = Shown(groups=tuple(new.code.split("-")), opens=new.opens, here=_here(visit))
    return render(visit, "safekeeping/code.html", page)


def download_sheet(visit: Visit) -> Response:
    """The sheet as PDF, made in memory."""
    new = visit.door.shelf.get(visit.part("key"), NewCode)
    paper: Paper = "us-letter" if visit.form.choice("paper", get_args(Paper)) == "us-letter" else "a4"
    name = visit.vault.folder.stem if visit.form.text("name") else None
    return Response(
        recovery_sheet(new.code, today(), paper=paper, vault_name=name),
        media_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="recovery-sheet.pdf"'},
    )


def show_typing(visit: Visit) -> Response:
    """The field for the code, without the code."""
    new = visit.door.shelf.get(visit.part("key"), NewCode)
    page = Typing(here=f"{_here(visit)}/type", opens=new.opens, back=_here(visit))
    return render(visit, "safekeeping/type_code.html", page)


def take_typed(visit: Visit) -> Response:
    """Let the code count once it was typed from paper, and forget it. "Later" leaves everything as it was."""
    new = visit.door.shelf.get(visit.part("key"), NewCode)
    if visit.form.text("answer") == "later":
        visit.door.shelf.drop(visit.part("key"))
        return go(visit, "" if new.opens else "ways")
    mistakes = _slips(visit, new)
    if not mistakes and not new.opens:
        visit.vault.set_recovery_code(new.code)
    mistakes = mistakes or _checked(visit)
    if mistakes:
        page = Typing(
            here=f"{_here(visit)}/type",
            opens=new.opens,
            back=_here(visit),
            typed=visit.form.text("code"),
            mistakes=mistakes,
        )
        return render(visit, "safekeeping/type_code.html", page, status=422)
    visit.door.shelf.drop(visit.part("key"))
    return go(visit, "" if new.opens else "ways")


def show_check(visit: Visit) -> Response:
    """The field for the code of now, which nobody but the person has."""
    return render(visit, "safekeeping/type_code.html", Typing(here=visit.url("ways/check")))


def check(visit: Visit) -> Response:
    """Prove that the code on paper opens this vault."""
    if mistakes := _checked(visit):
        page = Typing(here=visit.url("ways/check"), typed=visit.form.text("code"), mistakes=mistakes)
        return render(visit, "safekeeping/type_code.html", page, status=422)
    return go(visit, "ways")


def _checked(visit: Visit) -> Mistakes:
    typed = visit.form.text("code")
    if not typed:
        return NO_MISTAKES.plus("code", _NOTHING)
    try:
        visit.vault.check_recovery_code(typed)
    except (Locked, NotFound) as error:
        return NO_MISTAKES.plus("code", str(error))
    return NO_MISTAKES


def _slips(visit: Visit, new: NewCode) -> Mistakes:
    """What is wrong with the code as it was typed; the groups of a slip are named."""
    try:
        if same_code(visit.form.text("code"), new.code):
            return NO_MISTAKES
    except Locked as error:
        return NO_MISTAKES.plus(
            "code", str(error) if visit.form.text("code") else "Type the whole code from paper."
        )
    return NO_MISTAKES.plus("code", "This is another recovery code. Type the one that was made just now.")


def _here(visit: Visit) -> str:
    return visit.url(f"code/{visit.part('key')}")
