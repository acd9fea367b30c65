"""Bringing files in: nothing is stored before the person says so, and nothing touches the disk in clear."""

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest

from secondlens.actions.importing import keep, read_files
from secondlens.actions.reading import Reading, Stage
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox
from secondlens.web.door import Door
from tests.importers.children import FILE, reader_with
from tests.web.asking import Answer, Browser
from tests.web.conftest import BUNDLE

Browse = Callable[[Door], Browser]
PORTAL = ("portal.json", json.dumps(BUNDLE).encode())


def key_of(address: str) -> str:
    return address.rpartition("/")[2]


def sent(door: Door, browser: Browser, *files: tuple[str, bytes]) -> str:
    """Send files and wait until they are read; gives the address of what is in them."""
    address = browser.send_files(f"/s/{door.session}/importing", files).location
    assert door.imports.get(key_of(address), Reading).work.wait(60)
    return address


def kept(browser: Browser, address: str, *fields: tuple[str, str]) -> Answer:
    """Keep what waits, and give the receipt."""
    answer = browser.post(address, [("answer", "keep"), *fields])
    working = answer.location
    while (answer := browser.get(working)).status == 200:  # the page of long work waits a second itself
        assert "did not work" not in answer.text
    return browser.get(answer.location)


def links(page: str, pattern: str) -> list[str]:
    """The addresses on a page that end so, each once."""
    return list(dict.fromkeys(re.findall(rf'href="(/s/[^/"]+{pattern})"', page)))


def patient(name: str, born: str) -> tuple[str, bytes]:
    resource = {"resourceType": "Patient", "id": name, "name": [{"text": name}], "birthDate": born}
    return f"{name}.json", json.dumps(resource).encode()


