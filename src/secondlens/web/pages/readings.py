"""Readings of devices: what was measured, one metric over time, and the single readings of a day.

Addresses name a metric by its number: what a person measures would otherwise stay in the browser's history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, islice

from starlette.responses import Response

from secondlens.content import metrics
from secondlens.domain.counting import counted
from secondlens.domain.device_days import Grain, grain_of
from secondlens.errors import NotFound
from secondlens.vault import Reading
from secondlens.web.facts import Fact
from secondlens.web.measured import (
    NOBODY,
    Row,
    SourceCharts,
    Track,
    about_lines,
    charts,
    days_said,
    metric_facts,
    rows,
    shared_days,
    tracks,
)
from secondlens.web.pages.originals import save_original
from secondlens.web.rendering import Visit, plain_day, render

ROWS_ON_A_PAGE = 50
READINGS_ON_A_PAGE = 100
_PERIODS = ((30, "30 days"), (90, "90 days"), (365, "Year"))
_USUAL = 90
_EARLIEST, _LATEST = date(1899, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Every metric by its group."""

    groups: tuple[tuple[str, tuple[Fact, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A page of the rows that say what the charts show; `links` are where their first cells lead."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...]
    counted: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneMetric:
    """One metric in one period. `periods` are (name, address, whether it is this one).

    Without readings in the period there are no `sources`.
    """

    title: str
    about: str
    periods: tuple[tuple[str, str, bool], ...]
    shown: str
    earlier: str | None
    later: str | None
    shared: str | None
    grain: Grain
    sleep: bool
    sources: tuple[SourceCharts, ...]
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One reading. `more` is what else its source says, as (label, lines)."""

    time: str
    value: str
    more: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfReadings:
    """The single readings of one day, by source; `clocks` are the zones their times are in.

    `files` are the originals they came with, as (name, address).
    """

    title: str
    name: str
    metric: str
    sources: tuple[tuple[str, tuple[Line, ...]], ...]
    clocks: str
    files: tuple[tuple[str, str], ...]
    counted: str
    earlier: str | None
    later: str | None
    before: str | None
    after: str | None


def show_all(visit: Visit) -> Response:
    """The metrics there are, by group."""
    numbers = {metric: number for number, metric in visit.vault.metrics().items()}
    found = metric_facts(visit.vault, numbers, visit.url)
    return render(
        visit, "readings/all.html", Overview(groups=tuple((name, tuple(facts)) for name, facts in found.items()))
    )


def show_metric(visit: Visit) -> Response:
    """One metric: charts, sentences and a table of a period."""
    metric, address = _metric(visit), visit.url(f"records/readings/{visit.part('number')}")
    span = _span(visit, metric)
    first, last = map(date.fromisoformat, span)
    since, until = _period(visit, first, last)
    grain = grain_of((until - since).days + 1)
    vault, period = visit.vault, (since.isoformat(), until.isoformat())
    found = tracks(metric, vault.days(metric, *period), lambda: vault.readings(metric, *period))
    days = (until - since).days + 1
    word = metrics().metric(metric)
    earlier = min(since - timedelta(days=1), last) if since > first else None
    later = _later(first, last, until, days) if until < last else None
    page = OneMetric(
        title=word.name,
        about=f"{counted(sum(one.count for one in vault.series(metric)), 'reading')}, {days_said(*span)}.",
        periods=_periods(address, (first, last), (since, until)),
        shown=days_said(*period),
        earlier=f"{address}?days={days}&until={earlier}" if earlier else None,
        later=f"{address}?days={days}&until={later}" if later else None,
        shared=shared_days(found),
        grain=grain,
        sleep=word.group == "sleep",
        sources=charts(found, since, until, grain),
        table=_table(address, f"{address}?days={days}&until={until}", found, grain, visit.page()),
    )
    return render(visit, "readings/metric.html", page)


def show_day(visit: Visit) -> Response:
    """The single readings of one day, in the order of time."""
    metric, address = _metric(visit), visit.url(f"records/readings/{visit.part('number')}")
    first, last = map(date.fromisoformat, _span(visit, metric))
    day = _day(visit)
    word, name = metrics().metric(metric), day.isoformat()
    page = visit.page()
    skip = (page - 1) * READINGS_ON_A_PAGE
    count = sum(one.count for one in visit.vault.days(metric, name, name))
    shown = list(islice(visit.vault.readings(metric, name, name), skip, skip + READINGS_ON_A_PAGE))
    here, documents = f"{address}/{name}", visit.vault.document_names()
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    return render(
        visit,
        "readings/day.html",
        DayOfReadings(
            title=f"{word.name}, {plain_day(name)}",
            name=word.name,
            metric=address,
            sources=tuple(
                (source or NOBODY, tuple(_line(metric, one) for one in own))
                for source, own in groupby(shown, key=lambda one: one.source)
            ),
            files=tuple(
                (documents.get(sha256, "a file"), f"{here}/original/{sha256}")
                for sha256 in visit.vault.files_of_readings(metric, name, name)
            ),
            clocks=", ".join(sorted({_clock(one) for one in shown})),
            counted=_counted(skip, len(shown), count, "reading"),
            earlier=f"{address}/{before}" if first < day <= last + timedelta(days=1) else None,
            later=f"{address}/{after}" if first - timedelta(days=1) <= day < last else None,
            before=f"{here}?page={page - 1}" if page > 1 else None,
            after=f"{here}?page={page + 1}" if count > skip + READINGS_ON_A_PAGE else None,
        ),
    )


def download_original(visit: Visit) -> Response:
    """A file that readings of this day came with."""
    sha256, day = visit.part("sha256"), _day(visit).isoformat()
    if sha256 not in visit.vault.files_of_readings(_metric(visit), day, day):
        raise NotFound("No reading of this day came with this file. Go back to the day and choose again.")
    return save_original(visit, sha256)


def _metric(visit: Visit) -> str:
    number = visit.part("number")
    known = visit.vault.metrics().get(int(number)) if number.isdecimal() and len(number) < 10 else None
    if known is None:
        raise NotFound("These readings are not here. Go to Records and choose them again.")
    return known


def _span(visit: Visit, metric: str) -> tuple[str, str]:
    span = visit.vault.span_of_days(metric)
    if span is None:
        raise NotFound("These readings are not here. Go to Records and choose them again.")
    return span


def _period(visit: Visit, first: date, last: date) -> tuple[date, date]:
    """The days that are asked for; unasked, the usual period up to the last reading, or all if that is less."""
    asked, until = visit.query("days"), _date(visit.query("until")) or last
    if asked == "all" or (not asked and last - first < timedelta(days=_USUAL)):
        return first, last
    days = int(asked) if asked.isdecimal() and len(asked) <= 6 else _USUAL
    days = min(max(days, 1), (until - _EARLIEST).days + 1)
    return until - timedelta(days=days - 1), until


def _day(visit: Visit) -> date:
    day = _date(visit.part("day"))
    if day is None:
        raise NotFound("There is no such day. Choose one in the table of the readings.")
    return day


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None


def _later(first: date, last: date, until: date, days: int) -> date:
    """The last day of the next period; where that would lie before all readings, of the first that has some."""
    return min(max(until, first - timedelta(days=1)) + timedelta(days=days), last)


def _periods(
    address: str, every: tuple[date, date], shown: tuple[date, date]
) -> tuple[tuple[str, str, bool], ...]:
    until, days = shown[1], (shown[1] - shown[0]).days + 1
    lengths = tuple(
        (name, f"{address}?days={length}&until={until}", length == days and shown != every)
        for length, name in _PERIODS
    )
    return (*lengths, ("All", f"{address}?days=all", shown == every))


def _table(address: str, here: str, found: Sequence[Track], grain: Grain, page: int) -> Table:
    head, every = rows(found, grain)
    skip = (page - 1) * ROWS_ON_A_PAGE
    shown = every[skip : skip + ROWS_ON_A_PAGE]
    return Table(
        head=head,
        rows=tuple((row.when, *row.cells) for row in shown),
        links=tuple(_link(address, row, grain) for row in shown),
        counted=_counted(skip, len(shown), len(every), "row"),
        before=f"{here}&page={page - 1}" if page > 1 else None,
        after=f"{here}&page={page + 1}" if len(every) > skip + ROWS_ON_A_PAGE else None,
    )


def _link(address: str, row: Row, grain: Grain) -> str:
    """A day leads to its readings, more days to a chart of them."""
    if grain == "day":
        return f"{address}/{row.first}"
    return f"{address}?days={(row.last - row.first).days + 1}&until={row.last}"


def _counted(skip: int, shown: int, count: int, what: str) -> str:
    part = f"{skip + 1:,} to {skip + shown:,} of " if 0 < shown < count else ""
    return f"{part}{counted(count, what)}"


def _line(metric: str, one: Reading) -> Line:
    start, end = one.start, one.end
    until = "" if end == start else f" to {end[11:19]}" if end[:10] == start[:10] else f" to {_moment(end)}"
    return Line(
        time=f"{start[11:19]}{until}",
        value=metrics().measure(metric, one.unit).exactly(one.value)
        if isinstance(one.value, float)
        else metrics().code(metric, one.value),
        more=tuple(about_lines(one.about)),
    )


def _moment(text: str) -> str:
    return f"{text[11:19]} on {plain_day(text)}"


def _clock(one: Reading) -> str:
    return f"UTC{one.start[19:]}".replace("+00:00", "")
