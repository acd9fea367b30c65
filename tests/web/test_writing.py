"""Writing down, correcting, removing and putting back, as a browser without scripts does it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import html

from secondlens.actions.cases import case_file
from secondlens.actions.packets import packet_of
from secondlens.domain.case import Question
from secondlens.domain.clinical import Condition, Immunization, MedicationStatement, Observation
from secondlens.domain.handwriting import WRITTEN
from secondlens.domain.people import Organization
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Participant
from secondlens.domain.when import When
from secondlens.web.door import Door
from tests.web.asking import Answer, Browser

Browse = Callable[[Door], Browser]


def at(door: Door, path: str) -> str:
    return f"/s/{door.session}/{path}"


def page_of(answer: Answer) -> Any:
    """The parsed page; its queries give strings or elements, which no type can tell."""
    return html.document_fromstring(answer.text)


def field_values(answer: Answer) -> dict[str, str]:
    """What stands in the fields of a page, without the empty ones and those that are not chosen."""
    page = page_of(answer)
    lines = {box.get("name"): box.get("value") for box in page.xpath("//main//input[@type='text']")}
    areas = {box.get("name"): box.text_content().strip("\n") for box in page.xpath("//main//textarea")}
    chosen = {box.get("name"): box.get("value") for box in page.xpath("//main//input[@type='radio'][@checked]")}
    return {name: value for name, value in (lines | areas | chosen).items() if value}


def words_of(answer: Answer) -> str:
    return " ".join(page_of(answer).xpath("//main")[0].text_content().split())


def test_every_kind_is_kept_with_its_name_alone_and_found_at_once(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    for kind in WRITTEN:
        title = f"Zymurgy of {kind.__name__}"
        assert f"records/write/{kind.__name__}" in browser.get(at(opened, "records/write")).text
        shown = browser.follow(browser.post(at(opened, f"records/write/{kind.__name__}"), {"title": title}))
        assert title in shown.text
        assert "These are your own words" in shown.text
        found = browser.follow(browser.post(at(opened, "records/search"), {"words": f"{kind.__name__} zymu"}))
        assert title in found.text
        assert "your own words" in found.text
        assert [kept.record for kept in opened.open_vault().list(kind.__name__)] == [kind(title=title)]


def test_what_was_typed_is_kept_as_the_persons_own_word(opened: Door, browse: Browse) -> None:
    sent = {
        "title": "Hydroxychloroquine",
        "dose": "200 mg",
        "timing": "twice a day",
        "start": "spring 2019",
        "status": "active",
        "participants": "Dr Ames",
        "note": "With food.",
    }
    browser = browse(opened)
    shown = browser.follow(browser.post(at(opened, "records/write/MedicationStatement"), sent))
    (kept,) = opened.open_vault().list()
    assert kept.record == MedicationStatement(
        title="Hydroxychloroquine",
        dose=Quantity("200", "mg"),
        timing="twice a day",
        start=When("2019"),
        status="active",
        participants=(Participant("Dr Ames"),),
        note="With food.\nStart, as remembered: spring 2019",
    )
    assert "spring 2019" in shown.text


def test_a_mistake_brings_the_form_back_with_everything_typed(opened: Door, browse: Browse) -> None:
    sent = {
        "title": "",
        "dose": "2 <b>drops</b>",
        "start": "3/4/2019",
        "status": "active",
        "note": "a\nb",
        "reason": "itch",
    }
    answer = browse(opened).post(at(opened, "records/write/MedicationStatement"), sent)
    assert answer.status == 422
    assert field_values(answer) == {name: value for name, value in sent.items() if value}
    page = page_of(answer)
    assert page.xpath("//a[@class='error-summary__link']/@href") == ["#title", "#start"]
    assert page.xpath("//input[@aria-invalid='true']/@name") == ["title", "start"]
    assert list(opened.open_vault().list()) == []


def test_a_kind_nobody_can_write_is_a_calm_page(opened: Door, browse: Browse) -> None:
    for kind in ("Question", "Patient", "nothing"):
        assert browse(opened).get(at(opened, f"records/write/{kind}")).status == 404
        assert browse(opened).post(at(opened, f"records/write/{kind}"), {"title": "x"}).status == 404


def test_forms_offer_the_words_that_are_in_the_vault(opened: Door, browse: Browse) -> None:
    vault = opened.open_vault()
    vault.add(Organization(title="Harbour Clinic"))
    vault.add(Observation(title="Anti-Zeta <antibody>"))
    page = page_of(browse(opened).get(at(opened, "records/write/Observation")))
    offered = {box.get("id"): box.xpath("option/@value") for box in page.iter("datalist")}
    assert offered["words-names"][0] == "Anti-Zeta <antibody>"
    assert "Ferritin" in offered["words-names"]
    assert offered["words-people"] == ["Harbour Clinic"]
    lists = set(page.xpath("//input/@list"))
    assert lists <= set(offered)
    assert {"words-names", "words-unit"} <= lists


REPORT = {
    "start": "2 March 2024",
    "laboratory": "Lab North",
    "name-1": "Ferritin", "value-1": "12", "unit-1": "ug/L", "range-1": "15 - 150",
    "name-3": "Anti-dsDNA", "value-3": "<0.41",
    "name-4": "ANA", "value-4": "1:640 speckled",
    "name-10": "Lupus anticoagulant", "value-10": "positive",
}  # fmt: skip


def test_a_paper_report_keeps_every_row_with_its_exact_text(opened: Door, browse: Browse) -> None:
    shown = browse(opened).follow(browse(opened).post(at(opened, "records/write/report"), REPORT))
    kept = {one.record.title: one.record for one in opened.open_vault().list("Observation")}
    assert kept["Ferritin"] == Observation(
        title="Ferritin",
        category="laboratory",
        start=When("2024-03-02"),
        value=Quantity("12", "ug/L"),
        reference_range="15 - 150",
        participants=(Participant("Lab North"),),
    )
    values = {
        title: record.value.text
        for title, record in kept.items()
        if isinstance(record, Observation) and record.value
    }
    assert values == {
        "Ferritin": "12",
        "Anti-dsDNA": "<0.41",
        "ANA": "1:640 speckled",
        "Lupus anticoagulant": "positive",
    }
    assert all(title in shown.text for title in kept)


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"name-3": ""}, "name-3"),
        ({"value-4": ""}, "name-4"),
        ({"start": "soon"}, "start"),
        ({"unit-2": "mg"}, "name-2"),
    ],
)
def test_a_mistake_in_a_report_keeps_nothing_and_loses_nothing(
    changed: dict[str, str], where: str, opened: Door, browse: Browse
) -> None:
    sent = REPORT | changed
    answer = browse(opened).post(at(opened, "records/write/report"), sent)
    assert answer.status == 422
    assert field_values(answer) == {name: value for name, value in sent.items() if value}
    assert re.findall(r'class="error-summary__link" href="#([^"]+)"', answer.text) == [where]
    assert list(opened.open_vault().list()) == []


def test_an_empty_report_is_asked_for_one_row(opened: Door, browse: Browse) -> None:
    answer = browse(opened).post(at(opened, "records/write/report"), {"laboratory": "Lab North"})
    assert answer.status == 422
    assert "at least one result" in answer.text


def test_more_rows_keep_what_was_typed_and_there_is_an_end(opened: Door, browse: Browse) -> None:
    answer = browse(opened).post(at(opened, "records/write/report"), REPORT | {"more": "yes"})
    assert answer.status == 200
    assert field_values(answer) == REPORT
    assert 'name="name-20"' in answer.text
    assert 'name="name-21"' not in answer.text
    last = browse(opened).post(at(opened, "records/write/report"), {"name-999999": "", "more": "yes"})
    assert 'name="name-200"' in last.text
    assert "name-201" not in last.text
    sent = browse(opened).post(at(opened, "records/write/report"), {"name-999999": ""})
    assert "name-201" not in sent.text


def test_a_corrected_fact_shows_the_persons_word_and_what_the_file_says(full: Door, browse: Browse) -> None:
    vault, browser = full.open_vault(), browse(full)
    kept = next(one for one in vault.list("Condition"))
    form = browser.get(at(full, f"records/{kept.id}/correct"))
    sent = field_values(form) | {"title": "Raynaud", "start": "early 2020", "why": "I know better"}
    shown = browser.follow(browser.post(at(full, f"records/{kept.id}/correct"), sent))
    now = vault.get(kept.id)
    assert (now.record.title, now.record.start, now.record.source) == ("Raynaud", When("2020"), None)
    assert vault.history(kept.id)[-1].why == "I know better"
    words = words_of(shown)
    assert "you corrected this on" in words
    assert "I know better" in words
    said = words.partition("The file says")[2]
    assert "March 2021" in said
    assert "portal.json" in said
    assert browser.get(at(full, f"records/{kept.id}/original")).status == 200
    assert "alert(1)" in words_of(browser.get(at(full, f"records/{kept.id}/place")))


def test_a_correction_that_changes_nothing_writes_nothing(full: Door, browse: Browse) -> None:
    vault, browser = full.open_vault(), browse(full)
    for kept in list(vault.list())[:5]:
        if kept.record.kind in ("Case", "Reason", "Question"):
            continue
        form = browser.get(at(full, f"records/{kept.id}/correct"))
        shown = browser.follow(browser.post(at(full, f"records/{kept.id}/correct"), field_values(form)))
        assert "Nothing was changed" in shown.text
        assert len(vault.history(kept.id)) == 1


def test_a_mistake_in_a_correction_brings_it_back_with_everything_typed(full: Door, browse: Browse) -> None:
    kept = next(one for one in full.open_vault().list("Condition"))
    browser, path = browse(full), at(full, f"records/{kept.id}/correct")
    sent = field_values(browser.get(path)) | {"start": "whenever", "why": "a slip", "note": "typed"}
    answer = browser.post(path, sent)
    assert answer.status == 422
    assert field_values(answer) == sent
    assert len(full.open_vault().history(kept.id)) == 1


def test_a_correction_is_undone_from_the_history(full: Door, browse: Browse) -> None:
    vault, browser = full.open_vault(), browse(full)
    kept = next(one for one in vault.list("Immunization"))
    assert isinstance(kept.record, Immunization)
    vault.revise(kept.id, replace(kept.record, title="Another vaccine", source=None))
    page = page_of(browser.get(at(full, f"records/{kept.id}")))
    (form,) = page.xpath("//form[contains(@action, 'put-back')]")
    shown = browser.follow(browser.post(form.get("action"), {"version": form.xpath("input/@value")[0]}))
    assert "It is back as it was" in shown.text
    assert vault.get(kept.id).record == kept.record


def test_a_removed_record_can_be_put_back_from_the_page_that_follows_and_from_the_list(
    full: Door, browse: Browse
) -> None:
    vault, browser = full.open_vault(), browse(full)
    kept = next(one for one in vault.list("Condition"))
    for place in (f"records/{kept.id}", "records/removed"):
        assert "Remove" in browser.get(at(full, f"records/{kept.id}/remove")).text
        assert kept.id in [one.id for one in vault.list("Condition")]
        gone = browser.follow(browser.post(at(full, f"records/{kept.id}/remove"), {"why": "not mine"}))
        assert "This was removed on" in gone.text
        assert "not mine" in gone.text
        assert list(vault.list("Condition")) == []
        assert "records/removed" in browser.get(at(full, "records")).text
        page = page_of(browser.get(at(full, place)))
        (form,) = page.xpath("//form[contains(@action, 'put-back')]")
        browser.follow(browser.post(form.get("action"), {"version": form.xpath("input/@value")[0]}))
        assert vault.get(kept.id).record == kept.record
    assert "records/removed" not in browser.get(at(full, "records")).text


@pytest.mark.parametrize("version", ["", "0", "99", "x", "1" * 50, "-1"])
def test_a_version_nobody_has_is_a_calm_page(version: str, full: Door, browse: Browse) -> None:
    kept = next(one for one in full.open_vault().list("Condition"))
    assert browse(full).post(at(full, f"records/{kept.id}/put-back"), {"version": version}).status == 404


def test_a_part_of_a_case_is_not_changed_here(full: Door, browse: Browse) -> None:
    kept = next(one for one in full.open_vault().list("Question"))
    assert isinstance(kept.record, Question)
    for path in (f"records/{kept.id}/correct", f"records/{kept.id}/remove"):
        assert browse(full).get(at(full, path)).status == 403
        assert browse(full).post(at(full, path), {"title": "x"}).status == 403
    assert full.open_vault().get(kept.id) == kept


def test_the_persons_word_can_be_chosen_for_the_packet_and_says_whose_it_is(full: Door, browse: Browse) -> None:
    vault, browser = full.open_vault(), browse(full)
    written = vault.add(Condition(title="Livedo", start=When("2019")))
    case = next(one for one in vault.list("Case"))
    gathered = browser.get(at(full, f"case/{case.id}/gather")).text
    assert "Livedo" in gathered
    assert f'value="{written.id}"' in gathered
    packet = packet_of(vault, case_file(vault, case.id), date(2026, 11, 25))
    own = next(note.number for note in packet.footnotes if note.text.startswith("Written by the person"))
    said = [saying for entry in packet.part("problems").entries for saying in entry.says]
    assert [saying.sources for saying in said if written.id in saying.records] == [(own,)]


def test_a_result_without_a_code_is_told_what_it_may_be_called(
    opened: Door, browse: Callable[[Door], Browser]
) -> None:
    vault = opened.open_vault()
    known = vault.add(Observation(title="Ferritin", value=Quantity("12", "ng/mL")))
    unknown = vault.add(Observation(title="Grandmother's test", value=Quantity("12")))
    browser = browse(opened)
    page = browser.get(f"/s/{opened.session}/records/{known.id}").text
    assert "LOINC 2276-4" in page
    assert "Regenstrief" in page
    assert "may be called elsewhere" not in browser.get(f"/s/{opened.session}/records/{unknown.id}").text
    assert vault.get(known.id).record.codes == ()
