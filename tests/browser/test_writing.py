"""A person writes down what they know: typed, corrected, removed, put back and found, on a phone and a desk."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from secondlens.domain.clinical import Condition
from secondlens.domain.quantity import Quantity
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.vault.documents import fingerprint
from secondlens.web.door import Door
from tests.browser.conftest import OpenPage, Scheme, new_door, served, too_small

LETTER = b"a letter"


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A vault with one problem that a file told."""
    folder = tmp_path_factory.mktemp("written")
    door = new_door(folder)
    told = Condition(
        title="Reynolds syndrome", start=When("2021-03"), source=Source(fingerprint(LETTER), "entry[0]", "example")
    )
    door.open_vault().keep("letter.txt", LETTER, fingerprint(LETTER), [told])
    yield door
    door.lock()


Look = Callable[[str, str], None]


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_what_a_person_knows_goes_in_is_corrected_removed_put_back_and_found(
    width: int,
    scheme: Scheme,
    door: Door,
    open_page: OpenPage,
    look_at: Callable[[Page, str], None],
) -> None:
    page = open_page(width=width, scheme=scheme)
    page.set_default_timeout(30_000)

    def look(name: str, heading: str) -> None:
        page.get_by_role("heading", name=heading).first.wait_for()
        look_at(page, f"write-{name}-{scheme}")
        assert too_small(page) == [], name

    with served(door) as inside:
        page.goto(f"{inside}/records")
        look("records", "Records")
        page.get_by_role("link", name="Write it down").click()
        look("choose", "Write it down")
        given_a_medicine_with_a_vague_date(page, look)
        given_a_paper_report_of_four_results(page, look)
        when_one_is_corrected(page, look)
        when_one_is_removed_and_put_back(page, look)
        when_what_a_file_says_is_corrected(page, look)
        then_it_is_found(page, look)
    values = {kept.record.title: getattr(kept.record, "value", None) for kept in door.open_vault().list()}
    assert values["ANA"] == Quantity("1:320 speckled")
    assert values["Anti-dsDNA"] == Quantity("<0.41", "IU/mL")


def given_a_medicine_with_a_vague_date(page: Page, look: Look) -> None:
    page.get_by_role("link", name="Medicine", exact=True).click()
    look("medicine", "Medicine")
    page.get_by_label("Which medicine").fill("Hydroxychloroquine")
    page.get_by_label("Dose").fill("200 mg")
    page.get_by_label("Since when").fill("3/4/19")
    page.get_by_role("button", name="Keep it").click()
    look("medicine-mistake", "There is a problem")
    page.get_by_role("link", name="Write when as you would say it").click()
    assert page.evaluate("document.activeElement.name") == "start"
    assert page.get_by_label("Which medicine").input_value() == "Hydroxychloroquine"
    page.get_by_label("Since when").fill("spring 2019")
    page.get_by_text("More, if you know it").click()
    page.get_by_label("Taking it now").check()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("It is kept, as your own words.").wait_for()
    assert page.get_by_text("spring 2019").is_visible()
    look("medicine-kept", "Hydroxychloroquine")
    page.go_back()
    page.get_by_role("link", name="Something else").click()


def given_a_paper_report_of_four_results(page: Page, look: Look) -> None:
    page.get_by_role("link", name="Many test results").click()
    page.get_by_label("Date on the report").fill("2 March 2024")
    page.get_by_label("Laboratory or clinic").fill("Lab North")
    page.get_by_label("Test in row 1", exact=True).focus()
    for typed in (
        "Ferritin",
        "12",
        "ug/L",
        "15 - 150",
        "Anti-dsDNA",
        "<0.41",
        "IU/mL",
        "",
        "ANA",
        "1:640 speckled",
    ):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.get_by_label("Result in row 5").fill("positive")
    page.get_by_role("button", name="Keep these results").click()
    look("report-mistake", "There is a problem")
    page.get_by_label("Test in row 5", exact=True).fill("Lupus anticoagulant")
    page.get_by_role("button", name="More rows").click()
    assert page.get_by_label("Result in row 3").input_value() == "1:640 speckled"
    page.get_by_label("Test in row 20", exact=True).wait_for()
    page.get_by_role("button", name="Keep these results").click()
    look("report-kept", "Your results are kept")


def when_one_is_corrected(page: Page, look: Look) -> None:
    page.get_by_role("link", name="ANA").click()
    page.get_by_role("link", name="Correct this").click()
    look("correct", "Correct this: ANA")
    page.get_by_label("Result").fill("1:320 speckled")
    page.get_by_label("Why you correct it").fill("I misread the paper.")
    page.get_by_role("button", name="Keep my correction").click()
    page.get_by_text("Your correction is kept.").wait_for()
    page.get_by_text("Version 1, from").click()
    look("corrected", "How it read before")


def when_one_is_removed_and_put_back(page: Page, look: Look) -> None:
    page.get_by_role("link", name="All records").click()
    page.get_by_role("link", name="Test results and readings").click()
    page.get_by_role("link", name="Lupus anticoagulant").click()
    page.get_by_role("link", name="Remove").click()
    look("remove", "Remove “Lupus anticoagulant”?")
    page.get_by_role("button", name="Remove it").click()
    look("gone", "What it said")
    page.get_by_role("link", name="Everything you removed").click()
    look("removed", "What you removed")
    page.get_by_role("button", name="Put it back").click()
    page.get_by_text("It is back as it was.").wait_for()


def when_what_a_file_says_is_corrected(page: Page, look: Look) -> None:
    page.get_by_role("link", name="All records").click()
    page.get_by_role("link", name="Health problems").click()
    page.get_by_role("link", name="Reynolds syndrome").click()
    look("from-file", "Where this comes from")
    page.get_by_role("link", name="Correct this").click()
    page.get_by_label("What it is called").fill("Raynaud")
    page.get_by_role("button", name="Keep my correction").click()
    look("beside-file", "The file says")


def then_it_is_found(page: Page, look: Look) -> None:
    page.get_by_role("link", name="All records").click()
    for typed, title in (("speckled", "ANA"), ("lupus", "Lupus anticoagulant"), ("spring", "Hydroxychloroquine")):
        page.get_by_label("Search your records").fill(typed)
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=title).wait_for()
    look("found", "1 found")
