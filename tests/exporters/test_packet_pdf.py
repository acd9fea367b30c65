import unicodedata
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fonttools ships no types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondlens.domain.case import Case
from secondlens.domain.clinical import AllergyIntolerance, Condition, MedicationStatement, Observation
from secondlens.domain.packet import Packet, build_packet
from secondlens.domain.people import Patient
from secondlens.domain.quantity import Quantity
from secondlens.domain.when import When
from secondlens.exporters._letters import FONTS, printable, printed
from secondlens.exporters.packet_pdf import PACKET_PDF, PacketPdf
from tests.exporters.packets import (
    MADE_ON,
    bare,
    case_file,
    facts,
    journey,
    kept,
    packet_of,
    pages_of,
    pdf_of,
    source,
    whole_packet,
)

HOSTILE = (
    '#panic("out")',
    "$x^2$ *bold* _slanted_ `raw` @reference <label> // comment /* more */",
    "\\u{41} \\ back \\\\ slashes [content] {code} = heading",
    '#import "packet.typ": * ~ \'"',
    "</text><script>alert(1)</script> %PDF-1.7 ((unbalanced",
    "null \x00 bell \x07 escape \x1b[31m",
    "turned \u202egnp.exe\u202c",
    "\U0001f912 fever face, 林 and \U00020000",
    "lone \ud800 surrogate",
)


def _text(packet: Packet) -> str:
    return bare("".join(pages_of(pdf_of(packet))))


def _shown(text: str) -> str:
    return bare(printed(text, printable()))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return [text for part in parts for text in _strings(part)]


def test_page_one_of_a_small_packet_reads_as_expected() -> None:
    expected = Path(__file__).with_name("packet-page-one.txt").read_text("utf-8")
    assert " ".join(pages_of(pdf_of(whole_packet()))[0].split()) == " ".join(expected.split())


def test_everything_in_the_packet_is_on_paper() -> None:
    packet = whole_packet()
    text = _text(packet)
    content = asdict(packet)
    for name in ("names", "births", "sexes", "asked", "opinion", "results", "passages", "timeline", "footnotes"):
        for given_text in _strings(_without_codes(content[name])):
            assert _shown(given_text) in text, given_text
    for part in content["parts"]:
        for given_text in _strings(_without_codes(part["entries"])):
            assert _shown(given_text) in text, given_text


def _without_codes(value: object) -> object:
    """Leave out what is for the program: ids, fingerprints, ISO days, FHIR categories."""
    hidden = {"records", "sha256", "day", "category"}
    if isinstance(value, dict):
        return {key: _without_codes(part) for key, part in value.items() if key not in hidden}
    return [_without_codes(part) for part in value] if isinstance(value, (list, tuple)) else value


def test_an_empty_case_makes_a_true_packet() -> None:
    pages = pages_of(pdf_of(packet_of()))
    first = " ".join(pages[0].split())
    for line in (
        "Name not recorded",
        "No current health problems in this packet. Please ask.",
        "No current medicines in this packet. Please ask.",
        "No allergy records in this packet. Please ask.",
        "No results in this packet.",
        "None written down.",
    ):
        assert line in first


def test_no_known_allergies_is_said_only_when_a_source_says_so() -> None:
    assert "Noknownallerg" not in _text(packet_of())
    told = packet_of(AllergyIntolerance(title="No known allergies", negated=True, source=source()))
    assert "Noknownallergies" in bare(pages_of(pdf_of(told))[0])
    assert "Noallergyrecords" not in _text(told)


def test_a_denied_problem_is_never_on_page_one_and_never_without_its_no() -> None:
    pages = [bare(page) for page in pages_of(pdf_of(whole_packet()))]
    assert "Diabetes" not in pages[0]
    assert "".join(pages).count("Diabetes") == "".join(pages).count("NoDiabetes") > 0
    assert "".join(pages).count("Prednisone") == "".join(pages).count("Nottaken:Prednisone") > 0


