"""Matching a printed name to a test: what may differ, what decides, and when nothing is suggested."""

import pytest

from secondlens.domain.laboratory_names import LaboratoryNames, PrintedResult, match_name
from secondlens.domain.laboratory_tests import (
    LaboratoryTest,
    PrintedUnit,
    ResultKind,
    Specimen,
    SpecimenWords,
    check_digit_holds,
)


def lab(
    code: str, specimen: Specimen, *spellings: str, unit: str = "", kind: ResultKind = ResultKind.NUMBER
) -> LaboratoryTest:
    return LaboratoryTest(
        code=code,
        official=f"Official name of {code}",
        plain="plain",
        kind=kind,
        specimens=(specimen,),
        spellings=spellings,
        seen=("somewhere",),
        units=(unit,) if unit else (),
    )


SUGAR = lab("2345-7", Specimen.SERUM, "Glucose", "Blood sugar", unit="mg/dL")
SUGAR_BY_MOLECULES = lab("14749-6", Specimen.SERUM, "Glucose", unit="mmol/L")
SUGAR_IN_URINE = lab("2350-7", Specimen.URINE, "Glucose", unit="mg/dL")
PROTEIN = lab("2885-2", Specimen.SERUM, "Total protein", unit="g/dL")
PROTEIN_IN_URINE = lab("2888-6", Specimen.URINE, "Total protein", unit="mg/dL")
ALT = lab("1742-6", Specimen.SERUM, "Alanine aminotransferase", "ALT", unit="U/L")
WHITE_CELLS = lab("6690-2", Specimen.BLOOD, "Leukozyten", "White cells", unit="10*9/L")
ANA = lab("8061-4", Specimen.SERUM, "ANA", kind=ResultKind.PRESENCE)
ANA_TITRE = lab("5048-4", Specimen.SERUM, "ANA", unit="{titer}", kind=ResultKind.TITRE)
RATIO = lab("1759-0", Specimen.SERUM, "Albumin/Globulin ratio", unit="{ratio}")
BETA = lab("1952-1", Specimen.SERUM, "Beta-2 microglobulin", unit="mg/L")
LAMBDA = lab("33944-0", Specimen.SERUM, "Lambda free light chain", unit="mg/L")
HIDDEN_BLOOD = lab("2335-8", Specimen.STOOL, "Occult blood", kind=ResultKind.PRESENCE)
ACIDITY = lab("2756-5", Specimen.URINE, "Acidity", "Acidity of urine", kind=ResultKind.TEXT)

NAMES = LaboratoryNames.of(
    (
        *(SUGAR, SUGAR_BY_MOLECULES, SUGAR_IN_URINE, PROTEIN, PROTEIN_IN_URINE, ALT, WHITE_CELLS),
        *(ANA, ANA_TITRE, RATIO, BETA, LAMBDA, HIDDEN_BLOOD, ACIDITY),
    ),
    (
        PrintedUnit(ucum="g/dL", measures="mass/volume"),
        PrintedUnit(ucum="g/L", measures="mass/volume"),
        PrintedUnit(ucum="mg/dL", measures="mass/volume", printed=("mg%",)),
        PrintedUnit(ucum="mg/L", measures="mass/volume"),
        PrintedUnit(ucum="mmol/L", measures="moles/volume"),
        PrintedUnit(ucum="U/L", measures="units/volume"),
        PrintedUnit(ucum="10*9/L", measures="count/volume", printed=("G/L", "10^9/L"), equals="10*9/L"),
        PrintedUnit(ucum="10*3/uL", measures="count/volume", printed=("K/uL",), equals="10*9/L"),
        PrintedUnit(ucum="{titer}", measures="titre"),
        PrintedUnit(ucum="{ratio}", measures="ratio"),
    ),
    (
        SpecimenWords(fits=(Specimen.SERUM,), words=("serum", "plasma"), headings=("metabolic panel",)),
        SpecimenWords(fits=(Specimen.BLOOD,), words=("whole blood",)),
        SpecimenWords(fits=(Specimen.BLOOD, Specimen.SERUM), words=("blood",)),
        SpecimenWords(fits=(Specimen.URINE,), words=("urine",), headings=("urinalysis",)),
        SpecimenWords(fits=(Specimen.STOOL,), words=("stool",)),
    ),
)


