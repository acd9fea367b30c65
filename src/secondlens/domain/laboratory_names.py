"""Suggest the test a printed name stands for. Never a guess: where two tests fit, both are offered.

"Glucose" may be blood sugar or sugar in urine, by weight or by molecules: four codes. The unit, the specimen and
the heading above it decide; where they do not, nothing is suggested and the candidates are given instead.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from secondlens.domain.laboratory_tests import (
    LaboratoryTest,
    PrintedUnit,
    ResultKind,
    Specimen,
    SpecimenWords,
)
from secondlens.domain.printed_names import key_of, name_key, unit_key, words_of

# Stars, daggers and small raised figures that point to a note below the table.
# "#" may be a mark, and in "Neut #" it means a number: so it goes last.
_FOOTNOTES = (re.compile(r"[\s:.*†‡§¶^~°¹²³⁰⁴-⁹]+$"), re.compile(r"[\s:.*†‡§¶#^~°¹²³⁰⁴-⁹]+$"))
_RAISED = frozenset("¹²³⁰⁴⁵⁶⁷⁸⁹")
_NOTE_NUMBER = re.compile(r"\s*[(\[]\s*(?:[a-e]|\d)\s*[)\]]$")
_IN_BRACKETS = re.compile(r"([^()\[\]]+)[(\[]([^()\[\]]+)[)\]]([^()\[\]]*)")
# "C-reactive protein (mg/dL)": the unit in the name.
_LAST_BRACKETS = re.compile(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]\s*")
# A word that some print after or instead of a unit: worked out, not measured.
_CALCULATED = re.compile(r"\(?\bcalc(?:ulated)?\b\.?\)?", re.IGNORECASE)
# Nordic reports put the specimen first: "S-Sodium", "U-Protein".
_SPECIMEN_LETTER = re.compile(r"([SPBU])-(?=\w)")
_LETTER_MEANS = {"S": "serum", "P": "plasma", "B": "whole blood", "U": "urine"}
_FROM_BLOOD = frozenset({Specimen.BLOOD, Specimen.SERUM})
_TITRE = re.compile(r"[<>≤≥]?=?\s*1\s*[:/]\s*\d+")
_NUMERIC = re.compile(r"[<>≤≥]?=?\s*[-+]?\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedResult:
    """A line of a report: the name, and what stands beside it and above it, each as printed."""

    name: str
    value: str = ""
    unit: str = ""
    specimen: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a printed name may stand for.

    `test` is the suggestion, None where several fit and they are only `candidates`. `name` is the part of the
    printed name that was known; `told_by` what else decided: "unit", "specimen", "heading", "value".
    """

    test: LaboratoryTest | None
    candidates: tuple[LaboratoryTest, ...]
    name: str
    told_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """The part of a printed name that is known, its tests, and what the words beside it say was examined."""

    key: str
    tests: tuple[LaboratoryTest, ...]
    beside: tuple[Specimen, ...]


@dataclass(frozen=True, slots=True)
class LaboratoryNames:
    """The tests by the names they go by, with the words for units and specimens."""

    by_name: Mapping[str, tuple[LaboratoryTest, ...]]
    units: Mapping[str, PrintedUnit]
    specimens: tuple[SpecimenWords, ...]

    @classmethod
    def of(
        cls,
        tests: Iterable[LaboratoryTest],
        units: Iterable[PrintedUnit],
        specimens: Iterable[SpecimenWords],
    ) -> Self:
        """Index what the content files say."""
        by_name: dict[str, tuple[LaboratoryTest, ...]] = {}
        for test in tests:
            for key in dict.fromkeys(map(name_key, (test.official, *test.spellings))):
                by_name[key] = (*by_name.get(key, ()), test)
        by_unit: dict[str, PrintedUnit] = {}
        for unit in units:
            for printed in (unit.ucum, *unit.printed):
                by_unit.setdefault(unit_key(printed), unit)
        for folded, unit in [(key.casefold(), unit) for key, unit in by_unit.items()]:
            by_unit.setdefault(folded, unit)
        return cls(by_name, by_unit, tuple(specimens))

    def unit(self, printed: str) -> PrintedUnit | None:
        """The unit a report prints. Case counts first: G/L is a thousand million per liter, g/L grams."""
        key = unit_key(printed)
        return self.units.get(key) or self.units.get(key.casefold())


def match_name(names: LaboratoryNames, printed: PrintedResult) -> NameMatch | None:
    """Find the test a printed line stands for; None when no test fits name, unit, specimen and value."""
    known, unit_text = _known_part(names, printed.name), _CALCULATED.sub("", printed.unit).strip()
    if known is None:
        name, unit_text = _unit_in_name(names, printed.name, unit_text)
        known = _known_part(names, name)
    if known is None:
        return None
    tests = known.tests
    told_by: list[str] = []

    def keep(reason: str, fits: Callable[[LaboratoryTest], bool]) -> None:
        nonlocal tests
        fitting = tuple(test for test in tests if fits(test))
        if len(fitting) < len(tests):
            told_by.append(reason)
        tests = fitting

    reason, places = _place(names, known.beside, printed)
    if places:
        keep(reason, lambda test: not places.isdisjoint(test.specimens))
    if printed.value.strip():
        keep("value", lambda test: test.kind in _kinds(printed.value))
    unit = names.unit(unit_text)
    if unit is not None:
        keep("unit", lambda test: _measures(names, test, unit))
        if any(_prints(names, test, unit) for test in tests):
            keep("unit", lambda test: _prints(names, test, unit))
    if not tests:
        return None
    understood = unit is not None or not unit_text
    sure = len(tests) == 1 and understood and (places or _place_is_plain(names, known.key, tests[0]))
    return NameMatch(tests[0] if sure else None, tests, known.key, tuple(dict.fromkeys(told_by)))


