"""The start page: a new vault with its recovery code, a vault that is here already, the sample person."""

import functools
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from secondlens.vault import LEAST_COST, create_vault, new_recovery_code, open_vault
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
from tests.exporters.packets import pages_of
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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    made = functools.partial(create_vault, cost=LEAST_COST)
    monkeypatch.setattr("secondlens.web.pages.start.create_vault", made)


@pytest.mark.usefixtures("quick")
def test_a_new_vault_is_made_and_its_whole_code_typed_again(fresh: Door, browse: Browse, tmp_path: Path) -> None:
    browser, before = browse(fresh), fresh.session or ""
    made = browser.post(f"/s/{fresh.session}/new", {**FORM, "folder": str(tmp_path)})
    assert before not in made.location
    code = "-".join(re.findall(r"__code\">(\w{4})<", browser.follow(made).text))
    assert code not in browser.get(f"{made.location}/type").text.replace(" ", "")
    other = "Z" if code[0] != "Z" else "Y"
    slip = browser.post(f"{made.location}/type", {"code": other + code[1:]})
    assert (slip.status, slip.text.count("Look again at groups 1 and 2")) == (422, 2)
    assert f'value="{other + code[1:]}"' in slip.text
    foreign = browser.post(f"{made.location}/type", {"code": new_recovery_code()})
    assert (foreign.status, "another recovery code" in foreign.text) == (422, True)
    right = browser.post(f"{made.location}/type", {"code": code.lower().replace("-", " ")})
    assert "Nobody has checked" not in browser.follow(right).text
    assert [line.action for line in fresh.open_vault().audit(1, "code-checked")] == ["code-checked"]
    assert browser.get(made.location).status == 404
    fresh.lock()
    open_vault(tmp_path / "My papers.vault", recovery_code=code).close()
    open_vault(tmp_path / "My papers.vault", passphrase=PASSPHRASE).close()


@pytest.mark.usefixtures("quick")
def test_a_code_left_for_later_is_forgotten_and_home_says_so(fresh: Door, browse: Browse, tmp_path: Path) -> None:
    browser = browse(fresh)
    made = browser.post(f"/s/{fresh.session}/new", {**FORM, "folder": str(tmp_path)})
    home = browser.follow(browser.post(f"{made.location}/type", {"answer": "later"})).text
    assert "Nobody has checked yet that the recovery code on your paper is right." in home
    assert "/ways/check" in home
    assert browser.get(made.location).status == 404
    fresh.lock()


@pytest.mark.usefixtures("quick")
def test_the_sheet_is_a_pdf_made_in_memory(fresh: Door, browse: Browse, tmp_path: Path) -> None:
    browser = browse(fresh)
    made = browser.post(f"/s/{fresh.session}/new", {**FORM, "folder": str(tmp_path)})
    code = re.findall(r"__code\">(\w{4})<", browser.follow(made).text)
    before = sorted(path for path in tmp_path.rglob("*"))
    sheet = browser.post(f"{made.location}/sheet", {"paper": "us-letter", "name": "yes"})
    assert sheet.header("content-disposition") == 'attachment; filename="recovery-sheet.pdf"'
    text = pages_of(sheet.body)[0]
    assert all(group in text for group in code)
    assert "My papers" in text
    assert "My papers" not in pages_of(browser.post(f"{made.location}/sheet").body)[0]
    assert sorted(path for path in tmp_path.rglob("*")) == before
    fresh.lock()


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
