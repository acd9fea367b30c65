"""The laboratory tests: codes that can be, names that tell apart, and no wrong match in any fixture."""

import json
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondlens.content import (
    laboratory_names,
    laboratory_sources,
    laboratory_tests,
    laboratory_units,
    loinc_notice,
)
from secondlens.content._laboratory import panel_files, unlisted_panels
from secondlens.content._laboratory_checks import (
    check_apart,
    check_laboratory,
    check_once,
    check_sources,
    check_test,
)
from secondlens.domain.coding import LOINC
from secondlens.domain.laboratory_names import LaboratoryNames, NameMatch, PrintedResult, match_name
from secondlens.domain.laboratory_tests import LaboratoryTest, ResultKind, Specimen
from secondlens.domain.printed_names import name_key

FIXTURES = Path(__file__).parent.parent / "fixtures"
UNITS = {unit.ucum: unit for unit in laboratory_units()}
BY_CODE = {test.code: test for test in laboratory_tests()}
# Codes in the samples that we could not look up, or that are no codes at all.
UNKNOWN_CODES = {
    ("22760-3", "Potassium, Serum"),
    ("33765-9", "WBC"),
    ("20565-8&#xD;&#xA;", "CO2, Whole Blood"),
    ("2069-3&#xD;&#xA;", "Chloride, Whole Blood"),
}
SUGAR = BY_CODE["2345-7"]


def read(name: str, **beside: str) -> NameMatch | None:
    return match_name(laboratory_names(), PrintedResult(name=name, **beside))


def suggested(name: str, **beside: str) -> str | None:
    match = read(name, **beside)
    return match.test.code if match and match.test else None


def problems(test: LaboratoryTest) -> str:
    return " ".join(check_test(test, laboratory_sources(), UNITS))


def test_the_files_are_in_order_until_their_sources_are_due() -> None:
    due = min(source.check_again for source in laboratory_sources().values())
    assert list(check_laboratory(due)) == []


def test_overdue_and_unused_sources_are_named() -> None:
    assert "common-2000 was to be checked again" in " ".join(check_laboratory(date(2100, 1, 1)))
    unused = check_sources((SUGAR,), {"hearsay": laboratory_sources()["common-2000"]}, date(2026, 11, 25))
    assert list(unused) == ["laboratory/sources.toml: nothing uses hearsay. Remove it."]


def test_at_least_250_tests_are_known() -> None:
    assert len(BY_CODE) >= 250


def test_the_autoimmune_panel_is_there() -> None:
    wanted = {
        "8061-4": "ANA",
        "5048-4": "ANA titre",
        "14611-8": "ANA pattern",
        "5130-0": "dsDNA",
        "11090-8": "Sm",
        "29374-6": "RNP",
        "53017-0": "Ro52",
        "17792-3": "SSA",
        "17791-5": "SSB",
        "27416-7": "Scl-70",
        "11565-9": "Jo-1",
        "53982-5": "centromere",
        "13636-6": "ribosomal P",
        "4485-9": "C3",
        "4498-2": "C4",
        "4532-8": "CH50",
        "3281-3": "lupus anticoagulant",
        "3181-5": "cardiolipin IgG",
        "3182-3": "cardiolipin IgM",
        "5076-5": "cardiolipin IgA",
        "44448-9": "beta-2 glycoprotein IgG",
        "11572-5": "rheumatoid factor",
        "32218-0": "CCP",
        "46266-3": "MPO",
        "46267-1": "PR3",
        "2157-6": "CK",
        "2890-2": "urine protein/creatinine",
    }
    assert {code: name for code, name in wanted.items() if code not in BY_CODE} == {}


def test_the_notice_names_the_owners_and_the_license() -> None:
    assert "Regenstrief Institute" in loinc_notice()
    assert "http://loinc.org/license" in loinc_notice()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(SUGAR, code="2345-8"), "check digit"),
        (replace(SUGAR, also=("26464-9",)), "26464-9 cannot be a LOINC code"),
        (replace(SUGAR, seen=()), "names no source"),
        (replace(SUGAR, seen=("hearsay",)), "hearsay is not in sources.toml"),
        (replace(SUGAR, units=("mmol/L",)), "do not measure Mass/volume"),
        (replace(SUGAR, units=("bushels",)), "bushels is not in units.toml"),
        (replace(SUGAR, units=()), "numbers and titres have units"),
        (replace(SUGAR, kind=ResultKind.TITRE), "kind is not that of its official name"),
        (replace(SUGAR, specimens=(Specimen.URINE,)), "specimens are not those"),
        (replace(SUGAR, official="Glucose [Guesswork] in Serum"), "do not know what [Guesswork]"),
    ],
)
def test_each_slip_of_the_pen_in_an_entry_is_named(changed: LaboratoryTest, said: str) -> None:
    assert problems(SUGAR) == ""
    assert said in problems(changed)


