"""Coming in and going out: the launch token, the passphrase, waiting after a wrong one, locking."""

import os
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from secondlens.actions.reading import Reading
from secondlens.vault import open_vault
from secondlens.web.app import create_app
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered, Settings
from secondlens.web.shelf import Gone
from tests.web.asking import Browser
from tests.web.conftest import PASSPHRASE, Clock

Browse = Callable[[Door], Browser]


def test_the_front_door_shows_only_a_passphrase_field(locked: Door, browse: Browse) -> None:
    answer = browse(locked).get("/")
    assert answer.status == 200
    assert "<title>Secondlens</title>" in answer.text
    assert "Papers" not in answer.text
    assert answer.text.count("<input") == 1
    assert 'autocomplete="current-password"' in answer.text


def test_without_a_vault_the_front_door_says_how_to_start(tmp_path: Path, browse: Browse) -> None:
    door = Door(port=8765, remembered=Remembered(tmp_path))
    answer = browse(door).get("/")
    assert "Start Secondlens from its program" in answer.text
    assert "<input" not in answer.text


def test_the_launch_token_works_once(opened: Door, browse: Browse) -> None:
    way_in = opened.let_in_once().removeprefix("http://127.0.0.1:8765")
    browser = browse(opened)
    assert browser.ask("HEAD", way_in).status == 403
    first = browser.get(way_in)
    assert first.status == 200
    assert f'http-equiv="refresh" content="0; url=/s/{opened.session}/"' in first.text
    assert f'href="/s/{opened.session}/"' in first.text
    assert browser.get(f"/s/{opened.session}/").status == 200
    second = browser.get(way_in)
    assert second.status == 403
    assert "works once" in second.text
    assert (opened.session or "") not in second.text


def test_the_launch_token_is_over_after_a_minute(opened: Door, browse: Browse, clock: Clock) -> None:
    way_in = opened.let_in_once().removeprefix("http://127.0.0.1:8765")
    clock.now += 60
    assert browse(opened).get(way_in).status == 403
    way_in = opened.let_in_once().removeprefix("http://127.0.0.1:8765")
    clock.now += 59
    assert browse(opened).get(way_in).status == 200


def test_tokens_are_long_random_and_new_each_time(locked: Door) -> None:
    tokens = {locked.unlock(passphrase=PASSPHRASE), locked.take(locked.open_vault())}
    assert len(tokens) == 2
    assert all(len(token) == 43 for token in tokens)
    assert locked.admits(locked.session or "")
    assert [locked.admits(token) for token in tokens].count(True) == 1


def test_the_right_passphrase_opens_exactly_as_typed(locked: Door, browse: Browse) -> None:
    answer = browse(locked).post("/unlock", {"passphrase": PASSPHRASE})
    assert answer.location == f"/s/{locked.session}/"
    assert browse(locked).follow(answer).status == 200


def test_a_wrong_passphrase_is_said_in_the_summary_and_at_the_field(locked: Door, browse: Browse) -> None:
    answer = browse(locked).post("/unlock", {"passphrase": "wrong words entirely here"})
    assert answer.status == 422
    assert locked.vault is None
    assert "There is a problem" in answer.text
    assert 'href="#passphrase"' in answer.text
    assert 'id="passphrase-error"' in answer.text
    assert "wrong words entirely here" not in answer.text


def test_each_wrong_passphrase_makes_the_next_try_wait_longer(locked: Door, browse: Browse, clock: Clock) -> None:
    browser = browse(locked)
    for seconds in (1, 2, 4):
        assert "does not open" in browser.post("/unlock", {"passphrase": "wrong words"}).text
        too_soon = browser.post("/unlock", {"passphrase": PASSPHRASE})
        assert f"Wait {seconds} second" in too_soon.text
        assert locked.vault is None
        clock.now += seconds
    assert browser.post("/unlock", {"passphrase": PASSPHRASE}).status == 303


def test_the_wait_never_grows_past_a_minute_and_ends_with_the_right_passphrase(locked: Door, clock: Clock) -> None:
    locked._failures = 30
    browser = Browser(create_app(locked))
    browser.post("/unlock", {"passphrase": "wrong words"})
    assert "Wait 60 seconds" in browser.post("/unlock", {"passphrase": PASSPHRASE}).text
    clock.now += 60
    assert browser.post("/unlock", {"passphrase": PASSPHRASE}).status == 303
    locked.lock()
    assert "does not open" in browser.post("/unlock", {"passphrase": "wrong words"}).text
    assert "Wait 1 second," in browser.post("/unlock", {"passphrase": PASSPHRASE}).text


def test_the_recovery_code_opens_too(closed_vault: tuple[Path, str], locked: Door, browse: Browse) -> None:
    browser = browse(locked)
    assert "Recovery code" in browser.get("/recover").text
    assert browser.post("/recover", {"code": ""}).status == 422
    assert browser.post("/recover", {"code": closed_vault[1].lower()}).location == f"/s/{locked.session}/"


def test_a_trusted_person_comes_in_with_a_key_of_their_own_and_only_as_a_helper(
    opened: Door, browse: Browse
) -> None:
    person, stranger = (pyrage.x25519.Identity.generate() for _ in range(2))
    opened.open_vault().add_person(str(person.to_public()), label="Ada")
    opened.lock()
    browser = browse(opened)
    assert "with a key of my own" in browser.get("/").text
    assert browser.post("/person", {"key": " "}).status == 422
    refused = browser.post("/person", {"key": str(stranger)})
    assert (refused.status, "does not open the vault" in refused.text) == (422, True)
    assert str(stranger) not in refused.text
    opened._next_try = 0
    assert browser.post("/person", {"key": f"# my key\n{person}\n"}).location == f"/s/{opened.session}/"
    assert opened.open_vault().way.label == "Ada"


