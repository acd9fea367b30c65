"""Readings of devices as a person goes through them: in each state, for axe, at two widths, in every theme."""

from array import array
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from secondlens.actions.importing import keep, read_files
from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples
from secondlens.importers.incoming import IncomingFile
from secondlens.sample.apple_file import health_export
from secondlens.vault import Vault
from secondlens.vault.documents import fingerprint
from secondlens.web.door import Door
from tests.browser.conftest import Look, OpenPage, new_door, served, too_small
from tests.browser.look import take

DAY = 86400
TEN_YEARS = "HKQuantityTypeIdentifierOxygenSaturation"
ONE_READING = "HKQuantityTypeIdentifierHeight"

# What must stand out from the page: the marks of a chart by 3 to 1, its words by 4.5 to 1 (axe does not read SVG).
CONTRAST = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const light = (colour) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const ground = light(getComputedStyle(document.documentElement).backgroundColor);
    const against = (name) => {
        const mark = light(getComputedStyle(document.querySelector(name)).fill);
        return Math.max(ground, mark) / Math.min(ground, mark);
    };
    return [".chart__span", ".chart__dot", ".chart__level", ".chart__time"].map(against);
}"""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The sample person's phone, one metric of ten years, and one of a single reading."""
    folder = tmp_path_factory.mktemp("measured")
    door = new_door(folder)
    vault = door.open_vault()
    for read in read_files([IncomingFile("export.zip", health_export())]):
        keep(vault, read)
    keep_readings(vault, TEN_YEARS, "%", [(16436 * DAY + day * DAY, 0.93 + day % 6 / 100) for day in range(3650)])
    keep_readings(vault, ONE_READING, "cm", [(20000 * DAY, 168.0)])
    yield door
    door.lock()


def keep_readings(vault: Vault, metric: str, unit: str, readings: list[tuple[int, float]]) -> None:
    """Keep made-up readings of one metric, as (seconds since 1970, value)."""
    starts = array(WHOLE, [start for start, _ in readings]).tobytes()
    samples = Samples(
        metric=metric,
        unit=unit,
        source="Ring",
        starts=starts,
        ends=starts,
        offsets=array(MINUTES, [0] * len(readings)).tobytes(),
        values=array(NUMBER, [value for _, value in readings]).tobytes(),
        notes=array(PLACE, [0] * len(readings)).tobytes(),
        abouts=('{"device":"Ring 2"}',),
    )
    vault.keep_file("ring.json", metric.encode(), fingerprint(metric.encode()), (samples,))


@pytest.fixture
def look(look_at: Look) -> Look:
    """Look at a page, and see that all can be hit."""

    def looking(page: Page, name: str) -> None:
        look_at(page, f"readings-{name}")
        assert too_small(page) == [], name

    return looking


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_search_to_a_single_reading(door: Door, open_page: OpenPage, look: Look, width: int) -> None:
    page = open_page(width=width, scheme="dark" if width == 360 else "light")
    with served(door) as inside:
        page.goto(f"{inside}/records")
        look(page, "records")
        page.get_by_label("Search your records").fill("steps")
        page.get_by_role("button", name="Search").click()
        look(page, "found")
        page.get_by_role("link", name="Steps").click()
        look(page, "steps")
        assert "Their numbers are not added." in page.locator("main").inner_text()
        assert page.locator("figure").count() == 2
        page.get_by_role("link", name="30 days").click()
        page.get_by_role("link", name="Earlier").click()
        look(page, "earlier")
        page.locator("table a").first.click()
        page.locator("summary").first.click()
        look(page, "day")
        assert "Device" in page.locator("main").inner_text()


def test_each_state_of_a_metric(door: Door, open_page: OpenPage, look: Look) -> None:
    page = open_page(width=360)
    numbers = {metric: number for number, metric in door.open_vault().metrics().items()}
    coded, heart = "HKCategoryTypeIdentifierSleepAnalysis", "HKQuantityTypeIdentifierHeartRate"
    with served(door) as inside:
        page.goto(f"{inside}/records/readings")
        look(page, "all")
        for name, path in {
            "sleep": f"{numbers[coded]}",
            "heart-rate": f"{numbers[heart]}?days=90&until=2026-11-18",
            "one": f"{numbers[ONE_READING]}",
            "ten-years": f"{numbers[TEN_YEARS]}?days=all",
            "year": f"{numbers[TEN_YEARS]}?days=365",
            "nothing-then": f"{numbers[heart]}?days=30&until=2020-01-01",
            "no-reading-that-day": f"{numbers[heart]}/2020-01-01",
        }.items():
            page.goto(f"{inside}/records/readings/{path}")
            look(page, name)


@pytest.mark.parametrize("theme", ["light", "dark", "sepia"])
def test_a_chart_stands_out_in_every_theme(door: Door, open_page: OpenPage, theme: str) -> None:
    page = open_page(width=360)
    numbers = {metric: number for number, metric in door.open_vault().metrics().items()}
    with served(door) as inside:
        page.goto(f"{inside}/records/readings/{numbers['HKQuantityTypeIdentifierHeartRate']}")
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        take(page, f"readings-{theme}-360")
        span, dot, level, time = page.evaluate(CONTRAST)
    assert min(span, dot) >= 3
    assert min(level, time) >= 4.5
