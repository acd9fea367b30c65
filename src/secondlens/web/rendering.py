"""Turns a page's values into HTML, and the five families of errors into calm pages.

Each page has one template and one frozen dataclass, called `page` there. A name that is not filled is an error.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from secondlens.domain.when import When, read_iso
from secondlens.errors import BadInput, Damaged, Locked, NotAllowed, NotFound, SecondlensError
from secondlens.vault import Vault
from secondlens.web.door import Door
from secondlens.web.forms import Form

STATIC = Path(__file__).parent / "static"
# The first family that fits gives the status and the heading.
FAMILIES: tuple[tuple[type[SecondlensError], int, str], ...] = (
    (BadInput, 400, "This cannot be used as it is"),
    (NotFound, 404, "This is not here"),
    (Locked, 423, "Still locked"),
    (NotAllowed, 403, "This must not be done"),
    (Damaged, 500, "Something in the vault is damaged"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: the door it came through, and the form it brought (empty for a plain look).

    `refused` is for requests the guard stopped: their answer shows nothing of what lies behind the lock.
    """

    door: Door
    request: Request
    form: Form = Form()  # noqa: RUF009  (a frozen value, not a thing that could be shared and changed)
    refused: bool = False

    @property
    def vault(self) -> Vault:
        """The open vault. Raises NoVaultOpen."""
        return self.door.open_vault()

    def part(self, name: str) -> str:
        """A part of the address, such as the id of a record."""
        return str(self.request.path_params[name])

    def query(self, name: str) -> str:
        """A word after the question mark, "" when there is none. Never a health fact: addresses are remembered."""
        return self.request.query_params.get(name, "")

    def page(self) -> int:
        """Which page of a long list is asked for, from 1."""
        typed = self.query("page")
        return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1

    @property
    def inside(self) -> bool:
        """Whether this page lies behind the lock. The guard has checked the token of its address."""
        return not self.refused and self.door.admits(self._token)

    def url(self, path: str = "") -> str:
        """Give the address of a page behind the lock: "records" becomes /s/TOKEN/records.

        The token is the one this request brought, so that no page outside the lock can ever show it.
        """
        return f"/s/{self._token}/{path}"

    @property
    def _token(self) -> str:
        return self.request.url.path.split("/")[2] if self.request.url.path.startswith("/s/") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nav:
    """Addresses of the navigation; `stay` says that the person is there.

    `here` is the first word of the page's own address, "home" for none.
    """

    home: str
    case: str
    records: str
    importing: str
    more: str
    lock: str
    hide: str
    stay: str
    minutes: int
    help_now: str
    here: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, and the one thing to do next."""

    title: str
    sentence: str
    action: str
    href: str


Handler = Callable[[Visit], Response]


def render(visit: Visit, template: str, page: object, *, status: int = 200) -> Response:
    """Show a template with its page. `status` 422 is for a form that comes back with its mistakes."""
    html = (
        _environment()
        .get_template(template)
        .render(
            page=page,
            url=visit.url,
            nav=_nav(visit),
            theme=visit.door.settings.theme,
            lang="en",
            sample=visit.door.sample and visit.door.vault is not None and visit.inside,
        )
    )
    return HTMLResponse(html, status_code=status)


def go(visit: Visit, path: str = "") -> Response:
    """After a change: send the browser on to a page behind the lock."""
    return RedirectResponse(visit.url(path), status_code=303)


def go_in(session: str, path: str = "") -> Response:
    """After a new session began: send the browser to its first page."""
    return RedirectResponse(f"/s/{session}/{path}", status_code=303)


def render_error(visit: Visit, error: SecondlensError) -> Response:
    """The page for an error of the five families."""
    status, title = next(
        ((status, title) for family, status, title in FAMILIES if isinstance(error, family)),
        (500, "Something went wrong"),
    )
    return render_problem(visit, status, title, str(error))


def render_problem(visit: Visit, status: int, title: str, sentence: str) -> Response:
    """The calm page for anything that did not work."""
    action, href = ("Go to the start page", visit.url()) if visit.inside else ("Go to the front door", "/")
    return render(
        visit, "problem.html", Problem(title=title, sentence=sentence, action=action, href=href), status=status
    )


def static(path: str) -> str:
    """The address of a file in web/static: it changes when any file there does, so a browser may keep each."""
    return f"/static/{path}?{_static_print()}"


@cache
def _static_print() -> str:
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    return format(crc32(b"".join(path.read_bytes() for path in files)), "08x")


def plain_day(moment: str) -> str:
    """A date or time in ISO 8601 as a person says it: "2 March 2024"."""
    when = read_iso(moment[:10])
    return when.plain() if when else moment


def plain_when(start: When | None, end: When | None = None) -> str | None:
    """A time, or from when to when, as a person says it; None when nothing is known."""
    if start and end and start.day != end.day:
        return f"{start.plain()} to {end.plain()}"
    if start:
        return start.plain()
    return f"until {end.plain()}" if end else None


def _nav(visit: Visit) -> Nav | None:
    """No navigation while the vault is locked: the pages behind it would only say so."""
    if visit.door.vault is None or not visit.inside:
        return None
    place = visit.request.url.path.split("/")[3:4]
    pages = ("case", "records", "importing", "more", "lock", "hide")
    here = next((word for word in place if word), "home")
    return Nav(
        home=visit.url(),
        here=here,
        stay=visit.url("here"),
        minutes=visit.door.settings.lock_minutes,
        help_now=visit.url("help"),
        **{name: visit.url(name) for name in pages},
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update({"static": static})
    environment.filters.update({"plain_day": plain_day})
    return environment
