"""More: how the pages look, where the vault is, whether it is whole, and how to get everything out."""

from dataclasses import dataclass
from importlib.metadata import version

from starlette.responses import Response

from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.remembered import THEMES
from secondlens.web.rendering import Visit, go, render

_THEME_WORDS = (
    ("system", "As on this device", None),
    ("light", "Light", None),
    ("dark", "Dark", None),
    ("sepia", "Sepia", "Warm paper, for eyes that tire easily"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """`folder` is where the vault lies, None when none is open; `themes` are (value, label, hint)."""

    folder: str | None
    theme: str
    version: str
    themes: tuple[tuple[str, str, str | None], ...] = _THEME_WORDS
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """The page behind More."""
    return _page(visit, NO_MISTAKES)


def choose_theme(visit: Visit) -> Response:
    """Use another theme from now on."""
    theme = visit.form.choice("theme", THEMES)
    if theme is None:
        return _page(visit, NO_MISTAKES.plus("theme", "Choose one of the looks."))
    visit.door.choose_theme(theme)
    return go(visit, "more")


def _page(visit: Visit, mistakes: Mistakes) -> Response:
    page = More(
        folder=str(visit.door.folder) if visit.door.vault else None,
        theme=visit.door.theme,
        version=version("secondlens"),
        mistakes=mistakes,
    )
    return render(visit, "more.html", page, status=422 if mistakes else 200)
