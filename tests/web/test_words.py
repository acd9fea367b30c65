"""The hard-conversation library and the wording check, as pages."""

import re
from collections.abc import Callable
from html import unescape

import pytest

from secondlens.content import conversations, words
from secondlens.domain.case import Case, Script
from secondlens.web.door import Door
from tests.web.asking import Browser
from tests.web.keeping import inside, words_of

Browse = Callable[[Door], Browser]


def case_of(door: Door) -> str:
    return next(kept.id for kept in door.open_vault().list(Case.__name__))


def titles(page: str) -> set[str]:
    return {unescape(title) for title in re.findall(r'script-rows__title" href="[^"]+">([^<]+)<', page)}


def test_the_library_opens_with_its_situations_and_each_script_stands_on_one(shared: Door, browse: Browse) -> None:
    browser = browse(shared)
    first = words_of(browser.get(inside(shared, "words")))
    assert all(label.name in first for label in words().situations.values())
    found = [
        title
        for place in range(1, len(words().situations) + 1)
        for title in titles(browser.get(inside(shared, f"words?about={place}")).text)
    ]
    assert sorted(found) == sorted(talk.title for talk in conversations())


@pytest.mark.parametrize(("key", "codes"), [("audience", "audiences"), ("tone", "tones"), ("length", "lengths")])
def test_each_filter_parts_the_library(key: str, codes: str, shared: Door, browse: Browse) -> None:
    browser = browse(shared)
    parts = [titles(browser.get(inside(shared, f"words?{key}={code}")).text) for code in getattr(words(), codes)]
    assert all(parts)
    assert sum(map(len, parts)) == len(conversations()) == len(set().union(*parts))


@pytest.mark.parametrize("query", ["about=0", "about=99", "about=²", "about=x", "tone=loud"])
def test_a_strange_choice_shows_the_whole_library(query: str, shared: Door, browse: Browse) -> None:
    answer = browse(shared).get(inside(shared, f"words?{query}"))
    assert (answer.status, "Words for hard talks" in words_of(answer)) == (200, True)


def test_an_address_of_the_library_says_nothing_about_health(shared: Door, browse: Browse) -> None:
    for path in ("words", "words?about=5", "words?audience=doctor"):
        links = re.findall(r'href="/s/[^/]+/words([^"]*)"', browse(shared).get(inside(shared, path)).text)
        assert links
        assert all(
            re.fullmatch(r"(/\d{3})?(\?(about=\d+|audience=\w+|tone=\w+|length=\w+))?", link) for link in links
        )


def test_what_a_browser_remembers_of_a_script_is_only_that_it_was_one(shared: Door, browse: Browse) -> None:
    for path in ("words/051", "words/051/card", "words?about=5"):
        assert "<title>Words - Secondlens</title>" in browse(shared).get(inside(shared, path)).text


def test_a_script_opened_from_a_case_has_its_gaps_filled_from_it(full: Door, browse: Browse) -> None:
    browser = browse(full)
    full_case = case_of(full)
    ask = browser.get(inside(full, f"case/{full_case}/ask")).text
    assert f"words?case={full_case}" in ask
    empty = words_of(browser.get(inside(full, "words/151")))
    filled = words_of(browser.get(inside(full, f"words/151?case={full_case}")))
    assert "[your one question]" in empty
    assert "one question: could one illness explain all of this?" in filled


def test_what_is_typed_into_the_gaps_is_shown_and_not_kept(full: Door, browse: Browse) -> None:
    browser = browse(full)
    before = tuple(full.open_vault().list())
    typed = {"gap-specialty": "knees <b>", "gap-symptom": "a stiff knee", "gap-since": ""}
    for path in ("words/021", "words/021/card"):
        page = browser.post(inside(full, path), typed)
        assert page.status == 200
        assert "a stiff knee" in words_of(page)
        assert "knees &lt;b&gt;" in page.text
        assert "when it began" in words_of(page)
    assert tuple(full.open_vault().list()) == before


def test_a_script_that_is_not_there_says_so(shared: Door, browse: Browse) -> None:
    assert browse(shared).get(inside(shared, "words/999")).status == 404
    assert browse(shared).get(inside(shared, "words/011?case=nothing")).status == 404


def test_words_are_checked_and_not_kept_when_only_a_check_was_asked_for(full: Door, browse: Browse) -> None:
    browser = browse(full)
    where = inside(full, f"case/{case_of(full)}/ask/simple/spoken")
    page = browser.post(where, {"text": "Sorry to bother you. You never listen.", "do": "check"})
    said = words_of(page)
    assert page.status == 200
    for words_found in ("“Sorry to bother you”", "“You never listen”", "No word of thanks", "No next step"):
        assert words_found in said
    assert "Sorry to bother you. You never listen.</textarea>" in page.text
    assert tuple(full.open_vault().list(Script.__name__)) == ()


def test_words_that_are_kept_are_checked_where_they_are_changed(full: Door, browse: Browse) -> None:
    browser = browse(full)
    where = inside(full, f"case/{case_of(full)}/ask/simple/spoken")
    assert "Nothing here weakens your words" in words_of(browser.get(where))
    kept = browser.post(where, {"text": "I demand a scan."})
    assert kept.status == 303
    assert "An ultimatum" in words_of(browser.get(where))


def test_a_long_portal_message_is_named_and_very_long_words_are_not_checked(full: Door, browse: Browse) -> None:
    browser = browse(full)
    case = case_of(full)
    long = {"text": "Thank you. Could you call me on Friday? " * 30, "do": "check"}
    portal = words_of(browser.post(inside(full, f"case/{case}/ask/simple/portal"), long))
    assert "Many portals take no more than 1,000" in portal
    assert "Many portals" not in words_of(browser.post(inside(full, f"case/{case}/ask/simple/letter"), long))
    huge = {"text": "Sorry to bother you. " * 2000, "do": "check"}
    said = words_of(browser.post(inside(full, f"case/{case}/ask/simple/letter"), huge))
    assert "too much to check at once" in said
    assert "Nothing here weakens" not in said
