"""Readings of devices as charts and rows: each source apart, in one scale."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from secondlens.content import metrics
from secondlens.domain.chart import Drawing, draw, levels_for, words_of
from secondlens.domain.counting import counted
from secondlens.domain.device_days import Grain, Mark, OneDay, best_of, marks, overlap, said, whole
from secondlens.domain.measure import Best, Measure
from secondlens.vault import Day, Reading, Series, Vault
from secondlens.web.facts import Fact
from secondlens.web.rendering import plain_day

_T = TypeVar("_T")
_K = TypeVar("_K")

NOBODY = "A source without a name"
_FIGURE: dict[Best, str] = {"sum": "In all", "range": "Average", "last": "Last", "time": "What", "count": "What"}
_UNITS: dict[Grain, str] = {"day": "Day", "week": "Week", "month": "Month", "year": "Year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The days of one source in one unit; of a coded metric, those of one code."""

    source: str
    unit: str
    code: str
    measure: Measure
    days: tuple[OneDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart as the component takes it. `levels` are (from the top, words)."""

    title: str
    sentence: str
    drawing: Drawing
    levels: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCharts:
    """All charts of one source."""

    source: str
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table: the days it stands for, and its cells without the first."""

    first: date
    last: date
    when: str
    cells: tuple[str, ...]


def metric_facts(vault: Vault, numbers: Mapping[str, int], url: Callable[[str], str]) -> dict[str, list[Fact]]:
    """These metrics as rows, by the words of their groups, in the order of the groups."""
    groups: dict[str, list[Fact]] = {name: [] for name in metrics().groups.values()}
    for metric, own in _grouped(vault.series(), lambda one: one.metric).items():
        if metric in numbers:
            group = "summaries" if all(one.summary for one in own) else metrics().metric(metric).group
            href = url(f"records/readings/{numbers[metric]}")
            groups[metrics().groups[group]].append(_metric_fact(own, vault.span_of_days(metric), href))
    return {name: sorted(facts, key=lambda one: one.title) for name, facts in groups.items() if facts}


def _metric_fact(own: Sequence[Series], span: tuple[str, str] | None, href: str) -> Fact:
    return Fact(
        id="",
        title=metrics().metric(own[0].metric).name,
        value=counted(sum(one.count for one in own), "reading"),
        when=days_said(*span) if span else None,
        source=", ".join(dict.fromkeys(one.source or NOBODY for one in own)),
        href=href,
    )


def days_said(first: str, last: str) -> str:
    """From when to when, in words."""
    return plain_day(first) if first == last else f"{plain_day(first)} to {plain_day(last)}"


def tracks(metric: str, days: Iterable[Day], last_of: Callable[[], Iterable[Reading]]) -> tuple[Track, ...]:
    """Sort the days of a metric by source, unit and code.

    `last_of` gives the single readings; it is asked where a day's last value counts and the day has several.
    """
    found = _grouped(days, lambda one: (one.source, one.unit, one.code))
    best = metrics().metric(metric).best
    lasts: dict[tuple[str, str, str], float] = {}
    if best == "last" and any(one.count > 1 for own in found.values() for one in own):
        lasts = {
            (one.source, one.unit, one.start[:10]): one.value for one in last_of() if isinstance(one.value, float)
        }
    return tuple(_track(metric, name, own, lasts) for name, own in found.items())


def _track(
    metric: str, name: tuple[str, str, str], own: Sequence[Day], lasts: dict[tuple[str, str, str], float]
) -> Track:
    source, unit, code = name
    days = tuple(
        OneDay(
            day=date.fromisoformat(one.day),
            count=one.count,
            low=one.low,
            high=one.high,
            total=one.total,
            last=lasts.get((source, unit, one.day)),
        )
        for one in own
    )
    measure = metrics().measure(metric, unit)
    measure = replace(measure, best=best_of(days, measure.best))
    said_code = metrics().code(metric, code) if days[0].low is None else ""
    return Track(source=source or NOBODY, unit=unit, code=said_code, measure=measure, days=days)


def charts(found: Sequence[Track], since: date, until: date, grain: Grain) -> tuple[SourceCharts, ...]:
    """Draw every track; those that are measured alike have one scale."""
    marked = [(track, marks(track.days, track.measure.best, grain)) for track in found]
    levels: dict[tuple[str, Best], tuple[float, ...]] = {}
    for (unit, best), alike in _grouped(marked, lambda one: (one[0].unit, one[0].measure.best)).items():
        every = [mark for _, own in alike for mark in own]
        low, high = _drawn(every, best)
        levels[unit, best] = levels_for(low, high, best, alike[0][0].measure.factor)
    several = len({track.unit for track in found}) > 1
    drawn = []
    for track, own in marked:
        measure = track.measure
        drawing = draw(own, since, until, levels[track.unit, measure.best], measure.best)
        chart = Chart(
            title=track.code or (measure.unit if several else ""),
            sentence=said(whole(track.days, measure.best), measure, (until - since).days + 1),
            drawing=drawing,
            levels=tuple((place, measure.level(level)) for place, level in drawing.levels),
        )
        drawn.append((track.source, chart))
    return tuple(
        SourceCharts(source=source, charts=tuple(chart for _, chart in own))
        for source, own in _grouped(drawn, lambda one: one[0]).items()
    )


def _drawn(every: Sequence[Mark], best: Best) -> tuple[float, float]:
    if best in ("sum", "time", "count"):
        return 0, max(mark.middle for mark in every)
    return min(mark.low for mark in every), max(mark.high for mark in every)


def shared_days(found: Sequence[Track]) -> str | None:
    """The sentence that says that several sources measured the same days; None when none did."""
    names = list(dict.fromkeys(track.source for track in found))
    count = overlap((track.source, one.day) for track in found for one in track.days)
    if not count:
        return None
    who = f"{names[0]} and {names[1]} both" if len(names) == 2 else "Several sources"
    on = "one of these days" if count == 1 else f"{count:,} of these days"
    return f"{who} have readings on {on}. Their numbers are not added."


def rows(found: Sequence[Track], grain: Grain) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The table that says what the charts show: its head and its rows, newest first. Nothing has no head."""
    if not found:
        return (), ()
    by_mark: dict[tuple[date, date, str, str], list[tuple[Track, Mark]]] = defaultdict(list)
    for track in found:
        for mark in marks(track.days, track.measure.best, grain):
            by_mark[mark.first, mark.last, track.source, track.unit].append((track, mark))
    in_order = sorted(by_mark.items(), key=lambda one: one[0][0], reverse=True)
    cells = [(key, _cells(key[2], own, grain)) for key, own in in_order]
    figure = _FIGURE[found[0].measure.best] if grain == "day" or found[0].code else "Middle day"
    head = (_UNITS[grain], "From", figure, "Lowest to highest", "Readings")
    # A column that says nothing, or the same in every row, is left out.
    shown = [
        place
        for place in range(1, 5)
        if any(row[place] for _, row in cells) and (place != 1 or len({row[1] for _, row in cells}) > 1)
    ]
    return (head[0], *(head[place] for place in shown)), tuple(
        Row(first=key[0], last=key[1], when=row[0], cells=tuple(row[place] for place in shown))
        for key, row in cells
    )


def _cells(source: str, own: Sequence[tuple[Track, Mark]], grain: Grain) -> tuple[str, ...]:
    track, mark = own[0]
    measure = track.measure
    when, count = words_of(mark, grain), f"{sum(one.count for _, one in own):,}"
    if track.code:
        return when, source, "; ".join(_code_said(*one) for one in own), "", count
    spread, middle = measure.between(mark.low, mark.high), measure.amount(mark.middle)
    return when, source, middle, "" if spread == middle else spread, count


def _code_said(track: Track, mark: Mark) -> str:
    if track.measure.best == "time":
        return f"{track.code} {track.measure.amount(mark.middle)}"
    return track.code if mark.count == 1 else f"{track.code}, {mark.count:,} times"


def about_lines(about: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What else a source says of a reading, as (label, lines)."""
    if isinstance(about, dict):
        for key, value in about.items():
            lines = tuple(map(str, value)) if isinstance(value, list) else (str(value),)
            yield metrics().label(key), lines


def _grouped(things: Iterable[_T], key: Callable[[_T], _K]) -> dict[_K, list[_T]]:
    found: dict[_K, list[_T]] = defaultdict(list)
    for one in things:
        found[key(one)].append(one)
    return dict(found)