def test_a_preview_stores_nothing_and_shows_everything(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    page = browser.get(sent(opened, browser, PORTAL, ("noise.bin", bytes(99))))
    assert opened.open_vault().counts() == ()
    assert opened.open_vault().documents() == ()
    assert "Nothing is kept yet" in page.text
    assert "Found 63 facts in 1 file. 63 are new." in page.text
    assert "1 file could not be read." in page.text
    assert "noise.bin" in page.text
    assert "does not know this kind of file" in page.text
    assert "Health problems: 1" in page.text
    assert "<script>alert" not in page.text


def test_keeping_stores_it_once_and_gives_a_receipt(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    preview = sent(opened, browser, PORTAL)
    done = kept(browser, preview)
    assert "Kept in your vault" in done.text
    assert "Looked at 63 facts in 1 file. 63 are new." in done.text
    counts = dict(opened.open_vault().counts())
    assert counts["Observation"] == 60
    assert [document.name for document in opened.open_vault().documents()] == ["portal.json"]
    assert browser.post(preview, {"answer": "keep"}).status == 404
    again = browser.get(sent(opened, browser, PORTAL))
    assert "Found 63 facts in 1 file. 63 you have already." in again.text


def test_one_file_is_left_out_and_the_others_are_kept(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    letter = ("letter.rtf", b"{\\rtf1 Dear colleague.")
    done = kept(browser, sent(opened, browser, PORTAL, letter), ("leave", "0"))
    assert [document.name for document in opened.open_vault().documents()] == ["letter.rtf"]
    assert "Left out" in done.text
    assert "portal.json" in done.text


def test_a_file_about_another_person_stays_out_unless_its_box_is_ticked(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    files = (patient("Nora Sample", "1984"), patient("Bob", "1990-01-01"))
    preview = sent(opened, browser, *files)
    page = browser.get(preview).text
    assert page.index("another person: Bob, born 1 January 1990") < page.index("Nora Sample.json")
    kept(browser, preview)
    assert [document.name for document in opened.open_vault().documents()] == ["Nora Sample.json"]
    kept(browser, sent(opened, browser, *files), ("also", "1"))
    assert len(opened.open_vault().documents()) == 2


def test_a_receipt_leads_to_what_its_file_brought_and_to_each_place_not_read(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    good = {"resourceType": "Observation", "status": "final", "code": {"text": "Weight"}}
    lines = [json.dumps({**good, "id": "1"}), "{this is <b>not</b> JSON", json.dumps({**good, "id": "2"})]
    for read in read_files([IncomingFile("portal.json", PORTAL[1])]):
        keep(opened.open_vault(), read)
    ndjson = "\n".join(lines).encode()
    preview = sent(opened, browser, ("two.ndjson", ndjson))
    for look in (browser.get, partial(kept, browser)):
        page = look(preview)
        (place,) = links(page.text, r"/importing/[^\"]+/0/0")
        shown = browser.get(place).text
        assert '<mark class="place">{this is &lt;b&gt;not&lt;/b&gt; JSON\n</mark>' in shown
        assert "&#34;id&#34;: &#34;1&#34;" in shown
    (listed,) = links(page.text, r"/importing/done/[^/\"]+/0")
    records = browser.get(listed).text
    assert records.count('class="fact"') == 2
    assert "1 to 2 of 2" in records
    (original,) = links(shown, r"/importing/done/[^\"]+/original")
    assert browser.get(original).body == ndjson
    for wrong in (f"{listed}/7", f"{listed}/x", listed.replace("/0", "/9"), f"{preview}/0/0"):
        assert browser.get(wrong).status == 404, wrong


def test_reading_is_watched_left_and_come_back_to_and_stopped(
    opened: Door, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secondlens.actions.reading.Sandbox", partial(Sandbox, reader_with("while True: pass")))
    browser = browse(opened)
    files = [PORTAL, (FILE.name, FILE.content), ("last.json", PORTAL[1])]
    address = browser.send_files(f"/s/{opened.session}/importing", files).location
    reading = opened.imports.get(key_of(address), Reading)
    while reading.standings[1].stage is not Stage.READING:
        assert not reading.work.wait(0.05)
    page = browser.get(address)
    assert page.header("refresh") == "3"
    assert "Read: 63 facts" in page.text
    assert "Reading now: harm" in page.text
    assert "Waiting" in page.text
    assert address in browser.get(f"/s/{opened.session}/importing").text
    assert browser.post(address, {"answer": "keep"}).location == f"/s/{opened.session}/importing"
    assert reading.work.wait(20)
    assert browser.get(address).status == 404
    assert opened.open_vault().documents() == ()


def test_a_lock_ends_reading(opened: Door, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondlens.actions.reading.Sandbox", partial(Sandbox, reader_with("while True: pass")))
    address = browse(opened).send_files(f"/s/{opened.session}/importing", [(FILE.name, FILE.content)]).location
    reading = opened.imports.get(key_of(address), Reading)
    opened.lock()
    assert reading.work.wait(20)


def test_two_hundred_files_are_read_in_one_go_and_only_what_can_be_kept_waits(
    opened: Door, browse: Browse
) -> None:
    browser = browse(opened)
    files = [patient(f"Nora {number}", "1984-03-02") for number in range(100)]
    files += [(f"noise-{number}.bin", bytes([number]) * 9999) for number in range(100)]
    preview = sent(opened, browser, *files)
    reads = opened.imports.get(key_of(preview), Reading).reads
    assert sum(read.file is not None for read in reads) == 100
    assert "100 files could not be read." in browser.get(preview).text


@pytest.mark.parametrize("answer", ["throw-away", "", "KEEP"])
def test_anything_but_keep_throws_it_away(answer: str, opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    preview = sent(opened, browser, PORTAL)
    assert browser.post(preview, {"answer": answer}).location == f"/s/{opened.session}/importing"
    assert browser.get(preview).status == 404
    assert opened.open_vault().counts() == ()


def test_no_file_chosen_is_said_at_the_field(opened: Door, browse: Browse) -> None:
    answer = browse(opened).send_files(f"/s/{opened.session}/importing", [("", b"")])
    assert (answer.status, 'id="files-error"' in answer.text) == (422, True)


def test_a_zip_is_opened(opened: Door, browse: Browse) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/portal.json", PORTAL[1])
    browser = browse(opened)
    page = browser.get(sent(opened, browser, ("all.zip", packed.getvalue())))
    assert "Test results and readings: 60" in page.text


def test_locking_forgets_what_waits(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    preview = sent(opened, browser, PORTAL)
    key = key_of(preview)
    opened.lock()
    assert browser.get(preview).status == 403
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
    page = browser.get(sent(opened, browser, ("letter.rtf", b"{\\rtf1 " + marker)))
    assert "letter.rtf" in page.text
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"SOMETHING PRIVATE" not in path.read_bytes()
