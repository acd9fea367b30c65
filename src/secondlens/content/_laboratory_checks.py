"""What must hold for our laboratory tests: codes that can be, sources, units that fit, names that tell apart."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations

from secondlens.content._laboratory import (
    laboratory_names,
    laboratory_sources,
    laboratory_tests,
    laboratory_units,
    panel_files,
    unlisted_panels,
)
from secondlens.content._texts import Source
from secondlens.domain.laboratory_tests import (
    LaboratoryTest,
    PrintedUnit,
    ResultKind,
    Specimen,
    check_digit_holds,
)

# What LOINC puts in brackets, and what a unit of such a test can measure.
_PROPERTIES: Mapping[str, frozenset[str]] = {
    "Mass/volume": frozenset({"mass/volume", "mass of FEU/volume", "mass of DDU/volume"}),
    "Moles/volume": frozenset({"moles/volume"}),
    "Units/volume": frozenset({"units/volume"}),
    "Enzymatic activity/volume": frozenset({"units/volume", "mass/volume and time"}),
    "#/volume": frozenset({"count/volume"}),
    "#/area": frozenset({"count/area"}),
    "Titer": frozenset({"titre"}),
    "Mass/time": frozenset({"mass/time"}),
    "Moles/time": frozenset({"moles/time"}),
    "Mass/mass": frozenset({"mass of stool"}),
    "Mass Ratio": frozenset({"ratio", "mass/mass"}),
    "Molar ratio": frozenset({"mass/moles"}),
    "Mass Fraction": frozenset({"fraction"}),
    "Volume Fraction": frozenset({"fraction"}),
    "Ratio": frozenset({"fraction"}),
    "# Ratio": frozenset({"ratio"}),
    "Entitic volume": frozenset({"volume of a cell"}),
    "Entitic mass": frozenset({"mass of a cell"}),
    "Volume Rate/Area": frozenset({"volume/time and area"}),
    "Sedimentation Rate": frozenset({"speed of sinking"}),
    "Presence": frozenset(),
    "Interpretation": frozenset(),
}
_KINDS = {"Presence": ResultKind.PRESENCE, "Titer": ResultKind.TITRE, "Interpretation": ResultKind.TEXT}
# The first that occurs in an official name says the specimen; a name without any is not checked.
_SPECIMENS = (
    ("24 hour Urine", {Specimen.URINE_OF_A_DAY}),
    ("Urine", {Specimen.URINE}),
    ("Cerebral spinal fluid", {Specimen.SPINAL_FLUID}),
    ("Stool", {Specimen.STOOL}),
    ("Serum, Plasma or Blood", {Specimen.SERUM, Specimen.BLOOD}),
    ("Serum", {Specimen.SERUM}),
    ("lasma", {Specimen.SERUM}),
    ("Blood", {Specimen.BLOOD}),
)
_PROPERTY = re.compile(r"\[([^\]]+)\]")


def check_laboratory(today: date) -> Iterator[str]:
    """Say what is wrong with our laboratory tests on a day, a sentence each."""
    tests = laboratory_tests()
    yield from (f"laboratory/{panel}.toml: nothing loads it." for panel in unlisted_panels(panel_files()))
    yield from check_once(tests)
    for test in tests:
        yield from check_test(test, laboratory_sources(), {unit.ucum: unit for unit in laboratory_units()})
    yield from check_apart(laboratory_names().by_name)
    yield from check_sources(tests, laboratory_sources(), today)


def check_test(
    test: LaboratoryTest, sources: Mapping[str, object], units: Mapping[str, PrintedUnit]
) -> Iterator[str]:
    """Say what is wrong with one test by itself."""
    for code in (test.code, *test.also):
        if not check_digit_holds(code):
            yield f"laboratory: {code} cannot be a LOINC code: its check digit is wrong."
    if not test.seen:
        yield f"laboratory: {test.code} names no source."
    for key in test.seen:
        if key not in sources:
            yield f"laboratory: {test.code}: its source {key} is not in sources.toml."
    yield from _units(test, units)
    for words, specimens in _SPECIMENS:
        if words in test.official:
            if set(test.specimens) != specimens:
                yield f"laboratory: {test.code}: its specimens are not those of its official name."
            break


def check_once(tests: Iterable[LaboratoryTest]) -> Iterator[str]:
    """Say which codes are there more than once."""
    for code, times in Counter(test.code for test in tests).items():
        if times > 1:
            yield f"laboratory: {code} is there {times} times."


def check_apart(by_name: Mapping[str, tuple[LaboratoryTest, ...]]) -> Iterator[str]:
    """Say which names stand for two tests that neither unit, specimen nor kind of result tells apart."""
    for name, tests in by_name.items():
        for one, other in combinations(tests, 2):
            apart = (
                one.kind is not other.kind
                or set(one.specimens).isdisjoint(other.specimens)
                or set(one.units).isdisjoint(other.units)
            )
            if not apart:
                yield f"laboratory: nothing tells {one.code} and {other.code} apart, both called {name}."


def check_sources(tests: Iterable[LaboratoryTest], sources: Mapping[str, Source], today: date) -> Iterator[str]:
    """Say which sources are due and which nobody uses."""
    used = {key for test in tests for key in test.seen}
    for key, source in sources.items():
        if source.check_again < today:
            yield f"laboratory/sources.toml: {key} was to be checked again by {source.check_again}."
        if key not in used:
            yield f"laboratory/sources.toml: nothing uses {key}. Remove it."


def _units(test: LaboratoryTest, units: Mapping[str, PrintedUnit]) -> Iterator[str]:
    unknown = [unit for unit in test.units if unit not in units]
    for unit in unknown:
        yield f"laboratory: {test.code}: its unit {unit} is not in units.toml."
    if bool(test.units) != (test.kind in {ResultKind.NUMBER, ResultKind.TITRE}):
        yield f"laboratory: {test.code}: numbers and titres have units, other results have none."
    found = _PROPERTY.search(test.official)
    if found is None or unknown:
        return
    if found[1] not in _PROPERTIES:
        yield f"laboratory: {test.code}: we do not know what [{found[1]}] measures."
        return
    if not {units[unit].measures for unit in test.units} <= _PROPERTIES[found[1]]:
        yield f"laboratory: {test.code}: its units do not measure {found[1]}."
    if _KINDS.get(found[1], ResultKind.NUMBER) is not test.kind:
        yield f"laboratory: {test.code}: its kind is not that of its official name."
