"""Pages of readings: each source apart, by local days, with nothing of what is measured in an address."""

import re
from array import array
from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples
from secondlens.vault.documents import fingerprint
from secondlens.web.door import Door
from tests.web.asking import Answer, Browser

Browse = Callable[[Door], Browser]
DAY = 86400
FIRST = 20000 * DAY  # 2024-10-04T00:00:00Z
STEPS, HEART = "HKQuantityTypeIdentifierStepCount", "HKQuantityTypeIdentifierHeartRate"
WEIGHT, SLEEP = "HKQuantityTypeIdentifierBodyMass", "HKCategoryTypeIdentifierSleepAnalysis"
DEEP = "HKCategoryValueSleepAnalysisAsleepDeep"

Reading = tuple[int, int, float | str]


def keep(
    door: Door, metric: str, *readings: Reading, unit: str = "count", source: str = "Watch", offset: int = 0
) -> None:
    codes = tuple(dict.fromkeys(value for *_, value in readings if isinstance(value, str)))
    values = [codes.index(value) if isinstance(value, str) else value for *_, value in readings]
    samples = Samples(
        metric=metric,
        unit="" if codes else unit,
        source=source,
        starts=array(WHOLE, [FIRST + start for start, *_ in readings]).tobytes(),
        ends=array(WHOLE, [FIRST + end for _, end, _ in readings]).tobytes(),
        offsets=array(MINUTES, [offset] * len(readings)).tobytes(),
        values=array(NUMBER, values).tobytes(),
        notes=array(PLACE, [0] * len(readings)).tobytes(),
        abouts=('{"device":"<b>Watch 7</b>","beats":["71 8:12","72 8:13"]}',),
        codes=codes,
    )
    content = repr((metric, source, readings)).encode()
    door.open_vault().keep_file("export.xml", content, fingerprint(content), (samples,), run=fingerprint(content))


def parsed(text: str) -> Any:
    """A page, to be asked for its parts."""
    return html.fromstring(text)


def number_of(door: Door, metric: str) -> int:
    return next(number for number, name in door.open_vault().metrics().items() if name == metric)


def ask(browse: Browse, door: Door, path: str) -> Answer:
    return browse(door).get(f"/s/{door.session}/records/readings{path}")


def look(browse: Browse, door: Door, path: str = "") -> str:
    """The words of a page."""
    answer = ask(browse, door, path)
    assert answer.status == 200
    return " ".join(parsed(answer.text).xpath("//main")[0].text_content().split())


def test_without_readings_there_is_one_way_to_begin(opened: Door, browse: Browse) -> None:
    assert "No readings yet" in look(browse, opened)
    assert "Nothing here yet" in browse(opened).get(f"/s/{opened.session}/records").text


def test_a_vault_of_readings_alone_is_not_called_empty(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, (0, 60, 312.0), (60, 120, 100.0))
    page = parsed(browse(opened).get(f"/s/{opened.session}/records").text)
    assert "Nothing here yet" not in page.text_content()
    tile = page.xpath("//a[contains(@href, '/records/readings')]")[0]
    assert tile.text_content().split() == ["Readings", "of", "devices", "2"]


def test_metrics_stand_in_groups_by_their_plain_names(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, (0, 60, 312.0))
    keep(opened, HEART, (0, 0, 71.0), unit="count/min")
    keep(opened, "readiness (ring)", (0, 0, 81.0), source="")
    words = look(browse, opened)
    assert re.search(r"Heart Heart rate .*Movement Steps .*Other readiness \(ring\)", words)
    assert "A source without a name" in words


def test_no_address_names_what_is_measured(opened: Door, browse: Browse) -> None:
    keep(opened, "HKCategoryTypeIdentifierPregnancy", (0, 60, "HKCategoryValueNotApplicable"))
    first = ask(browse, opened, "").text
    page = ask(browse, opened, f"/{number_of(opened, 'HKCategoryTypeIdentifierPregnancy')}").text
    links = re.findall(r'href="(?:/s/[^/]+)?([^"]+)"', first + page)
    assert [link for link in links if re.search("pregnan|HK", link, re.IGNORECASE)] == []
    assert [title for title in re.findall("<title>(.*)</title>", first + page) if "Pregnan" in title] == []


def test_two_sources_are_never_added_up(opened: Door, browse: Browse) -> None:
    for source in ("Watch", "Phone"):
        keep(opened, STEPS, (0, 60, 300.0), (DAY, DAY + 60, 500.0), source=source)
    answer = ask(browse, opened, f"/{number_of(opened, STEPS)}").text
    words = " ".join(parsed(answer).text_content().split())
    assert "Phone and Watch both have readings on 2 of these days. Their numbers are not added." in words
    assert answer.count('<figure class="chart">') == 2
    assert "600 steps" not in words
    assert "1,000 steps" not in words


def test_one_source_is_not_said_to_overlap(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, (0, 60, 300.0))
    keep(opened, STEPS, (DAY, DAY + 60, 300.0), source="Phone")
    assert "not added" not in look(browse, opened, f"/{number_of(opened, STEPS)}")


