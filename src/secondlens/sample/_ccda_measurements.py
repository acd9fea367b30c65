"""The C-CDA R2.1 sections of numbers: results and vital signs."""

from collections.abc import Sequence
from decimal import Decimal

from secondlens.domain.coding import LOINC, SNOMED, Coding
from secondlens.domain.quantity import Quantity
from secondlens.sample._ccda_elements import (
    TEMPLATE,
    XSI_TYPE,
    Cell,
    Element,
    at,
    clinic_performer,
    code,
    fixed,
    identifier,
    original,
    section,
    span,
    table,
    tag,
    templates,
    text,
)
from secondlens.sample.story.laboratory import PANEL_LOINC, PANELS, Draw, LaboratoryTest
from secondlens.sample.story.vital_signs import VITAL_SIGNS, Vitals

_OBSERVATION = {"classCode": "OBS", "moodCode": "EVN"}
_CLUSTER = {"classCode": "CLUSTER", "moodCode": "EVN"}
_INTERPRETATION = "2.16.840.1.113883.5.83"


def results_section(draws: Sequence[Draw]) -> Element:
    """Laboratory results: one organizer for each panel of each draw."""
    panels = [(draw, panel) for draw in draws for panel in PANELS if draw.results(panel)]
    rows: list[tuple[Cell, ...]] = [
        (
            (test.name, f"test{number}.{place}"),
            (f"{value} {test.unit or ''}".strip(), f"result{number}.{place}"),
            test.flag(value) or "",
            test.reference or "",
            draw.day,
        )
        for number, (draw, panel) in enumerate(panels, 1)
        for place, (test, value) in enumerate(draw.results(panel), 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.3.1", "2015-08-01"),
        Coding(LOINC, "30954-2", "Relevant diagnostic tests and laboratory data"),
        "Results",
        (table(("Test", "Result", "Flag", "Reference range", "Date"), rows),),
        [_panel(draw, panel, number) for number, (draw, panel) in enumerate(panels, 1)],
    )


def _panel(draw: Draw, panel: str, number: int) -> Element:
    coded = (
        code(Coding(LOINC, PANEL_LOINC[panel], panel))
        if panel in PANEL_LOINC
        else tag("code", {"nullFlavor": "OTH"}, tag("originalText", {}, panel))
    )
    results = (
        tag("component", {}, _result(test, value, draw, f"{number}.{place}"))
        for place, (test, value) in enumerate(draw.results(panel), 1)
    )
    return tag(
        "organizer",
        {"classCode": "BATTERY", "moodCode": "EVN"},
        *templates(f"{TEMPLATE}.4.1", "2015-08-01"),
        identifier(f"panel-{draw.place.key}-{draw.day}-{PANELS.index(panel) + 1}"),
        coded,
        tag("statusCode", {"code": "completed"}),
        span(draw.when, draw.when),
        clinic_performer(draw.place),
        *results,
    )


def _result(test: LaboratoryTest, value: str, draw: Draw, place: str) -> Element:
    flag = test.flag(value)
    return tag(
        "observation",
        _OBSERVATION,
        *templates(f"{TEMPLATE}.4.2", "2015-08-01"),
        identifier(f"result-{draw.place.key}-{draw.day}-{test.loinc}"),
        code(Coding(LOINC, test.loinc, test.name), original(f"test{place}")),
        text(f"result{place}"),
        tag("statusCode", {"code": "completed"}),
        at(draw.when),
        _value(value, test.unit),
        fixed("interpretationCode", flag, _INTERPRETATION) if flag else None,
        _reference_range(test) if test.reference else None,
    )


def _value(value: str, unit: str | None) -> Element:
    """A number as PQ, a "less than" as an open interval, anything else as the words it is."""
    if Quantity(value).number is not None and unit:
        return tag("value", {XSI_TYPE: "PQ", "value": value, "unit": unit})
    if value.startswith("<") and unit:
        limit = tag("high", {"value": str(Decimal(value[1:])), "unit": unit, "inclusive": "false"})
        return tag("value", {XSI_TYPE: "IVL_PQ"}, limit)
    return tag("value", {XSI_TYPE: "ST"}, value)


def _reference_range(test: LaboratoryTest) -> Element:
    limits = [
        tag(name, {"value": limit, "unit": test.unit})
        for name, limit in (("low", test.low), ("high", test.high))
        if limit and test.unit
    ]
    return tag(
        "referenceRange",
        {},
        tag(
            "observationRange",
            {},
            tag("text", {}, test.reference),
            tag("value", {XSI_TYPE: "IVL_PQ"}, *limits) if limits else None,
        ),
    )


def vitals_section(vitals: Sequence[Vitals]) -> Element:
    """Vital signs: one organizer for each visit."""
    rows: list[tuple[Cell, ...]] = [
        (
            VITAL_SIGNS[key].name,
            (f"{value} {VITAL_SIGNS[key].unit}", f"vital{number}.{place}"),
            visit.when[:10],
        )
        for number, visit in enumerate(vitals, 1)
        for place, (key, value) in enumerate(visit.values, 1)
    ]
    return section(
        templates(f"{TEMPLATE}.2.4.1", "2015-08-01"),
        Coding(LOINC, "8716-3", "Vital signs"),
        "Vital signs",
        (table(("Vital sign", "Value", "Date"), rows),),
        [_visit_vitals(visit, number) for number, visit in enumerate(vitals, 1)],
    )


def _visit_vitals(visit: Vitals, number: int) -> Element:
    signs = (
        tag("component", {}, _vital(key, value, visit, f"{number}.{place}"))
        for place, (key, value) in enumerate(visit.values, 1)
    )
    return tag(
        "organizer",
        _CLUSTER,
        *templates(f"{TEMPLATE}.4.26", "2015-08-01"),
        identifier(f"vitals-{visit.place.key}-{visit.when[:10]}"),
        code(
            Coding(SNOMED, "46680005", "Vital signs"),
            code(Coding(LOINC, "74728-7", "Vital signs"), name="translation"),
        ),
        tag("statusCode", {"code": "completed"}),
        at(visit.when),
        *signs,
    )


def _vital(key: str, value: str, visit: Vitals, place: str) -> Element:
    sign = VITAL_SIGNS[key]
    return tag(
        "observation",
        _OBSERVATION,
        *templates(f"{TEMPLATE}.4.27", "2014-06-09"),
        identifier(f"vital-{visit.place.key}-{visit.when[:10]}-{sign.loinc}"),
        code(Coding(LOINC, sign.loinc, sign.name)),
        text(f"vital{place}"),
        tag("statusCode", {"code": "completed"}),
        at(visit.when),
        tag("value", {XSI_TYPE: "PQ", "value": value, "unit": sign.unit}),
    )