def suggested(name: str, **beside: str) -> str | None:
    match = match_name(NAMES, PrintedResult(name=name, **beside))
    return match.test.code if match and match.test else None


def offered(name: str, **beside: str) -> set[str]:
    match = match_name(NAMES, PrintedResult(name=name, **beside))
    return {test.code for test in match.candidates} if match else set()


@pytest.mark.parametrize(
    "printed",
    [
        "alanine AMINOTRANSFERASE",
        "Aminotransferase, alanine",
        "Alanine-Aminotransferase",
        "ALT *",
        "ALT †",
        "ALT¹",
        "ALT (1)",
        "ALT [a]",
        "ALT:",
        "ALT (Serum)",
        "ALT, plasma",
        "Serum ALT",
        "S-ALT",
        "P-Alanine aminotransferase",
        "Alanine aminotransferase (ALT)",
        "Alanine aminotransferase [ALT], serum",
        "  ALT  ",
    ],
)
def test_case_commas_order_footnotes_and_specimen_words_do_not_hide_a_name(printed: str) -> None:
    assert suggested(printed) == ALT.code


def test_greek_letters_and_accents_are_read() -> None:
    assert suggested("β2-Microglobulin") == BETA.code
    assert suggested("λ free light chain") == LAMBDA.code
    assert suggested("LEUKÓZYTEN") == WHITE_CELLS.code


def test_a_name_nobody_listed_stays_as_printed() -> None:
    assert match_name(NAMES, PrintedResult(name="Unobtainium")) is None
    assert match_name(NAMES, PrintedResult(name="")) is None
    assert match_name(NAMES, PrintedResult(name="(Serum)")) is None


def test_a_name_in_brackets_that_is_not_known_keeps_the_other_from_being_suggested() -> None:
    assert match_name(NAMES, PrintedResult(name="Alanine aminotransferase (isoform 9)")) is None


def test_two_known_names_that_mean_different_tests_suggest_nothing() -> None:
    assert match_name(NAMES, PrintedResult(name="Alanine aminotransferase (ANA)")) is None


def test_around_a_slash_the_order_counts() -> None:
    assert suggested("Albumin/Globulin") == RATIO.code
    assert suggested("Globulin/Albumin ratio") is None


def test_an_ambiguous_name_is_offered_and_never_guessed() -> None:
    match = match_name(NAMES, PrintedResult(name="Glucose"))
    assert match is not None
    assert match.test is None
    assert match.candidates == (SUGAR, SUGAR_BY_MOLECULES, SUGAR_IN_URINE)
    assert match.told_by == ()


def test_the_unit_decides() -> None:
    assert suggested("Glucose", unit="mmol/L") == SUGAR_BY_MOLECULES.code
    assert offered("Glucose", unit="mg%") == {SUGAR.code, SUGAR_IN_URINE.code}


def test_the_usual_unit_decides_where_several_measure_the_same() -> None:
    assert suggested("Total protein", unit="g/dL") == PROTEIN.code
    assert offered("Total protein", unit="mg/dL") == {PROTEIN_IN_URINE.code}
    assert offered("Total protein", unit="g/L") == {PROTEIN.code, PROTEIN_IN_URINE.code}


def test_a_unit_of_the_same_size_is_the_usual_unit() -> None:
    assert suggested("White cells", unit="K/uL") == WHITE_CELLS.code
    assert suggested("White cells", unit="10⁹/L") == WHITE_CELLS.code


def test_case_tells_giga_from_gram() -> None:
    assert suggested("White cells", unit="G/L") == WHITE_CELLS.code
    assert match_name(NAMES, PrintedResult(name="White cells", unit="g/L")) is None