def test_sources_share_one_scale(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, (0, 60, 100.0))
    keep(opened, STEPS, (0, 60, 9000.0), source="Phone")
    page = parsed(ask(browse, opened, f"/{number_of(opened, STEPS)}").text)
    first, second = page.xpath("//svg[contains(@class, 'chart__levels')]")
    assert first.text_content().split() == second.text_content().split()


def test_a_day_without_readings_is_a_gap_and_no_zero(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, (0, 60, 300.0), (9 * DAY, 9 * DAY + 60, 500.0))
    answer = ask(browse, opened, f"/{number_of(opened, STEPS)}").text
    assert answer.count('class="chart__bar"') == 2
    assert "There are readings on 2 of 10 days." in answer
    assert len(parsed(answer).xpath("//tbody/tr")) == 2


def test_codes_are_said_in_words_with_how_long_they_lasted(opened: Door, browse: Browse) -> None:
    keep(opened, SLEEP, (0, 5400, DEEP), (5400, 6000, "HKCategoryValueSleepAnalysisAwake"))
    words = look(browse, opened, f"/{number_of(opened, SLEEP)}")
    assert "asleep, deep 1 h 30 min; awake 10 min" in words
    assert "HKCategory" not in words


def test_the_last_value_of_a_day_stands_for_it_where_that_is_what_counts(opened: Door, browse: Browse) -> None:
    keep(opened, WEIGHT, (0, 0, 59.0), (3600, 3600, 57.0), unit="kg")
    page = parsed(ask(browse, opened, f"/{number_of(opened, WEIGHT)}").text)
    cells = [cell.text_content() for cell in page.xpath("//tbody/tr")[0]]
    assert cells == ["4 Oct 2024", "57 kg", "57 to 59 kg", "2"]


def test_units_that_differ_are_not_put_on_one_scale(opened: Door, browse: Browse) -> None:
    keep(opened, WEIGHT, (0, 0, 57.0), unit="kg")
    keep(opened, WEIGHT, (0, 0, 126.0), unit="lb", source="Scale")
    page = parsed(ask(browse, opened, f"/{number_of(opened, WEIGHT)}").text)
    first, second = (svg.text_content().split() for svg in page.xpath("//svg[contains(@class, 'chart__levels')]"))
    assert first != second
    assert [title.text_content() for title in page.xpath("//b[@class='chart__title']")] == ["pounds", "kg"]


def test_a_period_is_chosen_and_gone_through_by_links(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, *((day * DAY, day * DAY + 60, float(day)) for day in range(200)))
    path = f"/{number_of(opened, STEPS)}"
    assert "22 January 2025 to 21 April 2025" in look(browse, opened, path)
    page = parsed(ask(browse, opened, f"{path}?days=30").text)
    assert [link.text for link in page.xpath("//a[@aria-current='true']")] == ["30 days"]
    assert not page.xpath("//a[text()='Later']")
    earlier = page.xpath("//a[text()='Earlier']/@href")[0]
    before = parsed(browse(opened).get(earlier).text)
    assert "There are readings on 30 of 30 days." in before.text_content()
    assert before.xpath("//a[text()='Later']/@href")[0].endswith("until=2025-04-21")


def test_before_all_readings_later_leads_to_the_first(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, *((day * DAY, day * DAY + 60, 1.0) for day in range(200)))
    path = f"/{number_of(opened, STEPS)}"
    page = parsed(ask(browse, opened, f"{path}?days=30&until=2001-01-01").text)
    assert "There are no readings on these days." in page.text_content()
    later = browse(opened).get(page.xpath("//a[text()='Later']/@href")[0])
    assert "4 October 2024 to 2 November 2024" in later.text


@pytest.mark.parametrize(
    "asked",
    [
        "days=0",
        "days=x",
        "days=999999&until=2199-12-31",
        "days=30&until=nonsense",
        "days=-3",
        "days=%C2%B2",
        f"days={'9' * 5000}",
        "page=999999",
    ],
)
def test_a_strange_period_is_no_accident(opened: Door, browse: Browse, asked: str) -> None:
    keep(opened, STEPS, (0, 60, 300.0))
    words = look(browse, opened, f"/{number_of(opened, STEPS)}?{asked}")
    assert words.startswith("All readings of devices Steps 1 reading, 4 October 2024.")


def test_no_period_is_shorter_than_a_day(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, *((day * DAY, day * DAY + 60, 1.0) for day in range(9)))
    assert "There is one reading: 1 steps." in look(browse, opened, f"/{number_of(opened, STEPS)}?days=0")


def test_long_tables_are_paged_newest_first(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, *((day * DAY, day * DAY + 60, 1.0) for day in range(90)))
    path = f"/{number_of(opened, STEPS)}"
    page = parsed(ask(browse, opened, path).text)
    rows = page.xpath("//tbody/tr/th/a")
    assert (len(rows), rows[0].text) == (50, "1 Jan 2025")
    older = parsed(browse(opened).get(page.xpath("//a[text()='Older rows']/@href")[0]).text)
    assert (len(older.xpath("//tbody/tr")), older.xpath("//tbody/tr/th/a")[-1].text) == (40, "4 Oct 2024")


