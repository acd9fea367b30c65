"""More: how the pages look, when they lock, where the vault is, if it is whole, how to get everything out."""

from dataclasses import dataclass, replace
from importlib.metadata import version

from starlette.responses import Response

from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.remembered import LOCK_MINUTES, THEMES
from secondlens.web.rendering import Visit, go, render

_THEME_WORDS = (
    ("system", "As on this device", None),
    ("light", "Light", None),
    ("dark", "Dark", None),
    ("sepia", "Sepia", "Warm paper, for eyes that tire easily"),
)
_TIME_WORDS = tuple((str(minutes), f"After {minutes} minutes", None) for minutes in LOCK_MINUTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """`folder` is where the vault lies, None when none is open; `themes` and `times` are (value, label, hint)."""

    folder: str | None
    theme: str
    minutes: str
    version: str
    themes: tuple[tuple[str, str, str | None], ...] = _THEME_WORDS
    times: tuple[tuple[str, str, None], ...] = _TIME_WORDS
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """The page behind More."""
    return _page(visit, NO_MISTAKES)


def choose_theme(visit: Visit) -> Response:
    """Use another theme from now on."""
    theme = visit.form.choice("theme", THEMES)
    if theme is None:
        return _page(visit, NO_MISTAKES.plus("theme", "Choose one of the looks."))
    visit.door.choose_settings(replace(visit.door.settings, theme=theme))
    return go(visit, "more")


def choose_lock(visit: Visit) -> Response:
    """Lock after another time without use from now on."""
    minutes = visit.form.choice("minutes", tuple(map(str, LOCK_MINUTES)))
    if minutes is None:
        return _page(visit, NO_MISTAKES.plus("minutes", "Choose one of the times."))
    visit.door.choose_settings(replace(visit.door.settings, lock_minutes=int(minutes)))
    return go(visit, "more")


def _page(visit: Visit, mistakes: Mistakes) -> Response:
    page = More(
        folder=str(visit.door.folder) if visit.door.vault else None,
        theme=visit.door.settings.theme,
        minutes=str(visit.door.settings.lock_minutes),
        version=version("secondlens"),
        mistakes=mistakes,
    )
    return render(visit, "more.html", page, status=422 if mistakes else 200)
