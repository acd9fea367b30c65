"""metrics.toml: every metric Apple documents has a plain name, and what we do not know stays readable.

apple_metrics.json lists the names of Apple's public documentation of HealthKit, as of iOS 18.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from secondlens.content import metrics

QUANTITY, CATEGORY = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
DOCUMENTED = Path(__file__).with_name("apple_metrics.json")


def test_every_metric_apple_documents_has_a_name_of_its_own() -> None:
    names = json.loads(DOCUMENTED.read_text(encoding="utf-8"))
    known = [metrics().metric(name) for name in names]
    assert [
        name for name, word in zip(names, known, strict=True) if word.group == "other" and word.best == "range"
    ] == [f"{QUANTITY}{name}" for name in ("BloodAlcoholContent", "UVExposure", "WaterTemperature")]
    assert [name for name, count in Counter(word.name for word in known).items() if count > 1] == []


def test_every_group_is_used_and_every_name_reads_as_a_name() -> None:
    words = metrics().metrics.values()
    assert {word.group for word in words} == set(metrics().groups) - {"summaries"}
    assert [word.name for word in words if not word.name[0].isupper() or word.name.endswith(".")] == []
    assert all((*metrics().units.values(), *metrics().codes.values(), *metrics().about.values()))


@pytest.mark.parametrize(
    ("identifier", "name", "best"),
    [
        (f"{QUANTITY}StepCount", "Steps", "sum"),
        (f"{QUANTITY}HeartRate", "Heart rate", "range"),
        (f"{QUANTITY}BodyMass", "Weight", "last"),
        (f"{CATEGORY}SleepAnalysis", "Sleep", "time"),
        (f"{CATEGORY}Headache", "Headache", "count"),
        ("heart_rate", "Heart rate", "range"),
        ("Steps", "Steps", "sum"),
        ("respiratory rate", "Breathing rate", "range"),
    ],
)
def test_a_metric_has_one_plain_name_whoever_wrote_it(identifier: str, name: str, best: str) -> None:
    word = metrics().metric(identifier)
    assert (word.name, word.best) == (name, best)


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        (f"{QUANTITY}MoonDistanceWalked", "Moon distance walked"),
        (f"{CATEGORY}VO2DropEvent", "VO2 drop event"),
        ("ActivitySummary.appleStandHours", "Apple stand hours"),
        ("readiness score (ring)", "readiness score (ring)"),
        ("hrv_rmssd", "hrv_rmssd"),
    ],
)
def test_a_metric_we_do_not_know_is_made_readable_or_stays_as_it_is(identifier: str, name: str) -> None:
    word = metrics().metric(identifier)
    assert (word.name, word.group) == (name, "other")


def test_apple_writes_a_share_from_0_to_1_and_others_do_not() -> None:
    assert metrics().measure(f"{QUANTITY}OxygenSaturation", "%").exactly(0.97) == "97 %"
    assert metrics().measure("oxygen_saturation", "%").exactly(97) == "97 %"


@pytest.mark.parametrize(
    ("identifier", "unit", "words"),
    [
        (f"{QUANTITY}HeartRate", "count/min", "beats a minute"),
        (f"{QUANTITY}RespiratoryRate", "count/min", "breaths a minute"),
        (f"{QUANTITY}StepCount", "count", "steps"),
        (f"{QUANTITY}BodyMassIndex", "count", ""),
        (f"{QUANTITY}BodyTemperature", "degC", "°C"),
        ("anything", "count", "times"),
        ("anything", "furlongs", "furlongs"),
        ("anything", "", ""),
    ],
)
def test_a_unit_is_said_as_people_say_it(identifier: str, unit: str, words: str) -> None:
    assert metrics().measure(identifier, unit).unit == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("HKCategoryValueSleepAnalysisAsleepREM", "asleep, REM"),
        ("HKCategoryValueSleepAnalysisAsleep", "asleep"),
        ("HKCategoryValueSleepAnalysisAsleepLightly", "asleep lightly"),
        ("HKCategoryValueNotApplicable", "noted"),
        ("", "noted"),
        ("light", "light"),
    ],
)
def test_a_code_says_what_it_means(code: str, words: str) -> None:
    assert metrics().code(f"{CATEGORY}SleepAnalysis", code) == words


@pytest.mark.parametrize("typed", ["steps", "Step", "heart ra", "pulse", "SpO2", "HRV", "sleep", "REM"])
def test_a_metric_is_found_by_what_people_type(typed: str) -> None:
    names = json.loads(DOCUMENTED.read_text(encoding="utf-8"))
    assert any(metrics().is_meant(name, typed) for name in names)


@pytest.mark.parametrize("typed", ["", "  ", "!", "teps", "heart steps"])
def test_a_metric_is_not_found_by_what_it_is_not_called(typed: str) -> None:
    assert not metrics().is_meant(f"{QUANTITY}StepCount", typed)