def test_a_week_leads_to_its_days_and_a_day_to_its_readings(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, *((day * DAY, day * DAY + 60, 1.0) for day in range(300)))
    path = f"/{number_of(opened, STEPS)}"
    year = parsed(ask(browse, opened, f"{path}?days=all").text)
    week = parsed(browse(opened).get(year.xpath("//tbody/tr/th/a/@href")[1]).text)
    assert len(week.xpath("//tbody/tr")) == 7
    assert week.xpath("//tbody/tr/th/a/@href")[0].endswith("/2025-07-27")


def test_a_day_shows_its_readings_by_the_local_clock_with_all_that_is_said_of_them(
    opened: Door, browse: Browse
) -> None:
    keep(opened, STEPS, (DAY - 1800, DAY - 1200, 312.0), offset=60)
    answer = ask(browse, opened, f"/{number_of(opened, STEPS)}/2024-10-05")
    words = " ".join(parsed(answer.text).xpath("//main")[0].text_content().split())
    assert "Steps, 5 October 2024" in words
    assert "00:30:00 to 00:40:00 312 steps" in words
    assert "(UTC+01:00)" in words
    assert "<b>Watch 7</b>" in words
    assert "71 8:12" in words
    assert "There are no readings on this day" in look(browse, opened, f"/{number_of(opened, STEPS)}/2024-10-04")


def test_a_reading_that_ends_on_another_day_says_so(opened: Door, browse: Browse) -> None:
    keep(opened, SLEEP, (DAY - 1800, DAY + 1800, DEEP))
    words = look(browse, opened, f"/{number_of(opened, SLEEP)}/2024-10-04")
    assert "23:30:00 to 00:30:00 on 5 October 2024 asleep, deep" in words


def test_a_day_of_many_readings_is_paged_in_the_order_of_time(opened: Door, browse: Browse) -> None:
    keep(opened, HEART, *((turn * 60, turn * 60, 70.0 + turn) for turn in range(150)), unit="count/min")
    path = f"/{number_of(opened, HEART)}/2024-10-04"
    assert "1 to 100 of 150 readings" in look(browse, opened, path)
    rest = parsed(ask(browse, opened, f"{path}?page=2").text)
    assert len(rest.xpath("//ol[@class='readings']/li")) == 50


@pytest.mark.parametrize("path", ["/99", "/x", "/-1", f"/{'9' * 5000}"])
def test_readings_that_are_not_there_are_a_calm_page(opened: Door, browse: Browse, path: str) -> None:
    assert ask(browse, opened, path).status == 404


@pytest.mark.parametrize("day", ["2024-13-01", "x", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_a_calm_page(opened: Door, browse: Browse, day: str) -> None:
    keep(opened, STEPS, (0, 60, 300.0))
    assert ask(browse, opened, f"/{number_of(opened, STEPS)}/{day}").status == 404


@pytest.mark.parametrize(("typed", "found"), [("steps", True), ("Walk", True), ("heart rate", False)])
def test_the_search_offers_the_metric_that_is_meant(opened: Door, browse: Browse, typed: str, found: bool) -> None:  # noqa: FBT001  (a row of the table above)
    keep(opened, STEPS, (0, 60, 300.0))
    browser = browse(opened)
    answer = browser.post(f"/s/{opened.session}/records/search", {"words": typed})
    page = browser.get(answer.location).text
    assert (f"/records/readings/{number_of(opened, STEPS)}" in page) is found
    assert ("Nothing found" in page) is not found


def test_a_day_leads_to_the_file_its_readings_came_with_and_to_no_other(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, (0, 60, 300.0))
    keep(opened, STEPS, (DAY, DAY + 60, 400.0))
    page = parsed(ask(browse, opened, f"/{number_of(opened, STEPS)}/2024-10-04").text)
    (link,) = page.xpath("//a[@download]/@href")
    answer = browse(opened).get(link)
    assert (answer.status, answer.body) == (200, repr((STEPS, "Watch", ((0, 60, 300.0),))).encode())
    assert (answer.header("content-disposition") or "").startswith("attachment")
    assert browse(opened).get(link.replace("2024-10-04", "2024-10-05")).status == 404


def test_what_an_import_brought_is_gone_when_it_is_taken_back(opened: Door, browse: Browse) -> None:
    keep(opened, STEPS, *((day * DAY, day * DAY + 60, 300.0) for day in range(9)))
    keep(opened, HEART, (0, 0, 71.0), unit="count/min")
    path = f"/{number_of(opened, HEART)}"
    vault = opened.open_vault()
    vault.take_back(vault.imports()[0].run)
    assert ask(browse, opened, path).status == 404
    assert "Heart rate" not in look(browse, opened)
    assert "9" in browse(opened).get(f"/s/{opened.session}/records").text
