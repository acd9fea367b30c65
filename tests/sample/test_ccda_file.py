from collections import Counter
from itertools import chain

import pytest
from lxml import etree

from secondlens.sample.story.chart import ALLERGIES, PROBLEMS, PROCEDURES, VACCINATIONS
from secondlens.sample.story.laboratory import TESTS, draws_of
from secondlens.sample.story.medicines import MEDICINES
from secondlens.sample.story.people import PRACTICE, RHEUMATOLOGY, Clinic
from secondlens.sample.story.visits import VISITS, consultation
from secondlens.sample.story.vital_signs import VITAL_SIGNS, vitals_of

Element = etree._Element
SUMMARY, NOTE = "nora-sample-family-practice.xml", "nora-sample-rheumatology-note.xml"
CDA = {"c": "urn:hl7-org:v3", "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ARC = "2.16.840.1.113883.10.20.22"
# C-CDA R2.1: each section's code, its template, and the template of the statements in its entries.
SECTIONS = {
    "11450-4": (f"{ARC}.2.5.1", f"{ARC}.4.3"),
    "48765-2": (f"{ARC}.2.6.1", f"{ARC}.4.30"),
    "10160-0": (f"{ARC}.2.1.1", f"{ARC}.4.16"),
    "11369-6": (f"{ARC}.2.2.1", f"{ARC}.4.52"),
    "30954-2": (f"{ARC}.2.3.1", f"{ARC}.4.1"),
    "8716-3": (f"{ARC}.2.4.1", f"{ARC}.4.26"),
    "47519-4": (f"{ARC}.2.7.1", f"{ARC}.4.14"),
    "46240-8": (f"{ARC}.2.22.1", f"{ARC}.4.49"),
    "29762-2": (f"{ARC}.2.17", f"{ARC}.4.78"),
    "11506-3": (f"{ARC}.2.65", f"{ARC}.4.202"),
    "18776-5": (f"{ARC}.2.10", f"{ARC}.4.41"),
}


def find(element: Element, path: str) -> list[Element]:
    found = element.xpath(path, namespaces=CDA)
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, etree._Element)]


def document(sample_bytes: dict[str, bytes], name: str) -> Element:
    return etree.fromstring(sample_bytes[name])


def statements(root: Element, template: str) -> list[Element]:
    return find(root, f".//c:*[c:templateId/@root='{ARC}.4.{template}']")


def words(root: Element, statement: Element) -> str:
    """What a statement's text points at in the readable part."""
    (pointer,) = find(statement, "./c:text/c:reference")
    (target,) = [each for each in root.iter() if each.get("ID") == str(pointer.get("value"))[1:]]
    return target.text or ""


@pytest.mark.parametrize("name", [SUMMARY, NOTE])
def test_sections_and_entries_carry_their_templates(sample_bytes: dict[str, bytes], name: str) -> None:
    root = document(sample_bytes, name)
    seen = set()
    for section in find(root, ".//c:section[c:entry]"):
        code = str(find(section, "c:code")[0].get("code"))
        template, entry_template = SECTIONS[code]
        assert find(section, f"c:templateId[@root='{template}']"), code
        for entry in find(section, "c:entry/*"):
            assert find(entry, f"c:templateId[@root='{entry_template}']"), code
        seen.add(code)
    assert len(seen) >= 6


@pytest.mark.parametrize("name", [SUMMARY, NOTE])
def test_every_reference_has_its_words(sample_bytes: dict[str, bytes], name: str) -> None:
    root = document(sample_bytes, name)
    named = Counter(each.get("ID") for each in root.iter() if each.get("ID"))
    references = [str(each.get("value")) for each in find(root, ".//c:reference")]
    assert len(references) > 50
    assert set(named.values()) == {1}
    assert {reference[1:] for reference in references} <= set(named)


@pytest.mark.parametrize("name", [SUMMARY, NOTE])
def test_no_two_statements_of_a_document_share_an_identifier(sample_bytes: dict[str, bytes], name: str) -> None:
    entries = find(
        document(sample_bytes, name), ".//c:entry//c:id[not(ancestor::c:performer or ancestor::c:author)]"
    )
    repeated = [each for each, count in Counter(each.get("extension") for each in entries).items() if count > 1]
    assert repeated == []


