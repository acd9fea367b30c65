"""The start: make a vault, open one that is here already, or look at the made-up sample person."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from secondlens.actions.demo import build_sample
from secondlens.errors import SecondlensError
from secondlens.vault import create_vault, open_vault
from secondlens.web.forms import NO_MISTAKES, Form, Mistakes
from secondlens.web.rendering import Visit, go, go_in, render

_NEVER_IN_A_NAME = '<>:"/\\|?*'


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The recovery code to write down; `asked` are the two of its `groups` to type again, from 1."""

    code: str
    groups: int
    asked: tuple[int, int]
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True)
class _NewCode:
    """A recovery code on the shelf until it is confirmed."""

    code: str
    asked: tuple[int, int]

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.code.replace(" ", "-").split("-"))


def show(visit: Visit) -> Response:
    """The three ways to begin."""
    return render(visit, "start.html", Start(recents=_recents(visit)))


def choose(visit: Visit) -> Response:
    """Turn to another vault; it is unlocked at the front door."""
    typed = visit.form.text("folder")
    folder = _folder(typed)
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
    made = build_sample(visit.door.remembered.folder / "sample", datetime.now(UTC).astimezone().date())
    return go_in(visit.door.take(open_vault(made.vault_folder, passphrase=made.passphrase), sample=True))


def show_new(visit: Visit) -> Response:
    """The form for a new vault."""
    return render(visit, "new.html", New(name="My papers", folder=str(_usual_folder())))


def make_new(visit: Visit) -> Response:
    """Make the vault, then show its recovery code."""
    name, typed = visit.form.text("name"), visit.form.text("folder")
    folder, mistakes = _folder(typed), _check(visit.form)
    if folder is not None and not mistakes:
        try:
            made = create_vault(folder / f"{name}.vault", visit.form.exact("passphrase"))
        except SecondlensError as error:
            mistakes = NO_MISTAKES.plus("passphrase" if "passphrase" in str(error).lower() else "name", str(error))
    if mistakes:
        return render(visit, "new.html", New(name=name, folder=typed, mistakes=mistakes), status=422)
    session = visit.door.take(made.vault)
    return go_in(session, f"new/code/{visit.door.shelf.put(_new_code(made.recovery_code))}")


def show_code(visit: Visit) -> Response:
    """The recovery code, until it is confirmed."""
    new = visit.door.shelf.get(visit.part("key"), _NewCode)
    return render(visit, "code.html", Code(code=new.code, groups=len(new.groups), asked=new.asked))


def confirm_code(visit: Visit) -> Response:
    """Let the person in once two groups of their copy are right, and forget the code."""
    new = visit.door.shelf.get(visit.part("key"), _NewCode)
    mistakes = NO_MISTAKES
    for number in new.asked:
        if visit.form.text(f"group-{number}").upper() != new.groups[number - 1]:
            mistakes = mistakes.plus(
                f"group-{number}", f"Group {number} is not the same as above. Check what you wrote down."
            )
    if mistakes:
        page = Code(code=new.code, groups=len(new.groups), asked=new.asked, mistakes=mistakes)
        return render(visit, "code.html", page, status=422)
    visit.door.shelf.drop(visit.part("key"))
    return go(visit)


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
    name = form.text("name")
    if (
        not name
        or name.startswith(".")
        or len(name) > 60
        or set(name) & set(_NEVER_IN_A_NAME)
        or not name.isprintable()
    ):
        mistakes = mistakes.plus("name", "Give a short name of letters, numbers and spaces.")
    if _folder(form.text("folder")) is None:
        mistakes = mistakes.plus("folder", "There is no folder with this name. Choose one that is there.")
    if not form.exact("passphrase"):
        return mistakes.plus("passphrase", "Type a passphrase of four words or more.")
    if form.exact("passphrase") != form.exact("again"):
        mistakes = mistakes.plus("again", "The two passphrases are not the same. Type both once more.")
    return mistakes


def _folder(typed: str) -> Path | None:
    """The folder that was typed; None when it is not there, or cannot be: a name too long, no such person's ~."""
    try:
        folder = Path(typed).expanduser()
        return folder if typed and folder.is_dir() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _new_code(code: str) -> _NewCode:
    number = len(_NewCode(code, (1, 1)).groups)
    first, second = sorted(secrets.SystemRandom().sample(range(1, number + 1), 2))
    return _NewCode(code, (first, second))


def _usual_folder() -> Path:
    documents = Path.home() / "Documents"
    return documents if documents.is_dir() else Path.home()
