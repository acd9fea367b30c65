"""The ground every browser test stands on: one Chromium, pages that reach this computer alone, axe.

Tests ask for `open_page` to get a page of a given width and theme, `axe` for what axe finds,
and `sideways` for what sticks out of the screen. `serving` gives any app an address for a while.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Page, Route, sync_playwright
from starlette.types import ASGIApp

from secondlens.vault import LEAST_COST, create_vault
from secondlens.web.app import create_app
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
from tests.browser.look import take
from tests.system_packages import CHROMIUM, find_or_install

_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

_RUN_AXE = """async (tags) => (await axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"],
})).violations"""

_SIDEWAYS = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.body.querySelectorAll("*")]
        .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 0.5)
        .map((e) => `${e.tagName.toLowerCase()}.${e.className} reaches ${e.getBoundingClientRect().right}`);
}"""

_TOO_SMALL = """() => [...document.querySelectorAll("main :is(a, summary, button, input, textarea)")]
    .filter((e) => e.checkVisibility() && !e.matches("p > a, [type=radio]"))
    .map((e) => [e.name || e.textContent.trim(), e.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text)"""

Scheme = Literal["light", "dark"]


class OpenPage(Protocol):
    """A maker of pages, as the fixture `open_page` gives it."""

    def __call__(
        self, *, width: int = 1280, height: int = 900, scheme: Scheme = "light", forced_colors: bool = False
    ) -> Page:
        """Make a page: width and height in CSS px, the system's colour scheme, whether colours are forced."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright.chromium)
        yield chromium
        chromium.close()


def launch(chromium: BrowserType, *, without: tuple[str, ...] = ()) -> Browser:
    """Start Chromium, `without` some of the switches that tests usually start it with."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return chromium.launch(
        executable_path=find_or_install(CHROMIUM),
        headless=True,
        # Chromium refuses to run as root inside its own sandbox.
        args=[*_FLAGS, "--no-sandbox"] if root else list(_FLAGS),
        ignore_default_args=list(without),
    )


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """A maker of pages; the test fails when any of them asked for something outside this computer."""
    contexts: list[BrowserContext] = []
    refused: list[list[str]] = []

    def opened(
        *, width: int = 1280, height: int = 900, scheme: Scheme = "light", forced_colors: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            forced_colors="active" if forced_colors else "none",
            reduced_motion="reduce",
            service_workers="block",
        )
        contexts.append(context)
        refused.append(keep_inside(context))
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert [url for urls in refused for url in urls] == [], "a page asked for something outside this computer"


def keep_inside(context: BrowserContext) -> list[str]:
    """Stop every request that would leave this computer; gives the list that fills with their addresses."""
    refused: list[str] = []

    def decide(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    context.route("**/*", decide)
    return refused


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], str]:
    """Call it with a page: what axe finds wrong there, as text to read; "" when it finds nothing.

    The library's text is evaluated in the page, because a script tag would break our own content policy.
    """
    library = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def found(page: Page) -> str:
        # A page whose style sheets are not all there yet has other sizes and colours.
        page.wait_for_load_state("load")
        page.evaluate(f"() => {{ {library} }}")
        return "\n".join(_readable(violation) for violation in page.evaluate(_RUN_AXE, list(_RULES)))

    return found


def _readable(violation: dict[str, Any]) -> str:
    where = "\n".join(f"    {node['html'][:160]}\n      {node['failureSummary']}" for node in violation["nodes"])
    return f"{violation['id']}: {violation['help']}\n{where}"


@pytest.fixture(scope="session")
def sideways() -> Callable[[Page], list[str]]:
    """Call it with a page: everything that sticks out of the screen to the right; [] when nothing does."""
    return lambda page: list(page.evaluate(_SIDEWAYS))


Look = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def look_at(axe: Callable[[Page], str], sideways: Callable[[Page], list[str]]) -> Look:
    """Call it with a page and a name: nothing for axe, nothing sticks out, and a picture for people."""

    def look(page: Page, name: str) -> None:
        assert axe(page) == "", name
        assert sideways(page) == [], name
        take(page, f"{name}-{page.viewport_size['width'] if page.viewport_size else 0}")

    return look


def too_small(page: Page) -> list[str]:
    """What can hardly be hit with a finger: links that stand alone, buttons and fields below 44 px."""
    return list(page.evaluate(_TOO_SMALL))


def follow(link: Locator) -> None:
    """Press a link or a button, and wait until the page it leads to is there whole."""
    with link.page.expect_navigation(wait_until="load"):
        link.click()


def words_of(page: Page) -> str:
    """What the page itself says, without its bars."""
    return " ".join(page.locator("main").inner_text().split())


def new_door(folder: Path) -> Door:
    """A door to an empty vault, as quick as a vault may be."""
    door = Door(port=0, remembered=Remembered(folder / "remembered"))
    door.take(create_vault(folder / "First.vault", "copper lantern seven rivers", cost=LEAST_COST).vault)
    return door


@contextmanager
def served(door: Door) -> Iterator[str]:
    """Serve a door; gives the address of its pages behind the lock."""
    with serving(create_app(door)) as address:
        door.port = int(address.rsplit(":", 1)[1])
        yield f"{address}/s/{door.session}"


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port of 127.0.0.1 in a thread; gives its address without a slash at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            _until_started(server)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _until_started(server: uvicorn.Server) -> None:
    last = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > last:
            raise TimeoutError("the server of this test did not start within 20 seconds")
        time.sleep(0.02)
