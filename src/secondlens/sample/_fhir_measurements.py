"""The numbers of the heart clinic's bundle: laboratory results, vital signs, lying and standing tests."""

from collections.abc import Iterator

from secondlens.domain.coding import LOINC, Coding
from secondlens.sample._fhir_elements import (
    Resource,
    concept,
    instant,
    measured,
    quantity,
    reference,
    reference_range,
    resource,
    term,
)
from secondlens.sample.story.laboratory import PANEL_LOINC, PANELS, Draw, LaboratoryTest, draws_of
from secondlens.sample.story.people import DR_MODEL, HEART, LABORATORY, NORA
from secondlens.sample.story.vital_signs import (
    STANDING_TESTS,
    VITAL_SIGNS,
    StandingReading,
    Vitals,
    vitals_of,
)

_NORA = reference("Patient", "nora", NORA.name)
_PERFORMERS = {
    "laboratory": reference("Organization", LABORATORY.key, LABORATORY.name),
    "vital-signs": reference("Practitioner", DR_MODEL.key, DR_MODEL.name),
}


def laboratory_resources() -> Iterator[Resource]:
    """Each panel of each draw: a report, and an observation for each result."""
    for draw in draws_of(LABORATORY):
        for panel in PANELS:
            results = [_result(draw, test, value) for test, value in draw.results(panel)]
            if results:
                yield _report(draw, panel, results)
                yield from results


def _report(draw: Draw, panel: str, results: list[Resource]) -> Resource:
    codes = (Coding(LOINC, PANEL_LOINC[panel], panel),) if panel in PANEL_LOINC else ()
    return resource(
        "DiagnosticReport",
        f"report-{draw.day}-{PANELS.index(panel) + 1}",
        status="final",
        category=[term("v2-0074", "LAB")],
        code=concept(panel, *codes),
        subject=_NORA,
        effectiveDateTime=instant(draw.when),
        performer=[_PERFORMERS["laboratory"]],
        result=[reference("Observation", result["id"]) for result in results],
    )


def _result(draw: Draw, test: LaboratoryTest, value: str) -> Resource:
    flag = test.flag(value)
    return _observation(
        f"result-{draw.day}-{test.loinc}",
        "laboratory",
        concept(test.name, Coding(LOINC, test.loinc, test.name)),
        draw.when,
        **measured(value, test.unit),
        interpretation=[term("v3-ObservationInterpretation", flag)] if flag else None,
        referenceRange=reference_range(test.low, test.high, test.unit, test.reference),
    )


def _observation(name: str, category: str, code: Resource, when: str, **elements: object) -> Resource:
    return resource(
        "Observation",
        name,
        status="final",
        category=[term("observation-category", category)],
        code=code,
        subject=_NORA,
        effectiveDateTime=instant(when),
        performer=[_PERFORMERS[category]],
        **elements,
    )


def vital_resources() -> Iterator[Resource]:
    """Weight, sitting pulse and sitting blood pressure at each visit."""
    for vitals in vitals_of(HEART):
        values = dict(vitals.values)
        yield _vital(vitals, "weight", values["weight"])
        yield _vital(vitals, "pulse", values["pulse"])
        yield _pressure(f"pressure-{vitals.when[:10]}", vitals.when, values["systolic"], values["diastolic"])


def _vital(vitals: Vitals, key: str, value: str) -> Resource:
    sign = VITAL_SIGNS[key]
    return _observation(
        f"{key}-{vitals.when[:10]}",
        "vital-signs",
        concept(sign.name, Coding(LOINC, sign.loinc, sign.name)),
        vitals.when,
        valueQuantity=quantity(value, sign.unit),
    )


def standing_resources() -> Iterator[Resource]:
    """Pulse and blood pressure lying, then after 1, 3, 5 and 10 minutes of standing."""
    for readings in STANDING_TESTS:
        for reading in readings:
            yield from _standing(reading)


def _standing(reading: StandingReading) -> Iterator[Resource]:
    lying = reading.minutes is None
    position = "lying" if lying else f"standing, {reading.minutes} min"
    name = f"{reading.when[:10]}-{'lying' if lying else f'standing-{reading.minutes}'}"
    # LOINC has its own codes for lying and standing.
    loinc, display = ("68999-2", "Heart rate --supine") if lying else ("69001-6", "Heart rate --standing")
    yield _observation(
        f"pulse-{name}",
        "vital-signs",
        concept(f"Pulse, {position}", Coding(LOINC, loinc, display)),
        reading.when,
        valueQuantity=quantity(reading.pulse, "/min"),
    )
    yield _pressure(f"pressure-{name}", reading.when, reading.systolic, reading.diastolic, position)


def _pressure(name: str, when: str, systolic: str, diastolic: str, position: str = "sitting") -> Resource:
    parts = (("systolic", systolic), ("diastolic", diastolic))
    return _observation(
        name,
        "vital-signs",
        concept(f"Blood pressure, {position}", Coding(LOINC, "85354-9", "Blood pressure panel")),
        when,
        component=[_component(key, value) for key, value in parts],
    )


def _component(key: str, value: str) -> Resource:
    sign = VITAL_SIGNS[key]
    return {
        "code": concept(sign.name, Coding(LOINC, sign.loinc, sign.name)),
        "valueQuantity": quantity(value, sign.unit),
    }
