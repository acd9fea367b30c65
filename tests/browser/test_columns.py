"""Bringing in a table nobody knows, as a person does it: its columns are said once, and the next file goes in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page

from secondlens.web.door import Door
from tests.browser.conftest import Look, OpenPage, follow, new_door, served, words_of

FIRST = "Datum;Uhrzeit;Puls;Oberer Wert;Unterer Wert;Bemerkung\n" + "".join(
    f"{day:02}.04.2026;08:{day:02};6{day};12{day};8{day},5;nach dem Aufstehen\n" for day in range(1, 6)
)
NEXT = FIRST.replace(".04.", ".05.").replace("\n05.05.", "\n25.05.")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    door = new_door(tmp_path)
    yield door
    door.lock()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_table_is_explained_once_and_the_next_one_is_known(
    door: Door,
    open_page: OpenPage,
    look_at: Look,
    width: int,
) -> None:
    page = open_page(width=width, scheme="dark" if width == 360 else "light")

    def look(name: str) -> None:
        look_at(page, f"columns-{name}")

    with served(door) as inside:
        given_a_table_that_is_not_known(page, f"{inside}/importing")
        look("unknown")
        when_its_columns_are_said(page, look)
        then_its_readings_are_there_to_keep(page, door)
        look("known")
        then_the_next_file_is_read_by_itself(page, f"{inside}/importing")


def given_a_table_that_is_not_known(page: Page, address: str) -> None:
    _send(page, address, "blutdruck_2026-04.csv", FIRST)
    assert "does not know the columns" in words_of(page)


def when_its_columns_are_said(page: Page, look: Callable[[str], None]) -> None:
    follow(page.get_by_role("link", name="Say what the columns are"))
    look("asked")
    assert page.get_by_label("Datum").input_value() == "time"
    follow(page.get_by_role("button", name="See the first readings"))
    assert "Say which column holds readings" in words_of(page)
    look("mistake")
    page.get_by_label("Uhrzeit").select_option(label="The time, or a part of it")
    page.get_by_label("Puls").select_option(label="Heart rate, beats a minute")
    page.get_by_label("Oberer Wert").select_option(label="Blood pressure, upper number, mmHg")
    page.get_by_label("Unterer Wert").select_option(label="Blood pressure, lower number, mmHg")
    page.get_by_label("Bemerkung").select_option(label="A note beside the reading")
    page.get_by_label("What measured it?").fill("My cuff")
    follow(page.get_by_role("button", name="See the first readings"))
    assert "Say whether the day or the month comes first" in words_of(page)
    look("order")
    page.get_by_text("01.04.2026 is 1 April 2026").click()
    follow(page.get_by_role("button", name="See the first readings"))
    assert "1 April 2026, 08:01" in words_of(page)
    assert "81.5 mmHg" in words_of(page)
    look("readings")
    follow(page.get_by_role("button", name="Save, and read the file"))


def then_its_readings_are_there_to_keep(page: Page, door: Door) -> None:
    assert "Readings of devices: 15 are new." in words_of(page)
    assert door.open_vault().series() == ()
    follow(page.get_by_role("button", name="Keep these"))
    page.get_by_role("heading", name="Kept in your vault").wait_for()
    assert {one.source for one in door.open_vault().series()} == {"My cuff"}


def then_the_next_file_is_read_by_itself(page: Page, address: str) -> None:
    _send(page, address, "blutdruck_2026-05.csv", NEXT)
    assert "does not know" not in words_of(page)
    assert "Readings of devices: 15 are new." in words_of(page)


def _send(page: Page, address: str, name: str, text: str) -> None:
    page.goto(address)
    sent = FilePayload(name=name, mimeType="text/csv", buffer=text.encode("cp1252"))
    page.get_by_label("Your files").set_input_files(sent)
    follow(page.get_by_role("button", name="See what is in them"))
    # While a busy computer reads, a page says so and looks again by itself.
    page.get_by_role("heading", name="What is in your files").wait_for()