@pytest.mark.parametrize(("name", "clinic"), [(SUMMARY, PRACTICE), (NOTE, RHEUMATOLOGY)])
def test_results_are_exactly_those_of_the_story(sample_bytes: dict[str, bytes], name: str, clinic: Clinic) -> None:
    root = document(sample_bytes, name)
    written = {
        (
            str(find(result, "c:effectiveTime")[0].get("value"))[:8],
            str(find(result, "c:code")[0].get("code")),
            coded_value(find(result, "c:value")[0]),
            words(root, result),
        )
        for result in statements(root, "2")
    }
    told = {
        (
            draw.day.replace("-", ""),
            TESTS[key].loinc,
            value,
            f"{value} {TESTS[key].unit}" if TESTS[key].unit else value,
        )
        for draw in draws_of(clinic)
        for key, value in draw.values
    }
    assert written == told


def coded_value(value: Element) -> str:
    if value.get(XSI_TYPE) == "IVL_PQ":
        (limit,) = find(value, "c:high[@inclusive='false']")
        return f"<{limit.get('value')}"
    return value.get("value") or value.text or ""


def test_vital_signs_are_exactly_those_of_the_story(sample_bytes: dict[str, bytes]) -> None:
    written = [
        (
            str(find(vital, "c:code")[0].get("code")),
            find(vital, "c:value")[0].get("value"),
            find(vital, "c:value")[0].get("unit"),
        )
        for vital in statements(document(sample_bytes, SUMMARY), "27")
    ]
    told = [
        (VITAL_SIGNS[key].loinc, value, VITAL_SIGNS[key].unit)
        for vitals in vitals_of(PRACTICE)
        for key, value in vitals.values
    ]
    assert written == told


def test_what_is_not_so_is_negated(sample_bytes: dict[str, bytes]) -> None:
    root = document(sample_bytes, SUMMARY)
    negated = {words(root, each) for each in find(root, ".//c:*[@negationInd='true']")}
    assert negated == {
        "Deep venous thrombosis",
        "No known food allergy",
        "One tablet by mouth three times a day while upright",
        "Measles, mumps and rubella vaccine",
        "Autonomic nerve test",
    }


def test_everything_in_the_story_is_in_the_summary(sample_bytes: dict[str, bytes]) -> None:
    root = document(sample_bytes, SUMMARY)
    counts = {template: len(statements(root, template)) for template in ("4", "7", "16", "52", "14", "49")}
    story = (PROBLEMS, ALLERGIES, MEDICINES, VACCINATIONS, PROCEDURES, VISITS)
    assert list(counts.values()) == [len(part) for part in story]


def test_the_changed_dose_is_two_medicines_with_their_days(sample_bytes: dict[str, bytes]) -> None:
    root = document(sample_bytes, SUMMARY)
    doses = [
        (
            find(each, "c:doseQuantity")[0].get("value"),
            find(each, "c:effectiveTime/c:low")[0].get("value"),
            [high.get("value") for high in find(each, "c:effectiveTime/c:high")],
        )
        for each in statements(root, "16")
        if find(each, ".//c:manufacturedMaterial/c:code[@code='979092']")
    ]
    assert doses == [("200", "20240506", []), ("400", "20220321", ["20240506"])]


def test_a_medicine_stopped_for_its_side_effect_says_so(sample_bytes: dict[str, bytes]) -> None:
    root = document(sample_bytes, SUMMARY)
    (stopped,) = find(root, f".//c:*[c:templateId/@root='{ARC}.4.16'][c:statusCode/@code='aborted']")
    (remark,) = statements(stopped, "64")
    pointer = str(find(remark, "c:text/c:reference")[0].get("value"))[1:]
    (target,) = [each for each in root.iter() if each.get("ID") == pointer]
    assert target.text == "Stopped because of a side effect: nausea and vomiting."


def test_each_visit_says_why(sample_bytes: dict[str, bytes]) -> None:
    root = document(sample_bytes, SUMMARY)
    assert [words(root, each) for each in statements(root, "19")] == [visit.reason for visit in VISITS]


def test_the_consultation_note_holds_the_first_opinion(sample_bytes: dict[str, bytes]) -> None:
    (section,) = find(document(sample_bytes, NOTE), ".//c:section[c:code/@code='51847-2']")
    text = "".join(chain.from_iterable(map(str, each.itertext()) for each in find(section, "c:text")))
    assert consultation().words in text
    assert "stress and deconditioning" in text
    assert "Come back in a year" in text