@pytest.mark.parametrize("words", HOSTILE)
def test_no_record_text_breaks_the_page_or_runs_as_markup(words: str) -> None:
    packet = packet_of(
        Condition(title=words, note=words, source=source(words)),
        MedicationStatement(title=words, sig=words),
        Observation(title=words, value=Quantity(words, words), interpretation=words),
        Patient(title=words),
    )
    asked = build_packet(case_file(*journey(), case=Case(title=words, decision=words)), (), {}, MADE_ON)
    assert _text(packet).count(_shown(words)) >= 6
    assert _shown(words) in _text(asked)
    assert "Thequestioninfull" in bare(pages_of(pdf_of(packet))[1])


# Left out: letters that join, turn round or vanish, whose order and form on paper are the font's business,
# and the hyphen, which an independent reader drops at a line's end.
_PLAIN = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("M", "Cf", "Zs", "Zl", "Zp"), exclude_characters="-\u2010\u00ad"
    )
    .filter(lambda letter: unicodedata.bidirectional(letter) not in {"R", "AL", "AN"})
    .filter(lambda letter: unicodedata.normalize("NFKC", letter) == letter),
    min_size=1,
    max_size=60,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_PLAIN)
def test_the_text_found_in_the_pdf_is_the_text_given(words: str) -> None:
    asked = case_file(case=Case(title="Q", decision=f"|{words}|"))
    assert _shown(f"|{words}|") in _text(build_packet(asked, (), {}, MADE_ON))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=40))
def test_any_text_at_all_makes_a_packet_whose_first_page_is_one_page(words: str) -> None:
    pages = pages_of(pdf_of(packet_of(Condition(title=words), Patient(title=words))))
    assert "Thequestioninfull" in bare(pages[1])


@pytest.mark.parametrize("name", ["Ελένη Παπαδοπούλου", "Наталія Жук", "Łucja Żółć", "Nguyễn Thị Hạnh"])
def test_names_in_greek_cyrillic_and_extended_latin_are_printed_as_they_are(name: str) -> None:
    text = unicodedata.normalize("NFC", _text(packet_of(Patient(title=name))))
    assert bare(name) in text


@pytest.mark.parametrize("name", ["ليلى حداد", "נועה לוי"])
def test_names_written_from_right_to_left_keep_every_letter(name: str) -> None:
    """Arabic letters join, so an independent reader may give their shaped forms in either order."""
    text = unicodedata.normalize("NFKC", _text(packet_of(Patient(title=name))))
    assert set(bare(name)) <= set(text)
    assert "U+" not in text


def test_letters_that_cannot_be_printed_stand_as_codes_and_the_packet_says_so() -> None:
    pages = pages_of(pdf_of(packet_of(Patient(title="林 Lin"))))
    assert "[U+6797] Lin" in pages[0]
    assert "Some letters stand as codes" in pages[0]
    assert "Someletterscouldnotbeprinted" in bare(pages[-1])
    assert "Some letters" not in "".join(pages_of(pdf_of(whole_packet())))


def test_a_mark_that_no_font_can_set_on_its_letter_is_printed_as_a_code() -> None:
    assert "[U+" in "".join(pages_of(pdf_of(packet_of(Condition(title="\u0607\U0001f06b\u1df0")))))


def test_a_word_longer_than_a_page_keeps_every_letter() -> None:
    assert "".join(pages_of(pdf_of(packet_of(Condition(title="x" * 10_000))))).count("x") >= 10_000