def test_a_helper_at_the_owners_open_screen_comes_in_as_a_helper(opened: Door, browse: Browse) -> None:
    person = pyrage.x25519.Identity.generate()
    opened.open_vault().add_person(str(person.to_public()), label="Ada")
    owners = opened.session
    assert browse(opened).post("/person", {"key": str(person)}).status == 303
    assert opened.open_vault().way.whose == "helper"
    assert opened.session != owners
    assert browse(opened).post("/unlock", {"passphrase": PASSPHRASE}).status == 303
    assert opened.open_vault().way.whose == "owner"


def test_a_mistyped_recovery_code_is_said_at_its_field(
    closed_vault: tuple[Path, str], locked: Door, browse: Browse
) -> None:
    code = closed_vault[1]
    wrong = ("0" if code[0] != "0" else "1") + code[1:]
    answer = browse(locked).post("/recover", {"code": wrong})
    assert answer.status == 422
    assert 'id="code-error"' in answer.text


def test_an_empty_passphrase_costs_no_wait(locked: Door, browse: Browse) -> None:
    assert browse(locked).post("/unlock", {"passphrase": ""}).status == 422
    assert browse(locked).post("/unlock", {"passphrase": PASSPHRASE}).status == 303


def test_locking_closes_the_vault_and_revokes_everything(full: Door, browse: Browse) -> None:
    browser, session, vault = browse(full), full.session, full.open_vault()
    held = full.shelf.put("words of a search")
    answer = browser.post(f"/s/{session}/lock")
    assert answer.location == "/"
    assert answer.header("clear-site-data") == '"cache", "storage"'
    assert full.vault is None
    for path in ("", "records", "more", f"records/found/{held}"):
        closed = browser.get(f"/s/{session}/{path}")
        assert closed.status == 403
        assert "Raynaud" not in closed.text
    with pytest.raises(Exception, match="locked"):
        vault.counts()
    again = browser.post("/unlock", {"passphrase": PASSPHRASE})
    assert again.status == 303
    assert full.session != session
    assert browser.get(f"/s/{full.session}/records/found/{held}").status == 404


def test_help_needs_no_key(locked: Door, browse: Browse) -> None:
    answer = browse(locked).get("/help")
    assert answer.status == 200
    assert "cannot tell if it is an emergency" in answer.text


def test_what_is_remembered_is_little_and_private(opened: Door, tmp_path: Path) -> None:
    recents = tmp_path / "state" / "recents.json"
    assert set(opened.remembered.recents()[0].__slots__) == {"folder", "opened"}
    opened.choose_settings(Settings(theme="sepia"))
    assert Door(port=1, remembered=Remembered(tmp_path / "state")).settings.theme == "sepia"
    if os.name == "posix":
        assert (recents.stat().st_mode & 0o777, (tmp_path / "state").stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"theme": "neon"}', b"\xff\xfe", b'[{"folder": 3}]'])
def test_a_damaged_memory_is_no_memory(content: bytes, tmp_path: Path) -> None:
    for name in ("recents.json", "settings.json"):
        (tmp_path / name).write_bytes(content)
    assert Remembered(tmp_path).recents() == ()
    assert Remembered(tmp_path).settings().theme == "system"


def test_a_disk_that_takes_nothing_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    door = Door(port=1, remembered=Remembered(tmp_path / "file" / "state"))
    door.choose_settings(Settings(theme="dark"))
    assert door.settings.theme == "dark"


def test_what_is_held_in_memory_has_limited_room(opened: Door) -> None:
    held = [Reading(()) for _ in range(4)]
    keys = [opened.imports.put(one) for one in held]
    assert [opened.imports.get(key, Reading) for key in keys[2:]] == held[2:]
    for key in keys[:2]:
        with pytest.raises(Gone, match="Start this part again"):
            opened.imports.get(key, Reading)


def test_the_passphrase_lets_in_again_while_the_vault_is_open(full: Door, browse: Browse) -> None:
    browser, vault, before = browse(full), full.open_vault(), full.session
    wrong = browser.post("/unlock", {"passphrase": "wrong words entirely"})
    assert "does not open" in wrong.text
    assert "Wait 1 second" in browser.post("/unlock", {"passphrase": PASSPHRASE}).text
    assert full.session == before
    full._next_try = 0.0
    answer = browser.post("/unlock", {"passphrase": PASSPHRASE})
    assert answer.location == f"/s/{full.session}/"
    assert full.session != before
    assert full.vault is vault
    assert browser.follow(answer).status == 200


def test_the_recovery_code_lets_in_again_while_the_vault_is_open(
    closed_vault: tuple[Path, str], opened: Door, browse: Browse
) -> None:
    answer = browse(opened).post("/recover", {"code": closed_vault[1]})
    assert answer.location == f"/s/{opened.session}/"


def test_a_vault_that_another_program_holds_costs_no_wait(locked: Door, browse: Browse) -> None:
    assert locked.folder is not None
    browser = browse(locked)
    with open_vault(locked.folder, passphrase=PASSPHRASE):
        assert "another window" in browser.post("/unlock", {"passphrase": PASSPHRASE}).text
    assert browser.post("/unlock", {"passphrase": PASSPHRASE}).status == 303