def test_a_code_that_is_there_twice_is_named() -> None:
    assert list(check_once((SUGAR, BY_CODE["718-7"]))) == []
    assert list(check_once((SUGAR, SUGAR))) == ["laboratory: 2345-7 is there 2 times."]


def test_a_file_nobody_loads_is_named() -> None:
    assert unlisted_panels(panel_files()) == ()
    assert unlisted_panels((*panel_files(), "allergy")) == ("allergy",)


def test_a_plain_name_is_short_and_no_verdict() -> None:
    wrong = re.compile(r"\b(?:normal|abnormal|bad|good|danger|harmful|high|low|disease of|you)\b", re.IGNORECASE)
    assert [test.plain for test in laboratory_tests() if len(test.plain) > 70 or wrong.search(test.plain)] == []


def test_two_tests_nothing_tells_apart_are_named() -> None:
    twin = replace(SUGAR, code="718-7")
    names = LaboratoryNames.of((SUGAR, twin), (), ())
    assert "nothing tells 2345-7 and 718-7 apart" in " ".join(check_apart(names.by_name))
    other = LaboratoryNames.of((SUGAR, replace(twin, units=("mmol/L",))), (), ())
    assert list(check_apart(other.by_name)) == []


@pytest.mark.parametrize("test", laboratory_tests(), ids=lambda test: test.code)
def test_an_official_name_stands_for_its_own_code(test: LaboratoryTest) -> None:
    assert suggested(test.official) == test.code


def test_every_spelling_leads_to_its_test_by_unit_and_specimen_or_to_candidates_with_it() -> None:
    missed = []
    for test in laboratory_tests():
        for spelling in test.spellings:
            for unit in test.units or ("",):
                match = read(spelling, unit=unit, specimen=test.specimens[0].value)
                if match is None or test not in match.candidates or match.test not in {test, None}:
                    missed.append((test.code, spelling, unit))
    assert missed == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"name": "Hemoglobin A1c", "unit": "%"}, "4548-4"),
        ({"name": "HbA1c", "unit": "mmol/mol"}, "59261-8"),
        ({"name": "Hämoglobin", "unit": "g/dl"}, "718-7"),
        ({"name": "Leukozyten", "unit": "G/L", "heading": "Blutbild"}, "6690-2"),
        ({"name": "WBC", "unit": "x10E3/uL"}, "6690-2"),
        ({"name": "WBC", "unit": "/HPF", "heading": "Urinalysis"}, "5821-4"),
        ({"name": "Neutrophils", "unit": "%"}, "770-8"),
        ({"name": "Neutrophils (Absolute)", "unit": "x10E3/uL"}, "751-8"),
        ({"name": "T4,Free(Direct)", "unit": "ng/dL"}, "3024-7"),
        ({"name": "Free T4", "unit": "pmol/L"}, "14920-3"),
        ({"name": "Thyroid Stimulating Hormone (TSH)", "unit": "uIU/mL"}, "3016-3"),
        ({"name": "ANA", "value": "1:640 speckled"}, "5048-4"),
        ({"name": "ANA Direct", "value": "Positive"}, "8061-4"),
        ({"name": "Anti-DNA (DS) Ab Qn", "unit": "IU/mL"}, "5130-0"),
        ({"name": "Sjogren's Anti-SS-A", "unit": "AI"}, "17792-3"),
        ({"name": "Sjögren's Anti-SS-B*", "unit": "AI"}, "17791-5"),
        ({"name": "Anticardiolipin Ab,IgG,Qn", "unit": "GPL U/mL"}, "3181-5"),
        ({"name": "β2-Glycoprotein I IgG", "unit": "U/mL"}, "44448-9"),
        ({"name": "Complement C3, Serum", "unit": "mg/dL"}, "4485-9"),
        ({"name": "Sedimentation Rate-Westergren", "unit": "mm/hr"}, "4537-7"),
        ({"name": "C-Reactive Protein, Quant", "unit": "mg/L"}, "1988-5"),
        ({"name": "Protein/Creat Ratio", "unit": "mg/g creat", "heading": "Urine chemistry"}, "2890-2"),
        ({"name": "S-Creatinine", "unit": "µmol/L"}, "14682-9"),
        ({"name": "Creatinine", "unit": "mg/dL", "heading": "Comp. Metabolic Panel (14)"}, "2160-0"),
        ({"name": "Creatinine, Urine", "unit": "mg/dL"}, "2161-8"),
        ({"name": "Glucose", "unit": "mg/dL", "specimen": "CSF"}, "2342-4"),
        ({"name": "Gamma-GT (GGT)", "unit": "U/l"}, "2324-2"),
        ({"name": "Tryptase", "unit": "ug/L"}, "21582-2"),
        ({"name": "Calprotectin, Fecal", "unit": "ug/g"}, "38445-3"),
        ({"name": "κ/λ ratio"}, "48378-4"),
    ],
)
def test_lines_as_laboratories_print_them(line: dict[str, str], code: str) -> None:
    assert suggested(**line) == code


