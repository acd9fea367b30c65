"""Bringing files in: nothing is stored before the person says so, and nothing touches the disk in clear."""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from secondlens.web.door import Door
from tests.web.asking import Browser
from tests.web.conftest import BUNDLE

Browse = Callable[[Door], Browser]
PORTAL = ("portal.json", json.dumps(BUNDLE).encode())


def test_a_preview_stores_nothing_and_shows_everything(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    page = browser.follow(browser.send_files(f"/s/{opened.session}/importing", [PORTAL, ("noise.bin", bytes(99))]))
    assert opened.open_vault().counts() == ()
    assert opened.open_vault().documents() == ()
    assert "Nothing is kept yet" in page.text
    assert "portal.json" in page.text
    assert "noise.bin" in page.text
    assert "does not know this kind of file" in page.text
    assert "Health problems: 1" in page.text
    assert "<script>alert" not in page.text


def test_keeping_stores_it_once_and_gives_a_receipt(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    preview = browser.send_files(f"/s/{opened.session}/importing", [PORTAL])
    done = browser.post(preview.location, {"answer": "keep"})
    assert "Kept in your vault" in browser.follow(done).text
    counts = dict(opened.open_vault().counts())
    assert counts["Observation"] == 60
    assert [document.name for document in opened.open_vault().documents()] == ["portal.json"]
    assert browser.post(preview.location, {"answer": "keep"}).status == 404
    again = browser.follow(browser.send_files(f"/s/{opened.session}/importing", [PORTAL]))
    assert "0 of them new or changed" in again.text


@pytest.mark.parametrize("answer", ["throw-away", "", "KEEP"])
def test_anything_but_keep_throws_it_away(answer: str, opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    preview = browser.send_files(f"/s/{opened.session}/importing", [PORTAL])
    assert browser.post(preview.location, {"answer": answer}).location == f"/s/{opened.session}/importing"
    assert browser.get(preview.location).status == 404
    assert opened.open_vault().counts() == ()


def test_no_file_chosen_is_said_at_the_field(opened: Door, browse: Browse) -> None:
    answer = browse(opened).send_files(f"/s/{opened.session}/importing", [("", b"")])
    assert (answer.status, 'id="files-error"' in answer.text) == (422, True)


def test_a_zip_is_opened(opened: Door, browse: Browse) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/portal.json", PORTAL[1])
    browser = browse(opened)
    page = browser.follow(browser.send_files(f"/s/{opened.session}/importing", [("all.zip", packed.getvalue())]))
    assert "Test results and readings: 60" in page.text


def test_locking_forgets_what_waits(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    preview = browser.send_files(f"/s/{opened.session}/importing", [PORTAL])
    key = preview.location.rpartition("/")[2]
    opened.lock()
    assert browser.get(preview.location).status == 403
    with pytest.raises(Exception, match="Start this part again"):
        opened.imports.get(key, object)


def test_a_large_upload_never_touches_the_disk(
    opened: Door, browse: Browse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a temporary file was asked for")

    for name in ("mkstemp", "mkdtemp", "TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)
    marker = b"A LETTER ABOUT SOMETHING PRIVATE " * 200_000
    browser = browse(opened)
    page = browser.follow(
        browser.send_files(f"/s/{opened.session}/importing", [("letter.rtf", b"{\\rtf1 " + marker)])
    )
    assert "letter.rtf" in page.text
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"SOMETHING PRIVATE" not in path.read_bytes()
