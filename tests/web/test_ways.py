"""The ways into a vault on their pages: who may change them, and what each change ends."""

import re
from collections.abc import Callable

import pyrage
import pytest

from secondlens.errors import Locked
from secondlens.vault import list_backups, new_recovery_code, open_vault, usual_place
from secondlens.web.door import Door
from tests.web.asking import Browser
from tests.web.conftest import PASSPHRASE, Clock
from tests.web.keeping import HELPERS, NEXT, as_helper, done, inside, keeping, way, with_helper, words_of

Browse = Callable[[Door], Browser]
pytestmark = pytest.mark.usefixtures("quick_keys")


def test_every_way_in_is_listed_in_plain_words(opened: Door, browser: Browser) -> None:
    with_helper(opened).add_person(str(pyrage.x25519.Identity.generate().to_public()), label="B.")
    words = words_of(browser.get(inside(opened, "ways")))
    for said in ("Passphrase The one you used now", "Recovery code", "My sister", "Somebody who helps you", "B."):
        assert said in words


def test_the_last_way_of_a_kind_is_not_offered_for_removal(opened: Door, browser: Browser) -> None:
    assert "/remove" not in browser.get(inside(opened, "ways")).text
    opened.open_vault().add_passphrase(NEXT, label="Second")
    assert browser.get(inside(opened, "ways")).text.count("/remove") == 2


CHANGES = (
    "ways/passphrase",
    "ways/person",
    "ways/code",
    "ways/replace",
    "ways/{id}/passphrase",
    "ways/{id}/remove",
)


def fields_for(code: str) -> dict[str, str]:
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    new = {"new": NEXT, "again": NEXT, "label": "New", "whose": "owner"}
    return {**new, "recipient": recipient, "code": code}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("own", ["", "not the right words"])
def test_no_way_in_changes_without_the_secret_of_whoever_opened_the_vault(
    change: str, own: str, opened: Door, browser: Browser, code: str
) -> None:
    vault = with_helper(opened)
    before = (vault.ways(), (vault.folder / "vault.keys").read_bytes().count(b'"wraps"'))
    path = inside(opened, change.format(id=way(vault, "My sister")))
    answer = browser.post(path, {**fields_for(code), "own": own})
    assert (answer.status, 'id="own-error"' in answer.text) == (422, True)
    assert (vault.ways(), (vault.folder / "vault.keys").read_bytes().count(b'"wraps"')) == before
    assert browser.get(inside(opened)).status == 200


@pytest.mark.parametrize("change", CHANGES)
def test_a_helper_changes_nothing_and_is_told_whom_to_ask(
    change: str, opened: Door, browser: Browser, code: str
) -> None:
    as_helper(opened)
    vault = opened.open_vault()
    before = vault.ways()
    path = inside(opened, change.format(id=way(vault, "passphrase")))
    for answer in (browser.get(path), browser.post(path, {**fields_for(code), "own": HELPERS})):
        assert (answer.status, "Only the owner" in words_of(answer)) == (403, True)
    assert vault.ways() == before
    for page in ("ways", "seen"):
        assert "Only the owner" in words_of(browser.get(inside(opened, page)))
    assert "/remove" not in browser.get(inside(opened, "ways")).text


def test_tries_to_prove_it_must_wait_like_tries_to_unlock(opened: Door, browser: Browser, clock: Clock) -> None:
    for _ in range(2):
        answer = browser.post(inside(opened, "ways/code"), {"own": "not the right words"})
    assert "Wait 1 second" in words_of(answer)
    clock.now += 1
    assert browser.post(inside(opened, "ways/code"), {"own": PASSPHRASE}).status == 303


def test_a_passphrase_is_added_and_the_page_goes_on(opened: Door, browser: Browser, code: str) -> None:
    session = opened.session
    added = browser.post(inside(opened, "ways/passphrase"), {**fields_for(code), "own": PASSPHRASE})
    assert "New" in words_of(browser.follow(added))
    assert opened.session == session
    folder = opened.open_vault().folder
    opened.lock()
    open_vault(folder, passphrase=NEXT).close()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"whose": "nobody"}, "whose"),
        ({"label": ""}, "label"),
        ({"new": "", "again": ""}, "new"),
        ({"new": "short", "again": "short"}, "new"),
        ({"again": "something else"}, "again"),
    ],
)
def test_a_slip_in_the_form_for_a_passphrase_is_shown_at_its_field(
    changed: dict[str, str], field: str, opened: Door, browser: Browser, code: str
) -> None:
    fields = {**fields_for(code), "own": PASSPHRASE, **changed}
    answer = browser.post(inside(opened, "ways/passphrase"), fields)
    assert (answer.status, f'id="{field}-error"' in answer.text) == (422, True)
    assert NEXT not in answer.text
    assert len(opened.open_vault().ways()) == 2


