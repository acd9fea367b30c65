"""Backups, long work, and restoring, on their pages."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from secondlens.actions.safekeeping import Safekeeper
from secondlens.domain.clinical import Condition
from secondlens.vault import list_backups, new_recovery_code, open_vault, usual_place
from secondlens.web.app import serve
from secondlens.web.door import Door
from tests.web.asking import Browser
from tests.web.conftest import PASSPHRASE
from tests.web.keeping import done, inside, keeping, way, words_of

Browse = Callable[[Door], Browser]
pytestmark = pytest.mark.usefixtures("quick_keys")


def test_backups_are_made_where_the_person_said_and_proven(opened: Door, browser: Browser, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert "There is no backup in this place yet." in words_of(browser.get(inside(opened, "backups")))
    assert browser.post(inside(opened, "backups/place"), {"folder": str(stick)}).status == 303
    made = words_of(done(browser, browser.post(inside(opened, "backups/make"))))
    assert "The backup is made and checked: 0 records and 0 original files." in made
    assert "Not proven yet" in made
    assert "same disk as the vault" in made
    copy = list_backups(stick)[0]
    proven = words_of(done(browser, browser.post(inside(opened, "backups/prove"), {"name": copy.name})))
    assert "Restored for real today" in proven
    assert [path.name for path in stick.iterdir()] == [copy.name]
    assert "Last proven restore: today." in words_of(browser.get(inside(opened)))
    assert browser.post(inside(opened, "backups/place"), {"folder": ""}).status == 303
    assert str(usual_place(opened.open_vault().folder)) in words_of(browser.get(inside(opened, "backups")))


@pytest.mark.parametrize("place", ["/no/such/folder", "VAULT", "VAULT/inner"])
def test_a_place_that_cannot_hold_backups_is_refused(place: str, opened: Door, browser: Browser) -> None:
    folder = opened.open_vault().folder
    (folder / "inner").mkdir()
    answer = browser.post(inside(opened, "backups/place"), {"folder": place.replace("VAULT", str(folder))})
    assert (answer.status, 'id="folder-error"' in answer.text) == (422, True)
    assert opened.remembered.backup_place(folder) is None


def test_another_disk_is_not_called_the_same(
    opened: Door, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secondlens.web.pages.safekeeping.backups.on_same_disk", lambda *_: False)
    assert "same disk" not in words_of(browser.get(inside(opened, "backups")))


def test_a_backup_that_is_gone_is_a_calm_page(opened: Door, browser: Browser) -> None:
    assert browser.post(inside(opened, "backups/prove"), {"name": "../../etc"}).status == 404


def test_a_damaged_backup_is_a_sentence_and_proves_nothing(opened: Door, browser: Browser) -> None:
    vault = opened.open_vault()
    copy = vault.back_up(usual_place(vault.folder))
    database = bytearray((copy.folder / "vault.db").read_bytes())
    database[5000] ^= 1
    (copy.folder / "vault.db").write_bytes(database)
    page = words_of(done(browser, browser.post(inside(opened, "backups/prove"), {"name": copy.name})))
    assert "This did not work" in page
    assert "vault.db is not what was written" in page
    assert "No backup was proven" in words_of(browser.get(inside(opened)))


def test_the_page_of_long_work_looks_again_by_itself_and_nothing_else_is_begun(
    opened: Door, browser: Browser
) -> None:
    gate = threading.Event()
    work = keeping(browser).bench.begin(gate.wait, title="Long work", then="backups")
    page = browser.get(inside(opened, "working"))
    assert (page.status, page.header("refresh"), "Long work" in words_of(page)) == (200, "3", True)
    assert browser.post(inside(opened, "backups/make")).status == 403
    assert browser.get(inside(opened)).status == 200
    gate.set()
    assert work.wait(60)
    assert browser.get(inside(opened, "working")).location.endswith("/backups")


def test_trouble_of_the_safekeeper_is_a_sentence_on_home_and_backups(opened: Door, browser: Browser) -> None:
    opened.open_vault().note("code-checked", way(opened.open_vault(), "recovery-code"))
    keeping(browser).keeper.trouble = "The disk is full."
    assert "The last backup by itself did not work." in words_of(browser.get(inside(opened)))
    assert "The disk is full." in words_of(browser.get(inside(opened, "backups")))


def test_the_sample_is_never_reminded_or_looked_after(opened: Door, browser: Browser) -> None:
    opened.open_vault().add(Condition(title="Raynaud"))
    opened.sample = True
    words = words_of(browser.get(inside(opened)))
    assert "proven" not in words
    assert "recovery code" not in words
    assert keeping(browser).keeper.look() is None
    opened.sample = False
    work = keeping(browser).keeper.look()
    assert work is not None
    assert work.wait(60)
    assert [copy.why for copy in list_backups(usual_place(opened.open_vault().folder))] == ["scheduled"]


def restore_form(copy: Path, tmp_path: Path) -> dict[str, str]:
    return {"backup": str(copy), "name": "Again", "folder": str(tmp_path), "passphrase": PASSPHRASE}


@pytest.mark.parametrize("by", ["passphrase", "code", "typed folder", "typed folder of backups"])
def test_a_backup_becomes_a_vault_again_and_the_open_one_stays_as_it_is(
    by: str, opened: Door, browser: Browser, tmp_path: Path, code: str
) -> None:
    vault = opened.open_vault()
    vault.add(Condition(title="Raynaud"))
    elsewhere = tmp_path / "elsewhere"
    copy = vault.back_up(elsewhere if by.startswith("typed") else usual_place(vault.folder)).folder
    vault.add(Condition(title="Later"))
    form = restore_form(copy, tmp_path)
    if by == "code":
        form |= {"passphrase": "", "code": code}
    elif by.startswith("typed"):
        form |= {"backup": "", "elsewhere": str(copy)}
    if by == "typed folder of backups":
        listed = browser.post(inside(opened, "restore"), {**form, "elsewhere": str(elsewhere)})
        assert (listed.status, str(copy) in listed.text) == (422, True)
        form |= {"elsewhere": str(elsewhere), "backup": str(copy)}
    else:
        assert (str(copy) in browser.get(inside(opened, "restore")).text) is not by.startswith("typed")
    home = done(browser, browser.post(inside(opened, "restore"), form))
    assert "Raynaud" not in home.location
    assert opened.open_vault().folder == tmp_path / "Again.vault"
    assert [kept.record.title for kept in opened.open_vault().list()] == ["Raynaud"]
    with open_vault(vault.folder, passphrase=PASSPHRASE) as old:
        assert [kept.record.title for kept in old.list()] == ["Raynaud", "Later"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"backup": "/no/such"}, "elsewhere"),
        ({"backup": "", "elsewhere": "/no/such"}, "elsewhere"),
        ({"name": "../x"}, "name"),
        ({"name": "Papers"}, "name"),
        ({"folder": "/no/such"}, "folder"),
        ({"passphrase": ""}, "passphrase"),
        ({"passphrase": "not the right words"}, "passphrase"),
        ({"code": new_recovery_code()}, "code"),
        ({"code": "0123"}, "code"),
    ],
)
def test_a_slip_in_the_form_for_restoring_is_shown_at_its_field(
    changed: dict[str, str], field: str, opened: Door, browser: Browser, tmp_path: Path
) -> None:
    vault = opened.open_vault()
    copy = vault.back_up(usual_place(vault.folder)).folder
    answer = browser.post(inside(opened, "restore"), {**restore_form(copy, tmp_path), **changed})
    assert (answer.status, f'id="{field}-error"' in answer.text) == (422, True)
    assert not (tmp_path / "Again.vault").exists()


def test_a_restore_that_fails_leaves_the_open_vault_open(opened: Door, browser: Browser, tmp_path: Path) -> None:
    vault = opened.open_vault()
    copy = vault.back_up(usual_place(vault.folder)).folder
    database = bytearray((copy / "vault.db").read_bytes())
    database[5000] ^= 1
    (copy / "vault.db").write_bytes(database)
    page = done(browser, browser.post(inside(opened, "restore"), restore_form(copy, tmp_path)))
    assert "vault.db is not what was written" in words_of(page)
    assert opened.vault is vault
    assert browser.get(inside(opened)).status == 200
    assert not (tmp_path / "Again.vault").exists()


def test_a_vault_is_restored_from_the_start_page_without_any_open(
    locked: Door, browse: Browse, tmp_path: Path
) -> None:
    assert locked.folder is not None
    with open_vault(locked.folder, passphrase=PASSPHRASE) as vault:
        copy = vault.back_up(tmp_path / "copies").folder
    fresh = Door(port=8765, remembered=locked.remembered, session="a-session-of-the-start-page")
    browser = browse(fresh)
    assert "/restore" in browser.get(inside(fresh, "start")).text
    form = {**restore_form(copy, tmp_path), "backup": "", "elsewhere": str(copy)}
    assert done(browser, browser.post(inside(fresh, "restore"), form)).status == 303
    assert fresh.open_vault().folder == tmp_path / "Again.vault"
    fresh.lock()


def test_the_running_app_looks_after_the_vault_by_itself(opened: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def start(keeper: Safekeeper) -> None:
        started.append(keeper)

    monkeypatch.setattr(Safekeeper, "start", start)
    monkeypatch.setattr("secondlens.web.serving.run", lambda *_, **__: None)
    opened.port = 0
    serve(opened, lambda _: None)
    assert len(started) == 1
