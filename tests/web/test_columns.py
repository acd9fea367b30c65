"""Saying what the columns of a waiting table are: only what the file leaves open is asked."""

from collections.abc import Callable

import pytest

from secondlens.domain.columns import ColumnMapping
from secondlens.web.door import Door
from tests.web.asking import Browser

Browse = Callable[[Door], Browser]
TABLE = ("puls_2026-04.csv", b"Tag;Puls;<b>Notiz</b>\n03.04.2026;61;gut\n14.04.2026;62,5;\n")
KNOWN = ("weight.csv", b'Date,"Weight (kg)","Fat mass (kg)"\n"2026-03-01 07:30:00",72.40,15.2\n')
OPEN = ("puls_2026-04.csv", b"Tag;Puls\n03.04.2026;61\n04.04.2026;62\n")
SAID = {"use-0": "time", "use-1": "HKQuantityTypeIdentifierHeartRate:count/min", "use-2": "note"}


@pytest.fixture
def waiting(opened: Door, browse: Browse) -> tuple[Browser, str]:
    """A browser, and the address of the columns of a waiting table."""
    return _send(browse(opened), opened, TABLE)


def test_the_page_shows_every_column_and_stores_nothing(waiting: tuple[Browser, str], opened: Door) -> None:
    browser, address = waiting
    page = browser.get(address).text
    assert "14.04.2026" in page
    assert "&lt;b&gt;Notiz&lt;/b&gt;" in page
    assert "How are the dates written?" not in page
    looked = browser.post(address, SAID | {"answer": "look"})
    assert (looked.status, "3 April 2026, 00:00" in looked.text) == (200, True)
    assert opened.open_vault().counts() == ()


def test_what_was_saved_reads_the_waiting_file_and_the_next_one(
    waiting: tuple[Browser, str], opened: Door
) -> None:
    browser, address = waiting
    saved = browser.post(address, SAID | {"answer": "save", "device": "My watch"})
    page = browser.follow(saved).text
    assert "Readings of devices: 2 are new" in page
    assert "does not know the columns" not in page
    assert dict(opened.open_vault().counts()) == {ColumnMapping.__name__: 1}
    assert "Puls" in browser.get(address).text  # what is known now can be seen and changed
    again = browser.follow(browser.send_files(f"/s/{opened.session}/importing", [TABLE]))
    assert "Readings of devices: 2 are new" in again.text


def test_only_what_the_file_leaves_open_is_asked(opened: Door, browse: Browse) -> None:
    browser, address = _send(browse(opened), opened, OPEN)
    asked = browser.post(address, SAID | {"answer": "save"})
    assert (asked.status, "03.04.2026 is 3 April 2026" in asked.text) == (422, True)
    assert opened.open_vault().counts() == ()
    answered = browser.post(address, SAID | {"answer": "look", "order": "month-day-year"})
    assert "4 March 2026, 00:00" in answered.text


def test_answers_nobody_offered_count_as_none(waiting: tuple[Browser, str]) -> None:
    browser, address = waiting
    answer = browser.post(address, {"use-0": "time", "use-1": "rm -rf:x", "order": "x", "answer": "save"})
    assert (answer.status, "Say which column holds readings" in answer.text) == (422, True)


@pytest.mark.parametrize("number", ["1", "x", "-1", "00", "9" * 5000])
def test_a_file_that_does_not_wait_is_not_here(waiting: tuple[Browser, str], number: str) -> None:
    browser, address = waiting
    assert browser.get(f"{address.rpartition('/')[0]}/{number}").status == 404


def test_the_record_of_it_is_a_page_in_plain_words(waiting: tuple[Browser, str], opened: Door) -> None:
    browser, address = waiting
    browser.post(address, SAID | {"answer": "save"})
    (kept,) = opened.open_vault().list(ColumnMapping.__name__)
    page = browser.get(f"/s/{opened.session}/records/{kept.id}").text
    assert "Puls: HeartRate in count/min" in page


def test_what_is_known_of_a_table_can_be_seen_and_changed(opened: Door, browse: Browse) -> None:
    browser, address = _send(browse(opened), opened, KNOWN)
    page = browser.get(address).text
    assert '<option value="HKQuantityTypeIdentifierBodyMass:kg" selected>' in page
    assert '<option value="FatMass:kg" selected>' in page
    assert 'value="Withings"' in page
    changed = {"use-0": "time", "use-1": "HKQuantityTypeIdentifierBodyMass:lb", "use-2": "leave", "answer": "save"}
    browser.follow(browser.post(address, changed))
    (kept,) = opened.open_vault().list(ColumnMapping.__name__)
    assert isinstance(kept.record, ColumnMapping)
    assert [value.unit for value in kept.record.table.values] == ["lb"]


def _send(browser: Browser, door: Door, file: tuple[str, bytes]) -> tuple[Browser, str]:
    preview = browser.send_files(f"/s/{door.session}/importing", [file]).location
    assert f'href="{preview}/columns/0"' in browser.get(preview).text
    return browser, f"{preview}/columns/0"