@pytest.mark.parametrize(
    "line",
    [
        {"name": "Glucose"},
        {"name": "Glucose", "unit": "mg/dL"},
        {"name": "Creatinine", "unit": "mg/dL"},
        {"name": "Protein"},
        {"name": "ANA"},
        {"name": "WBC", "unit": "/uL"},
        {"name": "D-dimer"},
    ],
)
def test_names_that_may_mean_several_tests_are_only_offered(line: dict[str, str]) -> None:
    match = read(**line)
    assert match is not None
    assert match.test is None
    assert len(match.candidates) > 1


@pytest.mark.parametrize(
    "name", ["C5", "IgG4 food panel", "AST/ALT", "SSA/SSB", "CA 19", "T3 uptake", "anti-CCP2 IgA"]
)
def test_names_close_to_known_ones_stay_as_printed(name: str) -> None:
    assert read(name) is None


def test_no_laboratory_name_in_any_fixture_is_matched_to_a_wrong_code() -> None:
    wrong, right, same_by_other_method = [], 0, 0
    for code, name, unit in sorted(set(_coded_results())):
        test = BY_CODE.get(suggested(name, unit=unit) or "")
        if test is None:
            continue
        right += test.code == code
        same_by_other_method += code in test.also
        if code not in {test.code, *test.also} and (code, name) not in UNKNOWN_CODES:
            wrong.append((code, name, unit, test.code))
    assert wrong == []
    assert right >= 40
    assert same_by_other_method >= 5


def _coded_results() -> Iterator[tuple[str, str, str]]:
    """Code, display and unit of every result in the fixtures that has a LOINC code."""
    for path in FIXTURES.rglob("*.xml"):
        yield from _in_document(path.read_text("utf-8", "replace"))
    for path in FIXTURES.rglob("*.json"):
        yield from _in_resource(json.loads(path.read_text("utf-8")))
    for path in FIXTURES.rglob("*.ndjson"):
        for line in path.read_text("utf-8").splitlines():
            yield from _in_resource(json.loads(line))


def _in_document(text: str) -> Iterator[tuple[str, str, str]]:
    for found in re.finditer(r"<observation\b.*?</observation>", text, re.DOTALL):
        tag = re.search(r"<code\b[^>]*>", found[0])
        if tag and '2.16.840.1.113883.6.1"' in tag[0]:
            named = dict(re.findall(r'(code|displayName)="([^"]*)"', tag[0]))
            unit = re.search(r'<value\b[^>]*unit="([^"]*)"', found[0])
            if "displayName" in named:
                yield named["code"], named["displayName"], unit[1] if unit else ""


def _in_resource(part: object) -> Iterator[tuple[str, str, str]]:
    if isinstance(part, Mapping):
        code, quantity = part.get("code"), part.get("valueQuantity") or {}
        if isinstance(code, Mapping) and (quantity or part.get("resourceType") == "Observation"):
            unit = quantity.get("unit") or quantity.get("code") or ""
            for coding in code.get("coding", ()):
                if coding.get("system") == LOINC:
                    names = {coding.get("display"), code.get("text")} - {None}
                    yield from ((coding["code"], name, unit) for name in names)
        for inner in part.values():
            yield from _in_resource(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _in_resource(inner)


SPELLINGS = tuple((test, spelling) for test in laboratory_tests() for spelling in test.spellings)


@given(
    st.sampled_from(SPELLINGS),
    st.sampled_from(["", " *", "†", " ‡", "¹", " (1)", ":", "  ", " [b]"]),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_case_and_footnotes_never_change_what_a_spelling_stands_for(
    known: tuple[LaboratoryTest, str], mark: str, case: Callable[[str], str]
) -> None:
    test, spelling = known
    match = read(case(spelling) + mark)
    assert match is not None
    assert test in match.candidates


@given(st.sampled_from([spelling for _, spelling in SPELLINGS if not set("/:") & set(spelling)]), st.randoms())
def test_the_order_of_words_without_a_slash_does_not_count(spelling: str, random: Random) -> None:
    words = spelling.replace(",", " ").split()
    random.shuffle(words)
    assert name_key(" ".join(words)) == name_key(spelling)


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=20), st.text(max_size=20))
def test_any_text_gives_a_match_of_our_tests_or_nothing(name: str, unit: str, specimen: str, heading: str) -> None:
    match = read(name, unit=unit, specimen=specimen, heading=heading)
    assert match is None or (match.candidates and set(match.candidates) <= set(laboratory_tests()))


@given(st.text(string.ascii_lowercase, min_size=1, max_size=12))
def test_a_word_added_to_a_name_is_never_overlooked(word: str) -> None:
    match = read(f"Ferritin {word}")
    told = {"ferritin", "level", "serum", "plasma", "ser", "plas", "serpl", "blood", "bld"}
    assert match is None or word in told
