"""The words for what devices measure, from metrics.toml: names, groups, units, and what codes mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from secondlens.content._reading import bad, read_toml
from secondlens.domain.measure import Best, Measure

OTHER = "other"
# Apple writes a share as a number from 0 to 1 and calls its unit "%"; other makers write 97 for 97 %.
_SHARE = "%"
_APPLE = re.compile(r"^HK[A-Za-z]*?TypeIdentifier")
_CODE = "HKCategoryValue"
_JOINTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.]+")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricWord:
    """A metric: its plain name, a group of `groups`, how a day is put in one figure, and what "count" counts.

    `also` are words that people search it by.
    """

    name: str
    group: str
    best: Best = "range"
    counts: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """metrics.toml. What is not in it comes back readable, or as the source wrote it."""

    groups: Mapping[str, str]
    metrics: Mapping[str, MetricWord]
    units: Mapping[str, str]
    codes: Mapping[str, str]
    about: Mapping[str, str]

    def metric(self, identifier: str) -> MetricWord:
        """The words for a metric. One we do not know has the name its source gave, and no group of its own."""
        known = self.metrics.get(_APPLE.sub("", identifier)) or _by_name().get(_bare(identifier))
        return known or MetricWord(name=_readable(identifier), group=OTHER)

    def is_meant(self, identifier: str, typed: str) -> bool:
        """Tell whether words somebody typed are those of a metric: each begins a word of one of its names."""
        word = self.metric(identifier)
        wanted = _MARKS.sub(" ", typed).casefold().split()
        names = (
            _MARKS.sub(" ", name).casefold().split() for name in (word.name, _readable(identifier), *word.also)
        )
        return bool(wanted) and any(
            all(any(part.startswith(one) for part in name) for one in wanted) for name in names
        )

    def measure(self, identifier: str, unit: str) -> Measure:
        """How values of a metric in a unit are said."""
        word = self.metric(identifier)
        share = unit == _SHARE and identifier.startswith("HK")
        return Measure(name=word.name, best=word.best, unit=self._unit(word, unit), factor=100 if share else 1)

    def code(self, identifier: str, code: str) -> str:
        """What a code of a metric means."""
        bare = code.removeprefix(_CODE)
        if bare == code:
            return code or "noted"
        return self.codes.get(bare) or _readable(bare.removeprefix(_APPLE.sub("", identifier))).lower()

    def label(self, key: str) -> str:
        """The label of something else that is said of a reading."""
        return self.about.get(key) or _readable(key.removeprefix("HKMetadataKey").removeprefix("HK"))

    def _unit(self, word: MetricWord, unit: str) -> str:
        plain = self.units.get(unit, unit)
        if word.counts is not None and unit.startswith("count"):
            plain = plain.replace(self.units["count"], word.counts, 1)
        return plain


@cache
def metrics() -> Metrics:
    """The words of devices, read once. Raises BadContent."""
    found = read_toml("metrics.toml", Metrics)
    for key, word in found.metrics.items():
        if word.group not in found.groups:
            raise bad("metrics.toml", f"{key} is in a group that is not there")
    return found


@cache
def _by_name() -> Mapping[str, MetricWord]:
    """Metrics by key and by plain name, capitals and marks left out: makers write heart_rate or Heart Rate."""
    return {_bare(name): word for key, word in metrics().metrics.items() for name in (key, word.name)}


def _bare(name: str) -> str:
    return _MARKS.sub("", name).casefold()


def _readable(identifier: str) -> str:
    """Give "Heart rate event" for Apple's HeartRateEvent; the name of another maker stays as it is."""
    bare = _APPLE.sub("", identifier).rpartition("ActivitySummary.")[2]
    if bare == identifier and not re.fullmatch(r"[A-Z][A-Za-z0-9]+", identifier):
        return identifier
    words = " ".join(
        part if part.isupper() and len(part) > 1 else part.lower() for part in _JOINTS.sub(" ", bare).split()
    )
    return words[:1].upper() + words[1:]
