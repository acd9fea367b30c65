"""The component macros without a browser: what they say, escape, connect and leave out."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

import secondlens.web
from secondlens.web.pages.patterns import Patterns, examples

WEB = Path(secondlens.web.__file__).parent
COMPONENTS = sorted(path.stem for path in (WEB / "templates/components").glob("*.html"))
PLACES = ("home", "case", "records", "importing", "packet", "more", "lock", "hide", "stay", "help_now")
NAV = SimpleNamespace(**{place: f"/to/{place}" for place in PLACES}, here="records", minutes=10)


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_has_an_example_of_the_macro_it_is_named_for(component: str) -> None:
    assert component in {example.macro for example in examples() if example.component == component}


@pytest.mark.parametrize("trim", [True, False])
def test_pattern_page_shows_every_example(*, trim: bool) -> None:
    text = _patterns(trim=trim)
    assert [example.title for example in examples() if example.title not in text] == []


def test_pattern_page_uses_no_id_twice() -> None:
    ids = re.findall(r'\bid="([^"]+)"', _patterns())
    assert len(ids) == len(set(ids))


def test_nothing_breaks_the_content_policy() -> None:
    ours = re.compile(r'<script src="/static/here\.js" defer( data-[a-z]+="[^"<>]*")+></script>')
    page, number = ours.subn("", _patterns())
    assert number == 1
    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", page) == []


def test_every_style_sheet_is_linked_once_and_exists() -> None:
    linked = [str(href).removeprefix("/static/") for href in _page().xpath("//link[@rel='stylesheet']/@href")]
    on_disk = {path.relative_to(WEB / "static").as_posix() for path in (WEB / "static").rglob("*.css")}
    assert sorted(linked) == sorted(on_disk)


def test_order_of_layers_is_stated_once_and_first() -> None:
    stating = [
        path.name for path in (WEB / "static").rglob("*.css") if re.search(r"@layer \w+,", path.read_text())
    ]
    assert stating == ["base.css"]
    assert _page().xpath("//link[@rel='stylesheet']/@href")[0] == "/static/base.css"


def test_locked_page_has_no_ways_in_but_keeps_help() -> None:
    page = _page(nav=None)
    assert [link.get("href") for link in page.iter("a")] == ["#main", "/help"]
    assert list(page.iter("form")) == []


def test_open_page_can_be_locked_by_post_and_marks_where_one_is() -> None:
    page = _page()
    assert [(form.get("method"), form.get("action")) for form in page.iter("form")] == [
        ("post", "/to/hide"),
        ("post", "/to/lock"),
    ]
    assert [link.get("href") for link in page.xpath("//a[@aria-current]")] == ["/to/records"]
    assert page.xpath("//a[@href='/to/help_now']")


@pytest.mark.parametrize("sample", [True, False])
def test_sample_person_is_named_as_made_up(*, sample: bool) -> None:
    assert ("Made-up sample person" in _page(sample=sample).text_content()) is sample


def test_theme_and_language_stand_on_the_root() -> None:
    page = _page(theme="sepia", lang="de")
    assert (page.get("data-theme"), page.get("lang")) == ("sepia", "de")


def test_notice_that_we_do_not_diagnose_is_on_every_page() -> None:
    assert "It does not diagnose" in _page(nav=None).text_content()


def test_error_of_a_field_is_read_out_with_it() -> None:
    part = _call("field", 'field("age", "Your age", value="x", hint="In years.", error="Write a number.")')
    field = part.xpath("//input")[0]
    told = [part.get_element_by_id(name).text_content() for name in field.get("aria-describedby").split()]
    assert told == ["In years.", "Problem: Write a number."]
    assert field.get("aria-invalid") == "true"


def test_field_without_hint_or_error_points_nowhere() -> None:
    field = _call("field", 'field("age", "Your age")').xpath("//input")[0]
    assert field.get("aria-describedby") is None
    assert field.get("aria-invalid") is None


def test_passphrase_never_comes_back_in_the_page() -> None:
    part = _call("field", 'field("word", "Passphrase", value="correct horse", type="password")')
    assert "correct horse" not in html.tostring(part, encoding="unicode")


@pytest.mark.parametrize(
    ("component", "call"),
    [
        ("field", "field('a', mean, value=mean, hint=mean, error=mean)"),
        ("textarea", "textarea('a', mean, value=mean)"),
        ("choices", "choices('a', mean, [(mean, mean, mean)])"),
        ("spoken", "spoken(mean)"),
        (
            "facts",
            "facts([dict(title=mean, value=mean, when=mean, note=mean, source=mean, href='', tag=mean)])",
        ),
        ("table", "table(mean, [mean, mean], [[mean, mean]])"),
        ("comparison", "comparison(mean, mean, mean, [(mean, mean, mean, mean, 'warm')])"),
        ("receipt", "receipt(mean, [{'why': mean, 'count': 1, 'places': [(mean, '')], 'more': 0}])"),
        ("standings", "standings(mean, [(mean, mean, 'plain')])"),
    ],
)
def test_words_from_files_stay_words(component: str, call: str) -> None:
    mean = """"'><img src=x onerror=alert(1)>"""
    text = _environment().from_string(f'{{% import "components/{component}.html" as part %}}{{{{ part.{call} }}}}')
    part = html.fragment_fromstring(text.render(mean=mean), create_parent="div")
    assert list(part.iter("img")) == []
    assert mean in part.text_content() + "".join(part.xpath("//@value"))


def test_textarea_keeps_an_empty_first_line() -> None:
    text = _environment().from_string(
        '{% import "components/textarea.html" as part %}{{ part.textarea("a", "A", "\\nsecond") }}'
    )
    assert ">\n\nsecond</textarea>" in text.render()


