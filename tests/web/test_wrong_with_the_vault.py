"""An older copy and damage, on their pages."""

import re
from collections.abc import Callable

import pytest

from secondlens.domain.clinical import Condition
from secondlens.vault import usual_place
from secondlens.web.door import Door
from tests.web.asking import Browser
from tests.web.conftest import PASSPHRASE
from tests.web.keeping import done, inside, words_of

Browse = Callable[[Door], Browser]
pytestmark = pytest.mark.usefixtures("quick_keys")


def test_an_older_copy_is_said_before_home_and_until_it_is_accepted(opened: Door, browser: Browser) -> None:
    vault = opened.open_vault()
    vault.older = "Something is missing from this vault."
    page = browser.follow(browser.get(inside(opened)))
    assert "Something is missing from this vault." in words_of(page)
    assert "This may be an older copy of your vault." in words_of(browser.get(inside(opened)))
    assert browser.post(inside(opened, "older")).status == 303
    assert "older copy" not in words_of(browser.get(inside(opened)))
    assert [line.action for line in vault.audit(1)] == ["copy-accepted"]


def test_damage_is_named_and_mended_from_the_page(opened: Door, browser: Browser) -> None:
    vault = opened.open_vault()
    vault.add(Condition(title="Raynaud"))
    vault.back_up(usual_place(vault.folder))
    database = bytearray((vault.folder / "vault.db").read_bytes())
    database[-4000] ^= 1
    (vault.folder / "vault.db").write_bytes(database)
    found = done(browser, browser.post(inside(opened, "more/check")))
    assert "Nothing more is written to this vault" in words_of(found)
    path = re.search(r'action="([^"]+/more/checked/[^"]+)"', found.text)
    assert path is not None
    assert browser.post(path[1], {"own": "not the right words"}).status == 422
    opened.clock.now += 5  # type: ignore[attr-defined]  # the clock of the tests
    mended = browser.follow(done(browser, browser.post(path[1], {"own": PASSPHRASE})))
    assert "Your vault is mended" in words_of(mended)
    assert [kept.record.title for kept in opened.open_vault().list()] == ["Raynaud"]
    assert opened.open_vault().check(full=True).ok
