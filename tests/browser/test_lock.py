"""Locking and hiding as a person sees it: at once, by hand or by time, and nothing of it comes back."""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from secondlens.domain.clinical import Condition
from tests.browser.conftest import Look, OpenPage, Scheme, keep_inside, launch
from tests.web.running import Running, make_vault, serving_vault

WORD = "Zanzibarosis"
_TEXT = "() => document.documentElement.outerHTML"
# A clock in the page that a test can put forward; the timers of the page stay real.
_CLOCK = "() => { const real = Date.now; window.ahead = 0; Date.now = () => real() + window.ahead; }"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "Papers.vault"
    with make_vault(folder) as vault:
        vault.add(Condition(title=WORD))
    with serving_vault(folder, tmp_path) as it:
        yield it


@pytest.fixture(scope="module")
def keeping(browser: Browser) -> Iterator[Browser]:
    """A browser that keeps whole pages for going back, which tests usually switch off."""
    chromium = launch(browser.browser_type, without=("--disable-back-forward-cache",))
    yield chromium
    chromium.close()


def go_in(page: Page, door: Running) -> str:
    """Come in by the one-use address and look at the record; gives the address of the session."""
    page.goto(door.address)
    page.wait_for_url("**/s/*/")
    inside = page.url
    page.goto(f"{inside}records")
    page.goto(f"{inside}records?kind=Condition")
    assert WORD in page.evaluate(_TEXT)
    return inside


def test_the_file_of_the_program_leads_in(browser: Browser, tmp_path: Path, door: Running) -> None:
    file = tmp_path / "way-in.html"
    file.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={door.address}"><title>x</title>')
    context = browser.new_context()
    asked: list[tuple[str, str | None]] = []
    context.on("request", lambda request: asked.append((request.url, request.headers.get("sec-fetch-site"))))
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_url("**/s/*/")
    assert page.get_by_role("button", name="Lock", exact=True).is_visible()
    context.close()


@pytest.mark.parametrize("way", ["button", "escape", "no script", "lock"])
def test_after_hiding_nothing_comes_back(way: str, keeping: Browser, door: Running) -> None:
    context = keeping.new_context(java_script_enabled=way != "no script", reduced_motion="reduce")
    keep_inside(context)
    page = context.new_page()
    inside = go_in(page, door)
    other = context.new_page()
    other.goto(f"{inside}records?kind=Condition")
    leave(page, way)
    if way != "no script":  # the other window of this browser lets go too
        other.wait_for_function(f"() => !document.documentElement.outerHTML.includes('{WORD}')")
    door.next_line()
    nothing_comes_back(page, inside, door)
    context.close()


def leave(page: Page, way: str) -> None:
    if way == "escape":
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        assert WORD in page.evaluate(_TEXT)
        page.keyboard.press("Escape")
    elif way == "lock":
        page.get_by_role("button", name="Lock", exact=True).click()
    else:
        page.get_by_role("button", name="Hide", exact=True).click()
    page.wait_for_url("**/" if way == "lock" else "**/blank")
    if way != "lock":
        assert (page.title(), page.locator("body").inner_text().strip()) == ("Blank page", "")


def nothing_comes_back(page: Page, inside: str, door: Running) -> None:
    seen = []
    for _ in range(4):
        page.go_back(wait_until="commit")  # a page that was kept whole does not load again
        seen.append(page.url)
        assert WORD not in words_of(page)
        page.reload()
        assert WORD not in words_of(page)
    assert f"{inside}records" in seen
    for path in ("", "records", "records?kind=Condition"):
        page.goto(f"{inside}{path}")
        assert (page.locator("h1").inner_text(), WORD in page.content()) == ("This page is closed", False)
    page.goto(f"http://127.0.0.1:{door.port}/")
    assert page.get_by_role("heading", name="Secondlens is locked").is_visible()


def words_of(page: Page) -> str:
    """What stands in the page, as soon as it stands still."""
    for _ in range(100):
        try:
            return page.content()
        except Error:  # it is just moving on
            page.wait_for_timeout(50)
    raise AssertionError(page.url)


def test_hiding_locks_at_once(open_page: OpenPage, door: Running) -> None:
    page = open_page()
    inside = go_in(page, door)
    path = inside.removeprefix(f"http://127.0.0.1:{door.port}")
    began = time.monotonic()
    left = "document.querySelector('form[data-hide]').requestSubmit(); return document.body.innerText.trim();"
    assert page.evaluate(f"() => {{ {left} }}") == ""
    gone = time.monotonic() - began
    while door.ask("GET", path).status == 200:
        assert time.monotonic() - began < 60, "never locked"
        page.wait_for_timeout(1)  # what the page asks for passes through this test, which must listen
    locked = time.monotonic() - began
    page.wait_for_url("**/blank")
    times = (gone, locked, time.monotonic() - began)
    sys.stdout.write(f"no words, locked, blank page after {[round(1000 * spent) for spent in times]} ms\n")


def test_slow_or_single_escapes_do_nothing(open_page: OpenPage, door: Running) -> None:
    page = open_page()
    inside = go_in(page, door)
    page.evaluate("""() => {
        for (const at of [-3000, -2000, -1000]) {
            const press = new KeyboardEvent("keydown", {key: "Escape"});
            Object.defineProperty(press, "timeStamp", {value: at});
            dispatchEvent(press);
        }
    }""")
    page.keyboard.press("Escape")
    assert page.url.startswith(inside)
    assert WORD in page.content()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", get_args(Scheme))
def test_a_minute_before_the_lock_a_calm_notice_offers_to_stay(
    width: int, scheme: Scheme, open_page: OpenPage, door: Running, look_at: Look
) -> None:
    page = open_page(width=width, scheme=scheme)
    inside = go_in(page, door)
    page.add_init_script(f"({_CLOCK})()")
    page.goto(f"{inside}more")
    look_at(page, f"top-bar-{scheme}")
    assert not page.get_by_role("button", name="Stay").is_visible()
    page.evaluate("window.ahead = 9 * 60_000 + 1000")
    stay = page.get_by_role("button", name="Stay")
    stay.wait_for()
    assert page.get_by_role("status").filter(has_text="locks within a minute").is_visible()
    look_at(page, f"notice-{scheme}")
    with page.expect_response("**/here") as told:
        stay.press("Enter")
    assert told.value.status == 204
    stay.wait_for(state="hidden")
    page.evaluate("window.ahead += 10 * 60_000 + 1000")
    page.wait_for_url(f"http://127.0.0.1:{door.port}/")


def test_whoever_types_is_told_of_once_a_minute(open_page: OpenPage, door: Running) -> None:
    page = open_page()
    inside = go_in(page, door)
    page.add_init_script(f"({_CLOCK})()")
    page.goto(f"{inside}more")
    told: list[str] = []
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("/here") else None)
    page.keyboard.type("typing")
    page.mouse.wheel(0, 100)
    assert told == []  # the page itself was asked for just now
    page.goto(f"{inside}records")
    page.evaluate("window.ahead = 61_000")
    with page.expect_response("**/here"):
        page.keyboard.type("still typing")
    assert len(told) == 1


def test_without_a_script_the_page_itself_leaves(browser: Browser, door: Running) -> None:
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    inside = go_in(page, door)
    page.goto(f"{inside}more")
    assert page.locator("noscript meta[http-equiv=refresh]").count() + len(
        re.findall(r'<noscript><meta http-equiv="refresh" content="605; url=/"', page.content())
    )
    assert not page.get_by_role("button", name="Stay").is_visible()
    page.get_by_role("button", name="Lock", exact=True).click()
    assert page.get_by_label("Passphrase").is_visible()
    context.close()
