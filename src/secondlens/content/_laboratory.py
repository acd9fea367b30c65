"""Load what we know of laboratory tests: a TOML file for each panel, units, words for specimens, and sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from secondlens.content._reading import FOLDER, read_toml
from secondlens.content._texts import Source
from secondlens.domain.laboratory_names import LaboratoryNames
from secondlens.domain.laboratory_tests import LaboratoryTest, PrintedUnit, SpecimenWords

# In the order candidates are offered: what is asked for most comes first.
_PANELS = (
    "blood_count",
    "chemistry",
    "liver",
    "kidney",
    "lipids",
    "thyroid",
    "iron",
    "vitamins",
    "diabetes",
    "inflammation",
    "autoimmune",
    "celiac",
    "infections",
    "hormones",
    "dysautonomia",
    "coagulation",
    "tumor_markers",
    "urine",
    "stool",
    "spinal_fluid",
)
_OTHER_FILES = {"units", "specimens", "sources", "notice"}


@cache
def laboratory_tests() -> tuple[LaboratoryTest, ...]:
    """Every laboratory test we know, panel by panel. Raises BadContent."""
    return tuple(test for panel in _PANELS for test in read_toml(f"laboratory/{panel}.toml", _Panel).tests)


@cache
def laboratory_names() -> LaboratoryNames:
    """The tests by the names laboratories print."""
    return LaboratoryNames.of(laboratory_tests(), laboratory_units(), specimen_words())


@cache
def laboratory_units() -> tuple[PrintedUnit, ...]:
    """The units laboratories print."""
    return read_toml("laboratory/units.toml", _Units).units


@cache
def specimen_words() -> tuple[SpecimenWords, ...]:
    """The words that say what was examined."""
    return read_toml("laboratory/specimens.toml", _Specimens).specimens


@cache
def laboratory_sources() -> Mapping[str, Source]:
    """Where the codes were seen beside their names, by key."""
    return read_toml("laboratory/sources.toml", dict[str, Source])


def loinc_notice() -> str:
    """The notice LOINC's license asks for wherever its codes are shown."""
    return read_toml("laboratory/notice.toml", _Notice).notice.strip()


def panel_files() -> tuple[str, ...]:
    """The names of the files in the laboratory folder."""
    return tuple(sorted(path.stem for path in (FOLDER / "laboratory").glob("*.toml")))


def unlisted_panels(files: Iterable[str]) -> tuple[str, ...]:
    """The files nobody loads: they were added to the folder and not to the list above."""
    return tuple(file for file in files if file not in {*_PANELS, *_OTHER_FILES})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    tests: tuple[LaboratoryTest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    units: tuple[PrintedUnit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Specimens:
    specimens: tuple[SpecimenWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    notice: str
