"""The start: make a vault, open one that is here already, or look at the made-up sample person."""

from dataclasses import dataclass
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from secondlens.actions.demo import build_sample
from secondlens.actions.today import today
from secondlens.errors import SecondlensError
from secondlens.vault import create_vault, open_vault
from secondlens.web.folders import FOLDER_MISTAKE, NAME_MISTAKE, is_plain_name, typed_folder, usual_folder
from secondlens.web.forms import NO_MISTAKES, Form, Mistakes
from secondlens.web.pages.safekeeping.code import NewCode
from secondlens.web.rendering import Visit, go, go_in, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A vault that was opened before: its name, the folder it lies in, its whole path and the day."""

    name: str
    place: str
    folder: str
    opened: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Vaults opened before, and what is wrong with the folder that was typed."""

    recents: tuple[Opened, ...]
    folder: str = ""
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """The form for a new vault as it was filled in, without the passphrase."""

    name: str
    folder: str
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """The three ways to begin."""
    return render(visit, "start.html", Start(recents=_recents(visit)))


def choose(visit: Visit) -> Response:
    """Turn to another vault; it is unlocked at the front door."""
    typed = visit.form.text("folder")
    folder = typed_folder(typed)
    if folder is None:
        sentence = "There is no folder with this name. Check it, and type the whole of it."
        page = Start(
            recents=_recents(visit),
            folder=typed,
            mistakes=NO_MISTAKES.plus("folder", sentence),
        )
        return render(visit, "start.html", page, status=422)
    visit.door.choose(folder)
    return RedirectResponse("/", status_code=303)


def open_sample(visit: Visit) -> Response:
    """Build the made-up person and go in. What was there from an earlier look is used again."""
    if visit.door.sample and visit.door.vault is not None:
        return go(visit)
    made = build_sample(visit.door.remembered.folder / "sample", today())
    return go_in(visit.door.take(open_vault(made.vault_folder, passphrase=made.passphrase), sample=True))


def show_new(visit: Visit) -> Response:
    """The form for a new vault."""
    return render(visit, "new.html", New(name="My papers", folder=str(usual_folder())))


def make_new(visit: Visit) -> Response:
    """Make the vault, then show its recovery code."""
    name, typed = visit.form.text("name"), visit.form.text("folder")
    folder, mistakes = typed_folder(typed), _check(visit.form)
    if folder is not None and not mistakes:
        try:
            made = create_vault(folder / f"{name}.vault", visit.form.exact("passphrase"))
        except SecondlensError as error:
            mistakes = NO_MISTAKES.plus("passphrase" if "passphrase" in str(error).lower() else "name", str(error))
    if mistakes:
        return render(visit, "new.html", New(name=name, folder=typed, mistakes=mistakes), status=422)
    session = visit.door.take(made.vault)
    return go_in(session, f"code/{visit.door.shelf.put(NewCode(made.recovery_code, opens=True))}")


def _recents(visit: Visit) -> tuple[Opened, ...]:
    return tuple(
        Opened(
            name=Path(recent.folder).stem,
            place=str(Path(recent.folder).parent),
            folder=recent.folder,
            opened=recent.opened,
        )
        for recent in visit.door.remembered.recents()
    )


def _check(form: Form) -> Mistakes:
    mistakes = NO_MISTAKES
    if not is_plain_name(form.text("name")):
        mistakes = mistakes.plus("name", NAME_MISTAKE)
    if typed_folder(form.text("folder")) is None:
        mistakes = mistakes.plus("folder", FOLDER_MISTAKE)
    if not form.exact("passphrase"):
        return mistakes.plus("passphrase", "Type a passphrase of four words or more.")
    if form.exact("passphrase") != form.exact("again"):
        mistakes = mistakes.plus("again", "The two passphrases are not the same. Type both once more.")
    return mistakes
