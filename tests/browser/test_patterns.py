"""Every example of every component, in a real browser under the content policy of the app."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import secondlens.web
from secondlens.web.pages.patterns import Patterns, examples
from secondlens.web.security import HEADERS
from tests.browser.conftest import OpenPage, Scheme, serving
from tests.browser.look import take

WEB = Path(secondlens.web.__file__).parent
POLICY = dict(HEADERS)[b"content-security-policy"].decode()
PLACES = ("home", "case", "records", "importing", "packet", "more", "lock", "hide", "stay", "help_now")

FOCUSED_RING = """() => {
    const style = getComputedStyle(document.activeElement);
    const ringed = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3;
    return [`${document.activeElement.tagName} ${document.activeElement.className}`.trim(), ringed];
}"""

FOCUSED_BOX = """() => {
    const e = document.activeElement;
    return {name: e.outerHTML.slice(0, 120), top: e.getBoundingClientRect().top, inBar: !!e.closest(".bar")};
}"""

INKED_GROUNDS = """() => [...document.querySelectorAll("body *:not(progress)")]
    .filter((e) => e.checkVisibility())
    .map((e) => [e.className, getComputedStyle(e).backgroundColor])
    .filter(([, ground]) => ground !== "rgba(0, 0, 0, 0)" && ground !== "rgb(255, 255, 255)")"""

# A group of radio buttons is one stop, and so is everything else that shows.
EXPECTED_STOPS = """() => {
    const shown = [...document.querySelectorAll("a, button, input, textarea, select, summary")]
        .filter((e) => e.checkVisibility());
    const groups = new Set(shown.filter((e) => e.type === "radio").map((e) => e.name));
    return shown.filter((e) => e.type !== "radio").length + groups.size;
}"""

SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, textarea, select, summary")].map((e) => {
    const choice = e.closest(".choice, .scale__number");
    const box = (choice || e).getBoundingClientRect();
    const inSentence = e.matches("p:not(.fact__title) > a");
    const name = `${e.tagName} ${e.className} ${e.textContent.trim()}`;
    return {name, box, inSentence, shown: e.checkVisibility()};
}).filter((t) => t.shown && !t.inSentence && (t.box.width < 44 || t.box.height < 44))
  .map((t) => `${t.name}: ${t.box.width} x ${t.box.height}`)"""


@pytest.fixture(scope="module")
def patterns() -> Iterator[str]:
    """The address of the pattern page; the theme is the path."""
    templates = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True, undefined=StrictUndefined)
    templates.globals["static"] = lambda path: f"/static/{path}"
    nav = SimpleNamespace(**{place: f"/system#{place}" for place in PLACES}, here="case", minutes=10)

    def page(request: Request) -> HTMLResponse:
        theme = request.path_params["theme"]
        body = templates.get_template("patterns.html").render(
            nav=nav, theme=theme, lang="en", sample=True, page=Patterns(examples=examples())
        )
        return HTMLResponse(body, headers={"Content-Security-Policy": POLICY})

    app = Starlette(routes=[Mount("/static", StaticFiles(directory=WEB / "static")), Route("/{theme}", page)])
    with serving(app) as address:
        yield address


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("theme", ["light", "dark", "sepia"])
def test_axe_finds_nothing(
    patterns: str, open_page: OpenPage, axe: Callable[[Page], str], theme: str, width: int
) -> None:
    page = open_page(width=width)
    page.goto(f"{patterns}/{theme}")
    take(page, f"patterns-{theme}-{width}")
    assert axe(page) == ""


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(250, 246, 239)"), ("dark", "rgb(23, 26, 27)")])
def test_system_theme_follows_the_computer(
    patterns: str, open_page: OpenPage, scheme: Scheme, ground: str
) -> None:
    page = open_page(scheme=scheme)
    page.goto(f"{patterns}/system")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == ground


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_scrolls_sideways(
    patterns: str, open_page: OpenPage, sideways: Callable[[Page], list[str]], width: int
) -> None:
    page = open_page(width=width)
    page.goto(f"{patterns}/light")
    take(page, f"patterns-light-{width}")
    assert sideways(page) == []


def test_text_twice_as_big_still_fits_a_phone(
    patterns: str, open_page: OpenPage, sideways: Callable[[Page], list[str]]
) -> None:
    page = open_page(width=360)
    page.goto(f"{patterns}/light")
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    take(page, "patterns-big-360")
    assert sideways(page) == []


def test_content_policy_blocks_nothing_of_ours(patterns: str, open_page: OpenPage) -> None:
    page = open_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(f"{patterns}/light")
    assert page.evaluate("document.fonts.ready.then(fonts => fonts.status)") == "loaded"
    assert page.evaluate("[...document.fonts].some(font => font.status === 'loaded')")
    assert said == []


@pytest.mark.parametrize("theme", ["light", "dark", "sepia"])
def test_keyboard_reaches_everything_with_a_visible_ring(patterns: str, open_page: OpenPage, theme: str) -> None:
    page = open_page()
    page.goto(f"{patterns}/{theme}")
    reached = _ringed_by_tab(page)
    assert [name for name, ringed in reached if not ringed] == []
    expected = page.evaluate(EXPECTED_STOPS)
    assert len(reached) == expected


def test_ring_shows_in_forced_colours(patterns: str, open_page: OpenPage) -> None:
    page = open_page(forced_colors=True)
    page.goto(f"{patterns}/light")
    take(page, "patterns-forced")
    assert [name for name, ringed in _ringed_by_tab(page) if not ringed] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_targets_are_at_least_44_px(patterns: str, open_page: OpenPage, width: int) -> None:
    page = open_page(width=width)
    page.goto(f"{patterns}/light")
    assert page.evaluate(SMALL_TARGETS) == []


def test_focus_is_never_behind_the_bottom_bar(patterns: str, open_page: OpenPage) -> None:
    page = open_page(width=360, height=640)
    page.goto(f"{patterns}/light")
    bar = page.locator(".bar").bounding_box()
    assert bar is not None
    hidden = []
    for _ in range(page.evaluate(EXPECTED_STOPS)):
        page.keyboard.press("Tab")
        box = page.evaluate(FOCUSED_BOX)
        if not box["inBar"] and box["top"] > bar["y"]:
            hidden.append(box["name"])
    assert hidden == []


def test_paper_is_black_on_white_without_bars(patterns: str, open_page: OpenPage) -> None:
    page = open_page(width=700)
    page.goto(f"{patterns}/dark")
    page.emulate_media(media="print")
    take(page, "patterns-print")
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(INKED_GROUNDS) == []
    assert not page.locator(".bar").is_visible()
    assert not page.locator(".button--main").first.is_visible()


def _ringed_by_tab(page: Page) -> list[tuple[str, bool]]:
    """Every stop of the Tab key down the page, and whether it shows a ring."""
    stops: list[tuple[str, bool]] = []
    for _ in range(page.evaluate(EXPECTED_STOPS)):
        page.keyboard.press("Tab")
        name, ringed = page.evaluate(FOCUSED_RING)
        if name != "BODY":
            stops.append((name, ringed))
    return stops