def _unit_in_name(names: LaboratoryNames, name: str, unit_text: str) -> tuple[str, str]:
    """Take the unit off a name, where no other unit stands beside it."""
    found = _LAST_BRACKETS.fullmatch(name)
    within = names.unit(found[2]) if found else None
    if found and within and (not unit_text or names.unit(unit_text) is within):
        return found[1], found[2]
    return name, unit_text


def _known_part(names: LaboratoryNames, printed: str) -> _Known | None:
    """Find what is known of a printed name: all of it, or all but a footnote, a specimen or a short name."""
    for name in _without_footnotes(printed):
        known = _known(names, name) or _named_twice(names, name)
        if known is not None:
            return known
    return None


def _known(names: LaboratoryNames, name: str) -> _Known | None:
    if (key := name_key(name)) in names.by_name:
        return _Known(key, names.by_name[key], ())
    if letter := _SPECIMEN_LETTER.match(name):
        return _peeled(names, words_of(f"{_LETTER_MEANS[letter[1]]} {name[letter.end() :]}"))
    return _peeled(names, words_of(name))


def _named_twice(names: LaboratoryNames, name: str) -> _Known | None:
    """Read "Alanine aminotransferase (ALT)": both names must be known, and what both stand for is meant."""
    found = _IN_BRACKETS.fullmatch(name)
    if found is None:
        return None
    outer, inner = _known(names, f"{found[1]} {found[3]}"), _known(names, found[2])
    if outer is None or inner is None:
        return None
    both = tuple(test for test in outer.tests if test in inner.tests)
    return _Known(outer.key, both, outer.beside or inner.beside)


def _without_footnotes(printed: str) -> tuple[str, ...]:
    """The name as printed, then without trailing marks, then without a trailing (1) or [a]."""
    name = printed.strip()
    bare = [marks.sub("", name) for marks in _FOOTNOTES]
    numberless = [marks.sub("", _NOTE_NUMBER.sub("", one)) for marks in _FOOTNOTES for one in bare]
    # A raised figure, or one in brackets, is a footnote before it is a part of the name: IgG¹ is no IgG1.
    if _NOTE_NUMBER.search(name) or name[-1:] in _RAISED:
        return tuple(dict.fromkeys((*numberless, *bare, name)))
    return tuple(dict.fromkeys((name, *bare, *numberless)))


def _peeled(names: LaboratoryNames, tokens: Sequence[str]) -> _Known | None:
    """Take specimen words off the ends, the longest first, until what is left is known."""
    phrases = sorted(
        ((tuple(words_of(word)), entry.fits) for entry in names.specimens for word in entry.words),
        key=lambda pair: -len(pair[0]),
    )
    for phrase, fits in phrases:
        size = len(phrase)
        for rest, end in ((tokens[size:], tokens[:size]), (tokens[:-size], tokens[-size:])):
            if tuple(end) == phrase and rest and (key := key_of(rest)) in names.by_name:
                return _Known(key, names.by_name[key], fits)
    return None


def _place(
    names: LaboratoryNames, beside: tuple[Specimen, ...], printed: PrintedResult
) -> tuple[str, frozenset[Specimen]]:
    """What was examined, by the first that says so: words beside the name, the specimen given, the heading."""
    if beside:
        return "specimen", frozenset(beside)
    if fits := _said(names, printed.specimen, lambda entry: entry.words):
        return "specimen", fits
    return "heading", _said(names, printed.heading, lambda entry: (*entry.words, *entry.headings))


def _place_is_plain(names: LaboratoryNames, key: str, test: LaboratoryTest) -> bool:
    """Tell whether a name needs nothing beside it to say the specimen.

    Blood goes without saying. Urine, stool and spinal fluid do not: a lone "pH" or "Color" may be of anything.
    """
    if not _FROM_BLOOD.isdisjoint(test.specimens):
        return True
    said = (entry for entry in names.specimens if not set(entry.fits).isdisjoint(test.specimens))
    words = (set(name_key(word).split()) for entry in said for word in (*entry.words, *entry.headings))
    return any(word <= set(key.split()) for word in words)


def _said(
    names: LaboratoryNames, text: str, phrases: Callable[[SpecimenWords], tuple[str, ...]]
) -> frozenset[Specimen]:
    """The specimens the longest known phrase in a text speaks of."""
    tokens = tuple(words_of(text))
    best: tuple[int, frozenset[Specimen]] = (0, frozenset())
    for entry in names.specimens:
        for phrase in map(tuple, map(words_of, phrases(entry))):
            size = len(phrase)
            within = any(tokens[at : at + size] == phrase for at in range(len(tokens) - size + 1))
            if within and size > best[0]:
                best = (size, frozenset(entry.fits))
    return best[1]


def _kinds(value: str) -> tuple[ResultKind, ...]:
    """The kinds of result a printed value can be."""
    text = value.strip()
    if _TITRE.match(text):
        return (ResultKind.TITRE, ResultKind.TEXT)
    if _NUMERIC.match(text):
        return (ResultKind.NUMBER, ResultKind.TITRE)
    return (ResultKind.PRESENCE, ResultKind.TEXT)


def _measures(names: LaboratoryNames, test: LaboratoryTest, printed: PrintedUnit) -> bool:
    return any(names.units[unit_key(unit)].measures == printed.measures for unit in test.units)


def _prints(names: LaboratoryNames, test: LaboratoryTest, printed: PrintedUnit) -> bool:
    """Tell whether a unit is among the usual ones of a test, or the same size as one of them."""
    wanted = printed.equals or printed.ucum
    usual = (names.units[unit_key(unit)] for unit in test.units)
    return any((unit.equals or unit.ucum) == wanted for unit in usual)