def test_a_unit_in_the_name_is_read_where_no_other_stands_beside_it() -> None:
    assert suggested("Glucose (mmol/L)") == SUGAR_BY_MOLECULES.code
    assert suggested("Total protein [g/dL]") == PROTEIN.code
    assert suggested("Glucose (mmol/L)", unit="mmol/L") == SUGAR_BY_MOLECULES.code
    assert match_name(NAMES, PrintedResult(name="Glucose (mmol/L)", unit="mg/dL")) is None
    assert match_name(NAMES, PrintedResult(name="ALT (mg/dL)")) is None


def test_the_word_calculated_is_no_unit() -> None:
    assert suggested("Albumin/Globulin", unit="(calc)") == RATIO.code
    assert suggested("Total protein", unit="g/dL (calc)") == PROTEIN.code


def test_a_unit_that_measures_something_else_speaks_against_the_name() -> None:
    assert match_name(NAMES, PrintedResult(name="ALT", unit="mg/dL")) is None


def test_a_unit_we_do_not_know_leaves_only_candidates() -> None:
    assert suggested("ALT", unit="bushels") is None
    assert offered("ALT", unit="bushels") == {ALT.code}


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ({"specimen": "Urine"}, SUGAR_IN_URINE.code),
        ({"heading": "URINALYSIS, complete"}, SUGAR_IN_URINE.code),
        ({"specimen": "Serum"}, SUGAR.code),
        ({"heading": "Comprehensive metabolic panel"}, SUGAR.code),
        ({"specimen": "Serum", "heading": "Urinalysis"}, SUGAR.code),
    ],
)
def test_the_specimen_decides_and_stands_above_the_heading(beside: dict[str, str], expected: str) -> None:
    assert suggested("Glucose", unit="mg/dL", **beside) == expected


def test_words_beside_the_name_stand_above_the_heading() -> None:
    assert suggested("Glucose, urine", unit="mg/dL", heading="Metabolic panel") == SUGAR_IN_URINE.code
    assert suggested("U-Glucose", unit="mg/dL") == SUGAR_IN_URINE.code


def test_a_specimen_no_such_test_is_made_of_suggests_nothing() -> None:
    assert match_name(NAMES, PrintedResult(name="ALT, urine")) is None
    assert match_name(NAMES, PrintedResult(name="ALT", specimen="Stool")) is None


def test_a_specimen_word_inside_a_known_name_is_no_hint() -> None:
    assert offered("Occult blood") == {HIDDEN_BLOOD.code}


def test_what_is_not_of_blood_is_suggested_only_where_something_says_so() -> None:
    assert suggested("Occult blood") is None
    assert suggested("Occult blood", specimen="stool") == HIDDEN_BLOOD.code
    assert suggested("Stool occult blood") == HIDDEN_BLOOD.code
    assert suggested("Acidity") is None
    assert suggested("Acidity", heading="Urinalysis") == ACIDITY.code
    assert suggested("Acidity of urine") == ACIDITY.code


def test_the_longest_words_say_the_specimen() -> None:
    assert suggested("White cells", specimen="whole blood") == WHITE_CELLS.code
    assert match_name(NAMES, PrintedResult(name="ALT", specimen="whole blood")) is None
    assert suggested("ALT", specimen="blood") == ALT.code


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1:640 speckled", ANA_TITRE.code),
        ("<1:40", ANA_TITRE.code),
        ("Positive", ANA.code),
        ("640", ANA_TITRE.code),
    ],
)
def test_the_value_tells_a_titre_from_yes_or_no(value: str, expected: str) -> None:
    assert suggested("ANA", value=value) == expected


def test_what_decided_is_told() -> None:
    printed = PrintedResult(name="Glucose", unit="mg/dL", heading="Urinalysis")
    match = match_name(NAMES, printed)
    assert match is not None
    assert match.told_by == ("heading",)
    assert match.name == "glucose"


@pytest.mark.parametrize("code", ["2345-7", "718-7", "105551-6", "33914-3"])
def test_the_check_digit_of_a_real_code_holds(code: str) -> None:
    assert check_digit_holds(code)


@pytest.mark.parametrize("code", ["2345-8", "2354-7", "", "2345", "-7", "2345-", "2345-77", "LA32-8", "²345-7"])
def test_the_check_digit_of_anything_else_does_not(code: str) -> None:
    assert not check_digit_holds(code)
