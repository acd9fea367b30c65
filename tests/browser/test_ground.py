"""The browser ground itself: it sees what it is there to see."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from tests.browser.conftest import OpenPage, keep_inside


def test_request_to_another_computer_is_stopped_and_named(browser: Browser) -> None:
    context = browser.new_context()
    refused = keep_inside(context)
    context.new_page().set_content('<img src="http://192.0.2.1/seen.png" alt="">')
    context.close()
    assert refused == ["http://192.0.2.1/seen.png"]


def test_axe_finds_a_picture_without_words(open_page: OpenPage, axe: Callable[[Page], str]) -> None:
    page = open_page()
    page.set_content('<html lang="en"><title>A page</title><main><h1>Hello</h1><img src="data:,"></main></html>')
    assert axe(page).startswith("image-alt:")


def test_sideways_names_what_sticks_out(open_page: OpenPage, sideways: Callable[[Page], list[str]]) -> None:
    page = open_page(width=320)
    page.set_content('<p class="wide" style="width: 400px; margin: 0">Too wide</p>')
    assert any(found.startswith("p.wide reaches") for found in sideways(page))
