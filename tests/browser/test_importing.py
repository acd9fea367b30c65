"""Bringing many files in, as a person does it: watch, leave, come back, stop, leave one out, look at a place."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import FilePayload, Page, expect

from secondlens.importers.sandbox import Sandbox
from secondlens.web.door import Door
from tests.browser.conftest import Look, OpenPage, new_door, served
from tests.importers.children import FILE, reader_with

FIXTURES = Path(__file__).parents[1] / "fixtures" / "ccda" / "hl7_examples" / "Documents"
CCD = (FIXTURES / "CCD" / "CCD_1" / "CCD.XML").read_bytes()
SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((360, "dark"), (1280, "light"))
WEIGHT = {"resourceType": "Observation", "status": "final", "code": {"text": "Weight"}}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A door with one empty vault open, served."""
    door = new_door(tmp_path)
    with served(door):
        yield door
    door.lock()


def chosen(page: Page, door: Door, files: list[tuple[str, bytes]]) -> None:
    page.goto(f"{door.address}s/{door.session}/importing")
    page.get_by_label("Your files, as many as you like").set_input_files(
        [FilePayload(name=name, mimeType="application/octet-stream", buffer=content) for name, content in files]
    )
    page.get_by_role("button", name="See what is in them").click()


def about(name: str, born: str) -> bytes:
    return json.dumps({"resourceType": "Patient", "name": [{"text": name}], "birthDate": born}).encode()


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_many_files_are_looked_at_one_is_left_out_and_the_receipt_leads_to_the_place(
    screen: tuple[int, Literal["light", "dark"]], door: Door, open_page: OpenPage, look_at: Look
) -> None:
    width, scheme = screen
    page = open_page(width=width, scheme=scheme)

    def see(name: str) -> None:
        look_at(page, f"importing-{name}-{scheme}")

    page.goto(f"{door.address}s/{door.session}/importing")
    page.get_by_text("Or a whole folder").click()
    see("choose")
    lines = [json.dumps({**WEIGHT, "id": str(number)}) for number in range(9)]
    damaged = "\n".join([*lines[:4], "{damaged", *lines[4:], *["{"] * 6]).encode()
    files = [
        ("summary.xml", CCD),
        ("weights.ndjson", damaged),
        ("about.json", about("Eve Betterhalf", "1975-05-01")),
    ]
    files += [("bob.json", about("Bob", "1990-01-01")), ("shopping-list.bin", bytes(99))]
    chosen(page, door, files)
    expect(page.get_by_role("heading", name="What is in your files")).to_be_visible(timeout=30_000)
    page.get_by_text("What is in it", exact=True).nth(1).click()
    see("preview")
    cards = page.locator(".card")
    assert "another person: Bob" in cards.first.inner_text()
    cards.filter(has_text="about.json").get_by_label("Leave this file out").check()
    page.get_by_role("button", name="Keep these").first.click()
    expect(page.get_by_role("heading", name="Kept in your vault")).to_be_visible(timeout=30_000)
    see("receipt")
    assert {one.name for one in door.open_vault().documents()} == {"summary.xml", "weights.ndjson"}
    assert "about.json" in page.locator(".card").filter(has_text="Left out").inner_text()
    page.locator(".card").filter(has_text="weights.ndjson").get_by_text("Where these are").click()
    page.get_by_role("link", name="line 5", exact=True).click()
    assert page.locator("mark").inner_text().strip() == "{damaged"
    see("place")
    page.get_by_role("link", name="Back to the receipt").click()
    page.get_by_role("link", name=re.compile(r"See what was kept from this file\s*: weights")).click()
    assert page.locator(".fact").count() == 9
    see("records")
    page.go_back()
    page.get_by_role("link", name="Take this import back").click()
    page.get_by_role("button", name="Take this import back").wait_for()


@pytest.fixture
def a_reader_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondlens.actions.reading.Sandbox", partial(Sandbox, reader_with("while True: pass")))


@pytest.mark.usefixtures("a_reader_that_never_ends")
@pytest.mark.parametrize("width", [360, 1280])
def test_reading_shows_each_file_can_be_left_and_is_stopped(
    width: int, door: Door, open_page: OpenPage, look_at: Look
) -> None:
    page = open_page(width=width, scheme="dark" if width == 360 else "light")
    letters = [(f"letter-{number}-of-a-long-name-from-the-clinic-2024.xml", CCD) for number in range(4)]
    chosen(page, door, [("summary.xml", CCD), (FILE.name, FILE.content), *letters])
    expect(page.get_by_text("Reading now: harm")).to_be_visible(timeout=30_000)
    assert "Read: 77 facts" in page.locator(".standings").inner_text()
    assert page.locator(".standings").inner_text().count("Waiting") == 4
    look_at(page, "importing-watch")
    page.get_by_role("link", name="Home", exact=True).click()
    page.get_by_role("link", name="Import", exact=True).click()
    look_at(page, "importing-waiting")
    page.get_by_role("link", name="Go on with 6 files").click()
    page.get_by_role("button", name="Stop, and keep nothing").click()
    expect(page.get_by_role("heading", name="Bring in your files")).to_be_visible(timeout=30_000)
    assert page.get_by_text("Go on with").count() == 0
    assert door.open_vault().documents() == ()
