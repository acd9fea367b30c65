"""Every page shows for an empty vault and a full one, every link leads somewhere, nothing of a record is lost."""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin

import pytest

from secondlens.domain.clinical import Condition
from secondlens.domain.when import When
from secondlens.web.door import Door
from secondlens.web.rendering import Visit
from tests.web.asking import HOST, Browser
from tests.web.conftest import BUNDLE

Browse = Callable[[Door], Browser]
LINK = re.compile(r'(?:href|src)="([^"#]+)(?:#[^"]*)?"')


def id_of(door: Door, title: str) -> str:
    return next(kept.id for kept in door.open_vault().list() if title in kept.record.title)


def crawl(browser: Browser, first: str) -> dict[str, bytes]:
    """Follow every link of our own, breadth first; fails at the first that leads nowhere. Gives what came back."""
    seen, waiting, bodies = {first: ""}, deque([first]), {}
    while waiting:
        path = waiting.popleft()
        answer = browser.get(path)
        assert answer.status in (200, 303), f"{path} gives {answer.status}, linked from {seen[path]}"
        bodies[path] = answer.body
        found = [answer.location] if answer.status == 303 else []
        if (answer.header("content-type") or "").startswith("text/html"):
            found += LINK.findall(answer.text)
        for link in found:
            target = urljoin(f"http://{HOST}{path}", unescape(link))
            assert not link.startswith("http"), f"{path} links out: {link}"
            if target.startswith(f"http://{HOST}/") and (address := target[len(f"http://{HOST}") :]) not in seen:
                seen[address] = path
                waiting.append(address)
    return bodies


def test_every_link_of_an_empty_vault_leads_somewhere(opened: Door, browse: Browse) -> None:
    assert len(crawl(browse(opened), f"/s/{opened.session}/")) > 10


@pytest.fixture(scope="module")
def walked(shared: Door, browse: Browse) -> dict[str, bytes]:
    """Every page of a full vault that a link leads to."""
    return crawl(browse(shared), f"/s/{shared.session}/")


def test_every_link_of_a_full_vault_leads_somewhere(walked: dict[str, bytes], shared: Door) -> None:
    assert sum("/original" in path for path in walked) >= 60
    assert f"/s/{shared.session}/records?kind=Observation&page=2" in walked


def test_every_link_before_the_lock_leads_somewhere(locked: Door, browse: Browse) -> None:
    assert {"/recover", "/help"} <= crawl(browse(locked), "/").keys()


def test_no_page_has_a_script_or_a_style_of_its_own(walked: dict[str, bytes]) -> None:
    for path, body in walked.items():
        if not path.endswith("/original"):
            scripts = re.findall(rb"<script[^>]*", body, re.IGNORECASE)
            ours = [
                script
                for script in scripts
                if re.match(rb'<script src="/static/here\.js\?\w+" defer data-', script)
            ]
            handlers = re.findall(rb"<[^>]* on\w+=", body)
            assert (path, len(scripts) <= 1, scripts == ours, b" style=" in body, handlers) == (
                *(path, True, True, False),
                [],
            )


def test_home_says_what_comes_next(shared: Door, browse: Browse) -> None:
    home = browse(shared).get(f"/s/{shared.session}/").text
    assert "Next: Decide" in home
    assert "Could one illness explain all of this?" in home


def test_an_empty_vault_is_asked_for_files_first(opened: Door, browse: Browse) -> None:
    assert "Bring in your records" in browse(opened).get(f"/s/{opened.session}/").text


def test_records_are_counted_by_kind_and_paged(shared: Door, browse: Browse) -> None:
    browser = browse(shared)
    overview = browser.get(f"/s/{shared.session}/records").text
    assert "Test results and readings" in overview
    assert "My reasons" not in overview
    first = browser.get(f"/s/{shared.session}/records?kind=Observation").text
    second = browser.get(f"/s/{shared.session}/records?kind=Observation&page=2").text
    assert ("1 to 50 of 60" in first, "51 to 60 of 60" in second) == (True, True)
    titles = re.findall(r"Ferritin \d+", first + second)
    assert len(set(titles)) == 60


@pytest.mark.parametrize("query", ["kind=Nonsense", "kind=Observation&page=0", "kind=Observation&page=-1"])
def test_a_strange_question_mark_is_no_accident(query: str, shared: Door, browse: Browse) -> None:
    assert browse(shared).get(f"/s/{shared.session}/records?{query}").status == 200


def test_a_page_past_the_end_is_empty(shared: Door, browse: Browse) -> None:
    answer = browse(shared).get(f"/s/{shared.session}/records?kind=Observation&page=999")
    assert (answer.status, "nothing of this kind on this page" in answer.text) == (200, True)


