"""The hard-conversation library and the wording check, as a person walks through them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from secondlens.domain.case import Case
from secondlens.web.door import Door
from tests.browser.conftest import OpenPage, follow, new_door, served

Look = Callable[[str], None]


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A door to a vault that holds one case."""
    monkeypatch.setenv("HOME", str(tmp_path))
    door = new_door(tmp_path)
    yield door
    door.lock()


@pytest.mark.parametrize("width", [1280, 360])
def test_from_ask_to_a_card_in_the_pocket_and_words_that_pass_the_check(
    door: Door,
    open_page: OpenPage,
    look_at: Callable[[Page, str], None],
    width: int,
) -> None:
    case = door.open_vault().add(Case(title="Why do I have a fever every evening?")).id
    page = open_page(width=width, height=800, scheme="dark" if width == 360 else "light")

    def look(name: str) -> None:
        look_at(page, f"words-{name}")

    with served(door) as inside:
        page.goto(f"{inside}/case/{case}/ask")
        look("ask")
        when_a_script_is_chosen_by_situation(page, look)
        when_its_gaps_are_filled(page, look)
        then_the_card_can_be_printed(page, look)
        page.goto(f"{inside}/case/{case}/ask/simple/spoken")
        then_weak_words_are_named_until_they_are_gone(page, look)


def when_a_script_is_chosen_by_situation(page: Page, look: Look) -> None:
    follow(page.get_by_role("link", name="Short scripts"))
    look("situations")
    follow(page.get_by_role("link", name="Warm", exact=True))
    look("warm")
    follow(page.get_by_role("link", name="All situations"))
    follow(page.get_by_role("link", name="First visit"))
    look("first-visit")
    follow(page.get_by_role("link", name="The first two minutes"))
    assert "one question: why do I have a fever every evening?" in page.locator(".spoken").first.inner_text()


def when_its_gaps_are_filled(page: Page, look: Look) -> None:
    page.get_by_label("What you feel or see").fill("a stiff neck")
    page.get_by_label("When it began").fill("May 2025")
    follow(page.get_by_role("button", name="Fill in"))
    assert "since May 2025 I have a stiff neck" in page.locator(".spoken").first.inner_text()
    page.get_by_text("Copy as text").click()
    assert "since May 2025 I have a stiff neck" in page.get_by_label("All of it").input_value()
    look("script")


def then_the_card_can_be_printed(page: Page, look: Look) -> None:
    follow(page.get_by_role("button", name="Show as a pocket card"))
    assert "since May 2025 I have a stiff neck" in page.locator(".pocket-card").inner_text()
    look("card")
    page.emulate_media(media="print")
    assert not page.get_by_role("link", name="Back to the whole script").is_visible()
    assert page.locator(".pocket-card").is_visible()
    page.emulate_media(media="screen")


def then_weak_words_are_named_until_they_are_gone(page: Page, look: Look) -> None:
    page.get_by_text("Change the words").click() if not page.get_by_label("My words").is_visible() else None
    page.get_by_label("My words").fill("Sorry to bother you again. You never listen, so refer me or I will sue.")
    follow(page.get_by_role("button", name="Check these words"))
    assert page.get_by_role("heading", name="An apology you do not owe").is_visible()
    look("check")
    page.get_by_label("My words").fill("Thank you for your time. Could you refer me? I will call on Friday.")
    follow(page.get_by_role("button", name="Check these words"))
    assert page.get_by_text("Nothing here weakens your words").is_visible()
    look("check-passed")
    follow(page.get_by_role("button", name="Keep these words"))
    assert "I will call on Friday" in page.locator(".spoken").first.inner_text()