def test_page_one_is_one_page_however_much_there_is() -> None:
    wide = "W" * 500
    many = [
        record
        for place in range(16)
        for record in (
            Condition(title=f"{place} {wide}", start=When("2020"), note=wide),
            MedicationStatement(title=f"medicine {place} " + "long name " * 40, sig=wide),
            AllergyIntolerance(title=f"allergy {place} {wide}", note=wide),
            Observation(
                title=f"test {place} {wide}", value=Quantity(wide, wide), reference_range=wide, interpretation="H"
            ),
            Patient(title=f"{place} {wide}", sex=wide),
        )
    ]
    parts = tuple(replace(part, title=wide) for part in journey())
    file = case_file(*parts, case=Case(title=wide, decision=wide))
    pages = pages_of(pdf_of(build_packet(file, kept(*many), {}, MADE_ON)))
    assert "Thetopquestions" in bare(pages[0])
    assert "Thequestioninfull" in bare(pages[1])
    assert "Thequestioninfull" not in bare(pages[0])


def test_page_one_shows_as_much_as_fits() -> None:
    records = [
        record
        for place in range(12)
        for record in (
            Condition(title=f"Problem {place}", note="n " * 90),
            MedicationStatement(title=f"M{place}", sig="s " * 90),
        )
    ]
    first = pages_of(pdf_of(packet_of(*records, *facts(), parts=journey())))[0]
    assert 4 <= first.count("Problem ") < 12


def test_what_does_not_fit_on_page_one_is_counted_with_its_page() -> None:
    many = [Condition(title=f"Problem {place}") for place in range(40)]
    pages = pages_of(pdf_of(packet_of(*many)))
    assert "and 30 more, page 2" in pages[0]
    assert "Problem 39" in "".join(pages[1:])


def test_the_pdf_is_tagged_titled_and_in_english() -> None:
    pdf = pdf_of(whole_packet())
    assert b"pdfuaid:part" in pdf
    assert b"/MarkInfo" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"/Lang" in pdf
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "For a second opinion: Nora Sample"
    assert document.is_tagged()
    document.close()


def test_only_our_own_fonts_are_used_and_all_are_embedded() -> None:
    document = pypdfium2.PdfDocument(pdf_of(packet_of(Patient(title="Ελένη ليلى"), *facts())))
    fonts = {
        (text.get_font().get_family_name(), text.get_font().is_embedded)
        for page in document
        for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    }
    document.close()
    assert {name for name, _ in fonts} <= {"Atkinson Hyperlegible Next", "Noto Sans", "DejaVu Sans"}
    assert all(embedded for _, embedded in fonts)


def test_every_page_has_its_number_the_name_and_the_made_up_mark() -> None:
    pages = pages_of(pdf_of(whole_packet()))
    for number, page in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in page
        assert "Nora Sample" in page
        assert "Made-up sample." in page
    assert "Made-up sample." not in "".join(pages_of(pdf_of(replace(whole_packet(), sample=False))))


def test_both_papers_have_their_size() -> None:
    for paper, size in (("a4", (595, 842)), ("us-letter", (612, 792))):
        document = pypdfium2.PdfDocument(pdf_of(whole_packet(), "a4" if paper == "a4" else "us-letter"))
        assert tuple(round(side) for side in document[0].get_size()) == size
        document.close()


def test_the_same_packet_gives_the_same_bytes_and_another_day_other_bytes() -> None:
    packet = whole_packet()
    assert pdf_of(packet) == pdf_of(packet)
    assert pdf_of(packet) != pdf_of(replace(packet, made_on=date(2026, 11, 23)))


def test_the_exporter_names_itself() -> None:
    assert (PACKET_PDF.name, PACKET_PDF.suffix, PACKET_PDF.paper) == ("packet-pdf", ".pdf", "a4")
    assert PacketPdf(paper="us-letter") != PACKET_PDF


def test_the_list_of_printable_letters_is_what_the_fonts_have() -> None:
    held = {point for font in FONTS.glob("*.ttf") for point in TTFont(font).getBestCmap()}
    listed: set[int] = set()
    for line in (FONTS / "letters.txt").read_text("ascii").split():
        first, _, last = line.partition("-")
        listed.update(range(int(first, 16), int(last or first, 16) + 1))
    assert listed == held
