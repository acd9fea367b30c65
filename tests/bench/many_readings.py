"""A vault of ten years of readings: what the pages of readings take of the processor."""

import os
import statistics
import tempfile
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from random import Random

from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples
from secondlens.sample.journey import PASSPHRASE
from secondlens.vault import LEAST_COST, create_vault
from secondlens.vault.documents import fingerprint
from secondlens.web.app import create_app
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
from tests.web.asking import Browser

_HEART, _STEPS, _SLEEP = "HKQuantityTypeIdentifierHeartRate", "HKQuantityTypeIdentifierStepCount", "SleepAnalysis"
_STAGES = tuple(
    f"HKCategoryValueSleepAnalysis{name}" for name in ("AsleepCore", "AsleepDeep", "AsleepREM", "Awake")
)
_YEARS = 10
_FIRST = 1_450_000_000  # in December 2015
_SECONDS = _YEARS * 365 * 86400


def many_readings(readings: int) -> dict[str, float]:
    """Seconds of the processor for each page, the median of seven; the vault holds this many readings."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_STATE_HOME"] = f"{place}/state"
        made = create_vault(Path(place, "many.vault"), PASSPHRASE, cost=LEAST_COST)
        door = Door(port=8765, folder=made.vault.folder, remembered=Remembered(Path(place, "remembered")))
        door.take(made.vault)
        vault = door.open_vault()
        vault.keep_file("export.xml", b"made up", fingerprint(b"made up"), tuple(_batches(readings)))
        numbers = {metric: number for number, metric in vault.metrics().items()}
        day = vault.span_of_days(_HEART)
        inside = f"/s/{door.session}/records"
        heart, steps, sleep = (f"{inside}/readings/{numbers[one]}" for one in (_HEART, _STEPS, _SLEEP))
        browser = Browser(create_app(door))
        pages = {
            "records_s": inside,
            "all_metrics_s": f"{inside}/readings",
            "heart_rate_year_s": f"{heart}?days=365",
            "heart_rate_all_s": f"{heart}?days=all",
            "steps_of_two_sources_year_s": f"{steps}?days=365",
            "sleep_year_s": f"{sleep}?days=365",
            "heart_rate_day_s": f"{heart}/{day[1] if day else ''}",
        }
        figures = {name: _processor(browser, path) for name, path in pages.items()}
        figures["readings"] = sum(one.count for one in vault.series())
        door.lock()
    return figures


def _batches(readings: int) -> Iterator[Samples]:
    """Six in ten are heart rates; steps are counted twice; the rest is of forty metrics and of sleep."""
    yield _even(_HEART, "count/min", "Watch", readings * 6 // 10)
    yield _even(_STEPS, "count", "Watch", readings // 10)
    yield _even(_STEPS, "count", "Phone", readings // 10)
    yield _even(_SLEEP, "", "Watch", readings // 50, codes=_STAGES)
    for number in range(40):
        yield _even(f"Metric {number}", "mg", "Phone", readings * 18 // 100 // 40)


def _even(metric: str, unit: str, source: str, count: int, codes: tuple[str, ...] = ()) -> Samples:
    chance = Random(1)  # noqa: S311 - the same readings every time
    starts = array(WHOLE, [_FIRST + place * _SECONDS // count for place in range(count)])
    values = [float(chance.randrange(len(codes) if codes else 90)) for _ in range(count)]
    return Samples(
        metric=metric,
        unit=unit,
        source=source,
        starts=starts.tobytes(),
        ends=array(WHOLE, [start + 30 for start in starts]).tobytes(),
        offsets=array(MINUTES, [60] * count).tobytes(),
        values=array(NUMBER, values).tobytes(),
        notes=array(PLACE, [0] * count).tobytes(),
        abouts=('{"device":"Watch"}',),
        codes=codes,
    )


def _processor(browser: Browser, path: str) -> float:
    times = []
    for _ in range(8):
        start = time.process_time()
        answer = browser.get(path)
        times.append(time.process_time() - start)
        if answer.status != 200:
            raise RuntimeError(f"a page answers {answer.status}")
    return statistics.median(times[1:])
