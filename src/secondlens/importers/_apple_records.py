"""Workouts and the person's own page in Apple Health, as records."""

import re
from collections.abc import Iterable, Mapping

from secondlens.domain.clinical import Component, Composition, Observation
from secondlens.domain.quantity import Quantity
from secondlens.domain.source import Source
from secondlens.domain.when import When, read_iso

IMPORTER = "apple_health"

_APPLE_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)", re.ASCII)
_PREFIX = re.compile(r"^HK[A-Za-z]*?(?:TypeIdentifier|ActivityType)")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FIGURES = ("sum", "average", "minimum", "maximum")


def workout(
    said: Mapping[str, str],
    extras: Iterable[tuple[str, object]],
    statistics: Iterable[Mapping[str, str]],
    sha256: str,
    where: str,
) -> Observation:
    """Make a record of a workout: how long, its figures, and everything else that is said of it as a note."""
    components: list[Component] = []
    notes = [f"{name}: {said[name]}" for name in ("sourceName", "sourceVersion") if said.get(name)]
    notes += [f"{key}: {value}" for key, value in extras]
    for part in statistics:
        title = plain(part.get("type", ""))
        components += (
            Component(title=f"{title}, {figure}", value=Quantity(part[figure], part.get("unit")))
            for figure in _FIGURES
            if part.get(figure)
        )
    for total in ("totalDistance", "totalEnergyBurned", "totalFlightsClimbed", "totalSwimmingStrokeCount"):
        if said.get(total):
            components.append(
                Component(title=_spaced(total), value=Quantity(said[total], said.get(f"{total}Unit")))
            )
    return Observation(
        title=f"Workout: {plain(said.get('workoutActivityType', '')) or 'not named'}",
        category="activity",
        start=_when(said.get("startDate")),
        end=_when(said.get("endDate")),
        value=Quantity(said["duration"], said.get("durationUnit")) if said.get("duration") else None,
        components=tuple(components),
        note="; ".join(notes) or None,
        source=Source(sha256, where, IMPORTER),
    )


def profile(said: Mapping[str, str], sha256: str, where: str) -> Composition | None:
    """Keep what the person told Apple Health about themselves, as text; None when all of it is left open."""
    lines = [
        f"{plain(name)}: {_answer(name, value)}"
        for name, value in said.items()
        if value and not value.endswith("NotSet") and value != "None"
    ]
    if not lines:
        return None
    return Composition(
        title="About me, from Apple Health", text="\n".join(lines), source=Source(sha256, where, IMPORTER)
    )


def plain(name: str) -> str:
    """Give Apple's name for a thing without its prefix, as words: "Heart Rate"."""
    return _spaced(_PREFIX.sub("", name))


def _spaced(name: str) -> str:
    return _WORDS.sub(" ", name)


def _answer(name: str, value: str) -> str:
    """Give "Female" for "HKBiologicalSexFemale" under "...BiologicalSex"."""
    return _spaced(value.removeprefix(f"HK{_PREFIX.sub('', name)}"))


def _when(text: str | None) -> When | None:
    match = _APPLE_TIME.fullmatch(text or "")
    return read_iso(f"{match[1]}T{match[2]}{match[3]}:{match[4]}") if match else None
