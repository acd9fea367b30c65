"""What the tests of the pages about safekeeping share."""

import re
from html import unescape

from secondlens.vault import Vault, open_vault
from secondlens.web.door import Door
from secondlens.web.keeping import Keeping
from tests.web.asking import Answer, Browser

HELPERS = "a helper has these words"
NEXT = "other calm words for me"


def inside(door: Door, path: str = "") -> str:
    return f"/s/{door.session}/{path}"


def words_of(answer: Answer) -> str:
    """The words of a page's own part."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def keeping(browser: Browser) -> Keeping:
    held = browser.app.state.keeping  # type: ignore[attr-defined]  # it is a Starlette app
    assert isinstance(held, Keeping)
    return held


def done(browser: Browser, answer: Answer) -> Answer:
    """Wait for the long work that an answer began, and go where it leads."""
    work = keeping(browser).bench.work
    assert work is not None
    assert work.wait(60)
    page = browser.follow(answer)
    return browser.follow(page) if page.status == 303 else page


def way(vault: Vault, label: str) -> str:
    return next(way.id for way in vault.ways() if label in (way.label, way.kind))


def with_helper(door: Door) -> Vault:
    vault = door.open_vault()
    vault.add_passphrase(HELPERS, label="My sister", whose="helper")
    return vault


def as_helper(door: Door) -> None:
    """Let the helper come in instead of the owner."""
    folder = with_helper(door).folder
    door.lock()
    door.take(open_vault(folder, passphrase=HELPERS))