def test_error_links_to_the_first_choice() -> None:
    part = _call("choices", 'choices("by", "When?", [("week", "This week", None), ("month", "This month", None)])')
    assert part.get_element_by_id("by").get("value") == "week"


def test_two_groups_under_one_name_keep_their_own_labels() -> None:
    part = _call("checkboxes", 'checkboxes("record", "Results", [("1", "Ferritin", None)], id="results")')
    box = part.get_element_by_id("results")
    assert (box.get("name"), part.xpath("//label/@for")) == ("record", ["results"])


def test_buttons_of_a_ranked_list_say_which_line_they_move() -> None:
    part = _call("ranked", 'ranked([("a", "First?"), ("b", "Second?")])')
    said = [(button.get("name"), button.get("value"), button.text_content()) for button in part.iter("button")]
    assert said == [
        ("down", "a", "Later: First?"),
        ("remove", "a", "Take out: First?"),
        ("up", "b", "Earlier: Second?"),
        ("remove", "b", "Take out: Second?"),
    ]


def test_only_what_is_chosen_is_ticked() -> None:
    options = '[("a", "A", None), ("b", "B", None), ("c", "C", None)]'
    one = _call("choices", f'choices("x", "X", {options}, chosen="b")')
    some = _call("checkboxes", f'checkboxes("x", "X", {options}, chosen=("a", "c"))')
    assert one.xpath("//input[@checked]/@value") == ["b"]
    assert some.xpath("//input[@checked]/@value") == ["a", "c"]


@pytest.mark.parametrize(("chosen", "ticked"), [("None", []), ("0", ["0"]), ('"10"', ["10"])])
def test_scale_tells_nothing_chosen_from_zero(chosen: str, ticked: list[str]) -> None:
    part = _call("scale", f'scale("pain", "Pain", "none", "worst", chosen={chosen})')
    assert part.xpath("//input/@value") == [str(number) for number in range(11)]
    assert part.xpath("//input[@checked]/@value") == ticked


def test_step_rail_says_where_one_is_on_a_phone() -> None:
    steps = '[("Notice", "#1", "done"), ("Ask", "#2", "here"), ("Meet", "#3", "open")]'
    part = _call("step_rail", f"step_rail({steps})")
    assert part.xpath("//summary")[0].text_content().strip() == "Step 2 of 3: Ask"
    assert set(part.xpath("//a[@aria-current='step']/@href")) == {"#2"}


def test_step_rail_without_an_open_step_says_how_many_there_are() -> None:
    part = _call("step_rail", 'step_rail([("Notice", "#1", "done"), ("Ask", "#2", "open")])')
    assert part.xpath("//summary")[0].text_content().strip() == "2 steps, in any order"


def test_facts_leave_out_what_is_not_known() -> None:
    fact = "{'title': 'Allergy', 'value': '', 'when': none, 'note': '', 'source': 'a.xml', 'href': '', 'tag': ''}"
    part = _call("facts", f"facts([{fact}])")
    assert part.xpath("//dt/text()") == ["From"]
    assert list(part.iter("a")) == []


def test_cells_carry_the_name_of_their_column() -> None:
    part = _call("table", 'table("Pulse", ["Day", "Lying"], [["3 May", "68"]], numeric=[1])')
    assert [(cell.get("data-label"), cell.text) for cell in part.iter("td")] == [("Lying", "68")]


def test_receipt_links_each_place_that_can_be_shown_and_says_how_many_more_there_are() -> None:
    reason = '{"why": "no value", "count": 9, "places": [("entry 1", "#a"), ("entry 2", "")], "more": 7}'
    part = _call("receipt", f'receipt("1 new", [{reason}])')
    assert [(link.text, link.get("href")) for link in part.iter("a")] == [("entry 1", "#a")]
    assert "(9 places)" in part.text_content()
    assert "and 7 more" in part.text_content()


def test_summary_without_errors_is_empty() -> None:
    assert list(_call("error_summary", "error_summary([])")) == []


def test_summary_links_every_sentence_to_its_field() -> None:
    part = _call("error_summary", 'error_summary([("age", "Write a number."), ("by", "Choose one.")])')
    assert [(link.get("href"), link.text) for link in part.iter("a")] == [
        ("#age", "Write a number."),
        ("#by", "Choose one."),
    ]


def test_next_step_offers_later_only_when_there_is_a_way() -> None:
    without = _call("next_step", 'next_step("T", "x", "Go", "#go")')
    offered = _call("next_step", 'next_step("T", "x", "Go", "#go", later_href="#later")')
    assert without.xpath("//a/@href") == ["#go"]
    assert offered.xpath("//a/text()") == ["Go", "Not today"]


def _environment(*, trim: bool = True) -> Environment:
    made = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=trim,
        lstrip_blocks=trim,
    )
    made.globals["static"] = lambda path: f"/static/{path}"
    return made


def _patterns(*, trim: bool = True) -> str:
    page = _environment(trim=trim).get_template("patterns.html")
    return page.render(nav=NAV, theme="light", lang="en", sample=True, page=Patterns(examples=examples()))


def _page(**given: object) -> html.HtmlElement:
    context = {"nav": NAV, "theme": "light", "lang": "en", "sample": False} | given
    return html.document_fromstring(_environment().get_template("base.html").render(context))


def _call(component: str, call: str) -> html.HtmlElement:
    """The elements of one call, such as `tag("Agree")`, inside a div."""
    text = _environment().from_string(f'{{% import "components/{component}.html" as part %}}{{{{ part.{call} }}}}')
    return html.fragment_fromstring(text.render(), create_parent="div")