def test_a_search_keeps_its_words_out_of_the_address(shared: Door, browse: Browse) -> None:
    browser = browse(shared)
    answer = browser.post(f"/s/{shared.session}/records/search", {"words": 'raynaud "'})
    assert "raynaud" not in answer.location.lower()
    found = browser.follow(answer).text
    assert "Raynaud &lt;script&gt;" in found
    nothing = browser.post(f"/s/{shared.session}/records/search", {"words": "zzz"})
    assert "Nothing found" in browser.follow(nothing).text


def test_one_record_shows_its_fields_and_its_source(shared: Door, browse: Browse) -> None:
    page = browse(shared).get(f"/s/{shared.session}/records/{id_of(shared, 'Raynaud')}").text
    for words in ("March 2021", "going on now", "portal.json", "Bundle.entry[1]", "Health problem"):
        assert words in page
    assert "<script>" not in page


def test_what_was_not_given_is_never_shown_as_given(shared: Door, browse: Browse) -> None:
    page = browse(shared).get(f"/s/{shared.session}/records/{id_of(shared, 'Influenza')}").text
    assert "not given" in page
    assert "The record says this is not so" in page


def test_older_versions_stay_readable(full: Door, browse: Browse) -> None:
    record_id = id_of(full, "Raynaud")
    full.open_vault().revise(record_id, Condition(title="Raynaud, revised", start=When("2020")))
    page = browse(full).get(f"/s/{full.session}/records/{record_id}").text
    assert "Raynaud, revised" in page
    assert "How it read before" in page
    assert "March 2021" in page


def test_the_original_comes_back_byte_for_byte_and_is_never_shown(shared: Door, browse: Browse) -> None:

    answer = browse(shared).get(f"/s/{shared.session}/records/{id_of(shared, 'Raynaud')}/original")
    assert answer.body == json.dumps(BUNDLE).encode()
    assert answer.header("content-type") == "application/octet-stream"
    assert (answer.header("content-disposition") or "").startswith("attachment; filename*=UTF-8''portal.json")
    assert "sandbox" in (answer.header("content-security-policy") or "")


def test_the_place_in_the_original_is_shown_as_text(shared: Door, browse: Browse) -> None:
    page = browse(shared).get(f"/s/{shared.session}/records/{id_of(shared, 'Raynaud')}/place").text
    assert "onsetDateTime" in page
    assert "Ferritin" not in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_a_place_whose_reader_is_brought_down_is_a_sentence_and_the_file_can_be_saved(
    full: Door, browse: Browse
) -> None:
    vault = full.open_vault()
    raynaud = vault.get(id_of(full, "Raynaud")).record
    assert raynaud.source
    # A child takes no question this long.
    vault.revise(id_of(full, "Raynaud"), replace(raynaud, source=replace(raynaud.source, where="x" * 2_000_000)))
    record = f"/s/{full.session}/records/{id_of(full, 'Raynaud')}"
    page = browse(full).get(f"{record}/place").text
    assert "This file brought the reader down. It is in your vault as it came" in page
    assert "Nothing of it was kept" not in page
    assert f'{record}/original"' in page
    assert browse(full).get(f"{record}/original").body == json.dumps(BUNDLE).encode()


def test_an_unknown_record_is_a_calm_page(shared: Door, browse: Browse) -> None:
    answer = browse(shared).get(f"/s/{shared.session}/records/NOSUCHRECORD")
    assert answer.status == 404
    assert "Go to the start page" in answer.text


def test_the_theme_is_chosen_and_stays(full: Door, browse: Browse) -> None:
    browser = browse(full)
    browser.post(f"/s/{full.session}/more/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in browser.get("/").text
    assert browser.post(f"/s/{full.session}/more/theme", {"theme": "neon"}).status == 422


def test_the_vault_is_checked(shared: Door, browse: Browse) -> None:
    browser = browse(shared)
    working = browser.follow(browser.post(f"/s/{shared.session}/more/check"))
    page = browser.follow(working).text
    assert "Your vault is whole" in page


def test_a_fault_of_ours_shows_and_logs_nothing_of_the_vault(
    full: Door, browse: Browse, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fault(_: Visit) -> None:
        raise RuntimeError("Raynaud phenomenon of Nora Sample")

    monkeypatch.setattr("secondlens.actions.cases.case_files", fault)
    monkeypatch.setattr("secondlens.web.pages.home.case_files", fault)
    answer = browse(full).get(f"/s/{full.session}/")
    logged = capfd.readouterr()
    assert answer.status == 500
    assert "What you kept is safe" in answer.text
    assert "RuntimeError" in logged.err
    for text in (answer.text, logged.err, logged.out):
        assert "Raynaud" not in text
