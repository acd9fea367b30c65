"""The start page: a new vault with its recovery code, a vault that is here already, the sample person."""

import functools
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from secondlens.vault import LEAST_COST, create_vault, open_vault
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
from tests.web.asking import Browser
from tests.web.conftest import PASSPHRASE

Browse = Callable[[Door], Browser]
FORM = {"name": "My papers", "passphrase": PASSPHRASE, "again": PASSPHRASE}


@pytest.fixture
def fresh(tmp_path: Path) -> Door:
    """A door without a vault, just entered from the program."""
    door = Door(port=8765, remembered=Remembered(tmp_path / "state"))
    assert door.enter(door.let_in_once().rpartition("/")[2])
    return door


def test_the_start_page_needs_the_launch_token(tmp_path: Path, browse: Browse) -> None:
    door = Door(port=8765, remembered=Remembered(tmp_path / "state"))
    assert "Make a new vault" not in browse(door).get("/").text
    assert browse(door).get("/s/x/start").status == 403


def test_the_start_page_offers_three_ways(fresh: Door, locked: Door, browse: Browse) -> None:
    assert locked.folder is not None
    fresh.remembered.opened(locked.folder, date(2026, 3, 2))
    page = browse(fresh).get(f"/s/{fresh.session}/").text
    assert all(words in page for words in ("Make a vault", "Papers", "Look at the sample"))


def test_a_new_vault_is_made_and_its_code_checked(
    fresh: Door, browse: Browse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = functools.partial(create_vault, cost=LEAST_COST)
    monkeypatch.setattr("secondlens.web.pages.start.create_vault", quick)
    browser, before = browse(fresh), fresh.session or ""
    made = browser.post(f"/s/{fresh.session}/new", {**FORM, "folder": str(tmp_path)})
    assert before not in made.location
    page = browser.follow(made)
    code = re.search(r"<blockquote[^>]*>([^<]+)<", page.text)
    assert code is not None
    asked = re.findall(r'name="(group-(\d+))"', page.text)
    assert len(asked) == 2
    groups = code[1].replace(" ", "-").split("-")
    wrong = browser.post(made.location, {name: "XXXX" for name, _ in asked})
    assert (wrong.status, wrong.text.count("is not the same as above")) == (422, 4)
    right = browser.post(made.location, {name: groups[int(number) - 1].lower() for name, number in asked})
    assert browser.follow(right).status == 200
    assert browser.get(made.location).status == 404
    fresh.lock()
    open_vault(tmp_path / "My papers.vault", recovery_code=code[1]).close()
    open_vault(tmp_path / "My papers.vault", passphrase=PASSPHRASE).close()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "../elsewhere"}, "name"),
        ({"name": ".hidden"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"folder": "/no/such/folder"}, "folder"),
        ({"passphrase": ""}, "passphrase"),
        ({"passphrase": "short", "again": "short"}, "passphrase"),
        ({"again": "something else"}, "again"),
    ],
)
def test_a_mistake_is_shown_at_its_field_and_makes_no_vault(
    changed: dict[str, str], field: str, fresh: Door, browse: Browse, tmp_path: Path
) -> None:
    answer = browse(fresh).post(f"/s/{fresh.session}/new", {**FORM, "folder": str(tmp_path), **changed})
    assert answer.status == 422
    assert f'id="{field}-error"' in answer.text
    assert PASSPHRASE not in answer.text
    assert [path for path in tmp_path.iterdir() if path.name != "state"] == []


def test_a_vault_that_is_there_is_never_overwritten(fresh: Door, browse: Browse, locked: Door) -> None:
    assert locked.folder is not None
    before = {path.name: path.read_bytes() for path in locked.folder.iterdir()}
    answer = browse(fresh).post(
        f"/s/{fresh.session}/new", {**FORM, "name": "Papers", "folder": str(locked.folder.parent)}
    )
    assert answer.status == 422
    assert {path.name: path.read_bytes() for path in locked.folder.iterdir()} == before


def test_another_vault_is_chosen_and_then_unlocked(fresh: Door, browse: Browse, locked: Door) -> None:
    browser = browse(fresh)
    chosen = browser.post(f"/s/{fresh.session}/open", {"folder": str(locked.folder)})
    assert chosen.location == "/"
    assert fresh.session is None
    assert browser.post("/unlock", {"passphrase": PASSPHRASE}).status == 303
    fresh.lock()


def test_a_folder_that_is_not_there_is_said_at_its_field(fresh: Door, browse: Browse) -> None:
    answer = browse(fresh).post(f"/s/{fresh.session}/open", {"folder": "/no/such/folder"})
    assert (answer.status, 'id="folder-error"' in answer.text) == (422, True)
    assert fresh.folder is None


def test_pages_that_need_a_vault_say_so(fresh: Door, browse: Browse) -> None:
    for path in ("records", "importing/x"):
        answer = browse(fresh).get(f"/s/{fresh.session}/{path}")
        assert answer.status in (404, 423)
    assert browse(fresh).post(f"/s/{fresh.session}/more/check").status == 423


def test_the_sample_person_is_marked_as_made_up(fresh: Door, browse: Browse) -> None:
    browser = browse(fresh)
    home = browser.follow(browser.post(f"/s/{fresh.session}/sample"))
    assert "Made-up sample person" in home.text
    assert fresh.remembered.recents() == ()
    fresh.lock()


def test_the_sample_may_be_asked_for_twice(fresh: Door, browse: Browse) -> None:
    browser = browse(fresh)
    browser.follow(browser.post(f"/s/{fresh.session}/sample"))
    vault = fresh.open_vault()
    again = browser.follow(browser.post(f"/s/{fresh.session}/sample"))
    assert "Made-up sample person" in again.text
    assert fresh.vault is vault
    fresh.lock()


@pytest.mark.parametrize("typed", ["", "~nobody-of-this-name/papers", "x" * 5000, "/" + "x" * 300])
def test_a_folder_that_cannot_be_is_said_at_its_field(typed: str, fresh: Door, browse: Browse) -> None:
    browser = browse(fresh)
    for answer in (
        browser.post(f"/s/{fresh.session}/open", {"folder": typed}),
        browser.post(f"/s/{fresh.session}/new", {**FORM, "folder": typed}),
    ):
        assert (answer.status, 'id="folder-error"' in answer.text) == (422, True)


def test_a_name_too_long_for_the_disk_is_said_at_its_field(fresh: Door, browse: Browse, tmp_path: Path) -> None:
    form = {**FORM, "name": "\U0001f33f" * 60, "folder": str(tmp_path)}
    answer = browse(fresh).post(f"/s/{fresh.session}/new", form)
    assert (answer.status, 'id="name-error"' in answer.text) == (422, True)
    assert [path.name for path in tmp_path.iterdir()] == []
