"""Who saw what: what is written down, in words, and for whom."""

import re
from collections.abc import Callable

import pytest

from secondlens.domain.clinical import Condition
from secondlens.errors import Locked
from secondlens.vault import open_vault
from secondlens.web.door import Door
from tests.web.asking import Browser
from tests.web.conftest import PASSPHRASE
from tests.web.keeping import as_helper, inside, way, words_of

Browse = Callable[[Door], Browser]
pytestmark = pytest.mark.usefixtures("quick_keys")


def test_what_a_helper_reads_is_listed_by_its_words_while_it_is_there(opened: Door, browser: Browser) -> None:
    shown = opened.open_vault().add(Condition(title="Raynaud phenomenon"))
    gone = opened.open_vault().add(Condition(title="Migraine"))
    as_helper(opened)
    for record in (shown.id, gone.id):
        browser.get(inside(opened, f"records/{record}"))
    folder = opened.open_vault().folder
    opened.lock()
    opened.take(open_vault(folder, passphrase=PASSPHRASE))
    opened.open_vault().remove(gone.id)
    words = words_of(browser.get(inside(opened, "seen")))
    assert "My sister looked at Health problem: Raynaud phenomenon" in words
    assert "My sister looked at something that is no longer here" in words
    assert "You (passphrase) opened the vault" in words
    hers = words_of(browser.get(inside(opened, f"seen?who={way(opened.open_vault(), 'My sister')}")))
    assert "Raynaud" in hers
    assert "You (passphrase) opened" not in hers


def test_tries_that_failed_are_told_once_after_opening(opened: Door, browser: Browser) -> None:
    folder = opened.open_vault().folder
    opened.lock()
    for words in ("wrong one of mine", "another wrong one"):
        with pytest.raises(Locked):
            open_vault(folder, passphrase=words)
    opened.take(open_vault(folder, passphrase=PASSPHRASE))
    assert "2 tries to open this vault failed" in words_of(browser.get(inside(opened)))
    words = words_of(browser.get(inside(opened, "seen")))
    assert words.count("Somebody with a passphrase tried to open the vault and could not") == 2
    assert "failed before you came in" not in words_of(browser.get(inside(opened)))
    assert "opened the vault" not in words_of(browser.get(inside(opened, "seen?who=failed")))


def test_what_is_taken_out_is_written_down(full: Door, browser: Browser, browse: Browse) -> None:
    browser = browse(full)
    vault = full.open_vault()
    record = next(kept for kept in vault.list("Condition"))
    assert browser.get(inside(full, f"records/{record.id}/original")).status == 200
    case = next(kept.id for kept in vault.list("Case"))
    made = browser.follow(browser.post(inside(full, f"case/{case}/packet"))).text
    download = re.search(r'href="([^"]+/packet/\w+)"', made)
    assert download is not None
    assert browser.get(download[1]).status == 200
    words = words_of(browser.get(inside(full, "seen")))
    assert "took out a copy of “portal.json”" in words
    assert len(re.findall(r"took out a copy of “packet-", words)) == 2


def test_an_original_comes_out_of_a_damaged_vault_too(
    full: Door, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = full.open_vault()
    record = next(kept for kept in vault.list("Condition"))
    monkeypatch.setattr(vault, "_damaged", True)
    assert browse(full).get(inside(full, f"records/{record.id}/original")).status == 200