def test_a_trusted_person_opens_it_and_a_wrong_line_is_said(opened: Door, browser: Browser, code: str) -> None:
    identity = pyrage.x25519.Identity.generate()
    fields = {**fields_for(code), "recipient": str(identity.to_public()), "own": PASSPHRASE}
    wrong = browser.post(inside(opened, "ways/person"), {**fields, "recipient": "age1nonsense"})
    assert (wrong.status, 'id="recipient-error"' in wrong.text) == (422, True)
    assert browser.post(inside(opened, "ways/person"), fields).status == 303
    folder = opened.open_vault().folder
    opened.lock()
    open_vault(folder, identity=str(identity)).close()


def test_a_passphrase_is_changed(opened: Door, browser: Browser, code: str) -> None:
    vault = opened.open_vault()
    fields = {**fields_for(code), "own": PASSPHRASE}
    assert browser.post(inside(opened, f"ways/{vault.way.id}/passphrase"), fields).status == 303
    folder = vault.folder
    opened.lock()
    with pytest.raises(Locked):
        open_vault(folder, passphrase=PASSPHRASE)
    open_vault(folder, passphrase=NEXT).close()


def test_removing_says_what_it_cannot_end_and_ends_the_rest(opened: Door, browser: Browser) -> None:
    vault = with_helper(opened)
    vault.back_up(usual_place(vault.folder))
    vault.note("exported", "packet")
    path = inside(opened, f"ways/{way(vault, 'My sister')}/remove")
    words = words_of(browser.get(path))
    for truth in (
        "copies of the folder",
        "It opens 1 backup",
        ": 1 copy",
        "replace the key",
        "Even that cannot take back",
        "techsafety.org.au",
        "Secondlens tells nobody",
    ):
        assert truth in words
    assert "/ways/replace" in browser.post(path, {"own": PASSPHRASE}).location
    opened.lock()
    with pytest.raises(Locked):
        open_vault(vault.folder, passphrase=HELPERS)


def test_a_new_code_counts_only_after_it_was_typed_whole_and_then_ends_the_old_one(
    opened: Door, browser: Browser, code: str
) -> None:
    vault = opened.open_vault()
    begun = browser.post(inside(opened, "ways/code"), {"own": PASSPHRASE})
    new = "-".join(re.findall(r"__code\">(\w{4})<", browser.follow(begun).text))
    vault.check_recovery_code(code)
    wrong = browser.post(f"{begun.location}/type", {"code": new_recovery_code()})
    assert (wrong.status, "another recovery code" in wrong.text) == (422, True)
    vault.check_recovery_code(code)
    assert browser.post(f"{begun.location}/type", {"code": new}).location.endswith("/ways")
    vault.check_recovery_code(new)
    with pytest.raises(Locked):
        vault.check_recovery_code(code)


def test_a_new_code_left_for_later_changes_nothing(opened: Door, browser: Browser, code: str) -> None:
    begun = browser.post(inside(opened, "ways/code"), {"own": PASSPHRASE})
    assert browser.post(f"{begun.location}/type", {"answer": "later"}).location.endswith("/ways")
    opened.open_vault().check_recovery_code(code)


def test_whoever_lost_the_passphrase_proves_the_code_instead(opened: Door, browser: Browser, code: str) -> None:
    folder = opened.open_vault().folder
    opened.lock()
    opened.take(open_vault(folder, recovery_code=code))
    way_id = way(opened.open_vault(), "passphrase")
    assert "Your recovery code" in words_of(browser.get(inside(opened, f"ways/{way_id}/passphrase")))
    fields = {**fields_for(code), "own": code}
    assert browser.post(inside(opened, f"ways/{way_id}/passphrase"), fields).status == 303
    assert "First give yourself a passphrase" in words_of(browser.get(inside(opened, "ways/replace")))
    opened.lock()
    open_vault(folder, passphrase=NEXT).close()


def test_replacing_the_key_ends_other_passphrases_and_wraps_old_backups_anew(
    opened: Door, browser: Browser, code: str
) -> None:
    vault = with_helper(opened)
    place = usual_place(vault.folder)
    vault.back_up(place)
    assert "the passphrase “My sister”" in words_of(browser.get(inside(opened, "ways/replace")))
    fields = {"code": code.lower(), "own": PASSPHRASE}
    replaced = done(browser, browser.post(inside(opened, "ways/replace"), fields))
    assert "Backups that still open the old way" in words_of(replaced)
    assert "Opens with the ways in of before" in words_of(browser.get(inside(opened, "backups")))
    wrapped = done(browser, browser.post(inside(opened, "ways/rewrap"), {"own": PASSPHRASE}))
    assert "Opens with the ways in of before" not in words_of(wrapped)
    assert [copy.epoch for copy in list_backups(place)] == [2]
    opened.lock()
    with pytest.raises(Locked):
        open_vault(vault.folder, passphrase=HELPERS)
    open_vault(vault.folder, recovery_code=code).close()


def test_a_wrong_code_is_said_before_the_key_is_replaced(opened: Door, browser: Browser) -> None:
    fields = {"code": new_recovery_code(), "own": PASSPHRASE}
    answer = browser.post(inside(opened, "ways/replace"), fields)
    assert (answer.status, 'id="code-error"' in answer.text) == (422, True)
    assert keeping(browser).bench.work is None
