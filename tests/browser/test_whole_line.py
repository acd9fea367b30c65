"""The whole line as a person walks it, in a real browser, on a real file, without JavaScript."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page

from secondlens.vault import create_vault
from tests.browser.conftest import OpenPage, follow

PASSPHRASE = "four calm words here"
QUESTION = "What explains my evening fevers & the swelling <since March>?"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "ccda" / "hl7_examples" / "Documents"
CCD = FIXTURES / "CCD" / "CCD_1" / "CCD.XML"

Checked = Callable[[Page, str], None]


@contextmanager
def program(*arguments: str, state: Path) -> Iterator[str]:
    """Start our own program as a person would; gives the address it prints."""
    command = [sys.executable, "-u", "-m", "secondlens", *arguments]
    environment = {"XDG_STATE_HOME": str(state), "HOME": str(state), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := re.search(r"http://127\.0\.0\.1:\d+/\S*", line):
                    yield found[0]
                    break
        finally:
            process.terminate()
            process.stdout.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 740)])
def test_from_a_locked_vault_to_a_packet_in_the_hand(
    tmp_path: Path, open_page: OpenPage, look_at: Callable[[Page, str], None], width: int, height: int
) -> None:
    folder = tmp_path / "my.vault"
    create_vault(folder, PASSPHRASE).vault.close()
    page = open_page(width=width, height=height, scheme="dark" if width == 360 else "light")

    def look(name: str) -> None:
        look_at(page, name)

    with program("open", str(folder), "--no-open", state=tmp_path) as address:
        given_the_vault_is_unlocked(page, address, look)
        when_a_real_file_is_brought_in(page, look)
        when_a_case_is_opened(page, look)
        when_reason_and_decision_are_written(page, look)
        when_the_first_opinion_is_noted(page, look)
        when_words_are_chosen_and_kept(page, look)
        when_records_and_questions_are_chosen(page, look)
        then_the_packet_holds_name_and_question(page, look, tmp_path)
        then_the_second_opinion_stands_beside_the_first(page, look)
        then_the_lock_ends_it(page, look)


def given_the_vault_is_unlocked(page: Page, address: str, look: Callable[[str], None]) -> None:
    page.goto(re.sub(r"(:\d+)/.*", r"\1/", address))
    look("unlock")
    page.get_by_label("Passphrase").fill("not the right words")
    follow(page.get_by_role("button", name="Unlock"))
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    look("unlock-wrong")
    page.wait_for_timeout(1100)  # the pause after a wrong passphrase
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    follow(page.get_by_role("button", name="Unlock"))
    page.get_by_role("button", name="Lock", exact=True).wait_for()
    look("home-empty")


def when_a_real_file_is_brought_in(page: Page, look: Callable[[str], None]) -> None:
    page.goto(page.url.rstrip("/") + "/importing")
    look("import")
    page.locator("input[type=file]").first.set_input_files(CCD)
    follow(page.locator("main form button").first)
    page.get_by_role("button", name=re.compile("Keep")).wait_for()
    look("import-preview")
    follow(page.get_by_role("link", name="Records", exact=True))
    assert "pneumonia" not in page.locator("main").inner_text().lower()  # nothing is kept before one says so
    page.go_back()
    follow(page.get_by_role("button", name=re.compile("Keep")))
    page.get_by_role("heading", name="Kept in your vault").wait_for()
    look("import-done")
    follow(page.get_by_role("link", name="Records", exact=True))
    look("records")
    page.locator("main input[type=search], main input[name=words]").first.fill("pneumonia")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    follow(page.get_by_role("link", name=re.compile("pneumonia", re.IGNORECASE)).first)
    assert "CCD.XML" in page.locator("main").inner_text()
    look("record")


def when_a_case_is_opened(page: Page, look: Callable[[str], None]) -> None:
    follow(page.get_by_role("link", name=re.compile("case", re.IGNORECASE)).first)
    look("case-empty")
    follow(page.get_by_role("link", name="Start my case"))
    follow(page.get_by_role("button", name="Keep this"))
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    look("case-question-wrong")
    page.get_by_label("The question I want answered").fill(QUESTION)
    page.get_by_label("The choice that hangs on it").fill("Whether to start the new medicine")
    follow(page.get_by_role("button", name="Keep this"))
    assert page.get_by_role("heading", name=QUESTION).is_visible()
    look("case-new")


def when_reason_and_decision_are_written(page: Page, look: Callable[[str], None]) -> None:
    follow(page.get_by_role("link", name="Go to Notice"))
    look("notice")
    page.get_by_label("Why I want someone else to look").fill("Fevers every evening. The swelling is new.")
    page.get_by_label("When it began").fill("soon after Easter")
    follow(page.get_by_role("button", name="Keep my reason"))
    assert page.get_by_role("link", name="Write a date such as").is_visible()
    page.get_by_label("When it began").fill("March 2026")
    follow(page.get_by_role("button", name="Keep my reason"))
    follow(page.get_by_role("link", name="Go to Decide"))
    look("decide")
    page.get_by_label("I want a second opinion").check()
    page.get_by_label("Who should look").fill("rheumatology")
    follow(page.get_by_role("button", name="Keep my choice"))


def when_the_first_opinion_is_noted(page: Page, look: Callable[[str], None]) -> None:
    follow(page.get_by_role("link", name="Write their words as you remember them"))
    look("opinion")
    page.get_by_label("Who said it").fill("Dr Example")
    page.get_by_label("What they think it is").fill("Stress")
    page.get_by_label("What this does not explain").fill("the evening fevers and the swelling")
    follow(page.get_by_role("button", name="Keep these notes"))


def when_words_are_chosen_and_kept(page: Page, look: Callable[[str], None]) -> None:
    follow(page.get_by_role("link", name="Go to Ask"))
    look("ask")
    follow(page.get_by_role("link", name="The way things work"))
    assert page.get_by_role("heading", name="First, is this true?").is_visible()
    assert page.locator(".spoken:visible").count() == 0  # not offered before the person says that it is true
    look("ask-true")
    page.go_back()
    follow(page.get_by_role("link", name="Simple and direct"))
    words = page.locator(".spoken:visible").first.inner_text()
    assert "the evening fevers and the swelling" in words
    assert "rheumatology" in words
    assert "{" not in words
    look("ask-words")
    follow(page.get_by_role("button", name="Keep these words"))
    assert "the evening fevers" in page.locator(".spoken").first.inner_text()
    page.goto(re.sub(r"(/case/[^/]+)/.*", r"\1", page.url))


def when_records_and_questions_are_chosen(page: Page, look: Callable[[str], None]) -> None:
    follow(page.get_by_role("link", name="Go to Gather"))
    look("gather")
    follow(page.get_by_role("button", name="Keep this choice"))
    follow(page.get_by_role("link", name="Go to Prepare"))
    for question in ("What else could it be?", "Which test would tell?"):
        page.get_by_label("Write a question").fill(question)
        page.get_by_role("button", name="Add it").click()
    follow(page.get_by_role("button", name=re.compile(r"Earlier\s*: Which test")))
    assert page.locator(".ranked__text").first.inner_text() == "Which test would tell?"
    look("prepare")
    follow(page.get_by_role("link", name="Go to the packet"))


def then_the_packet_holds_name_and_question(page: Page, look: Callable[[str], None], folder: Path) -> None:
    follow(page.get_by_role("button", name="Make a packet now"))
    look("packet")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download").first.click()
    packet = folder / "packet.pdf"
    coming.value.save_as(packet)
    with pypdfium2.PdfDocument(packet.read_bytes()) as pdf:
        text = " ".join(pdf[0].get_textpage().get_text_range().split())
    assert QUESTION in text
    assert "Eve Betterhalf" in text
    assert "Which test would tell?" in text


def then_the_second_opinion_stands_beside_the_first(page: Page, look: Callable[[str], None]) -> None:
    page.goto(re.sub(r"(/case/[^/]+).*", r"\1", page.url))
    look("case-far")
    follow(page.get_by_role("link", name="Go to Meet"))
    look("meet")
    page.get_by_label("Who I met").fill("Dr Model")
    page.get_by_label("What they said, in short").fill("Two more tests")
    follow(page.get_by_role("button", name="Keep my notes"))
    follow(page.get_by_role("link", name="Go to Compare"))
    look("compare-half")
    follow(page.get_by_role("link", name="Write it down"))
    page.get_by_label("Who said it").fill("Dr Model")
    page.get_by_label("What they think it is").fill("Not sure yet")
    follow(page.get_by_role("button", name="Keep these notes"))
    follow(page.get_by_role("link", name="Compare", exact=True).first)
    assert "does not say who is right" in page.locator("main").inner_text()
    look("compare")
    page.goto(re.sub(r"(/case/[^/]+).*", r"\1", page.url))
    follow(page.get_by_role("link", name="Go to Follow through"))
    page.get_by_label("How it ended, for now").fill("Two tests, then we talk again")
    look("follow-through")
    follow(page.get_by_role("button", name="Keep this"))
    assert "All eight steps have left something" in page.locator("main").inner_text()


def then_the_lock_ends_it(page: Page, look: Callable[[str], None]) -> None:
    inside = page.url
    follow(page.get_by_role("link", name="Get help now"))
    look("help")
    follow(page.get_by_role("button", name="Lock", exact=True))
    assert page.get_by_label("Passphrase").is_visible()
    page.goto(inside)
    assert QUESTION not in page.content()
    look("after-lock")
