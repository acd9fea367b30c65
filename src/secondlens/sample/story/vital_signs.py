"""Weight, pulse, blood pressure and temperature at her visits, and her lying and standing tests.

Values are text, exactly as they were written down. Codes are LOINC, units UCUM.
"""

from dataclasses import dataclass

from secondlens.sample.story.laboratory import pairs
from secondlens.sample.story.people import HEART, PRACTICE, RHEUMATOLOGY, Clinic


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalSign:
    """What is measured at a visit."""

    name: str
    loinc: str
    unit: str


VITAL_SIGNS = {
    "weight": VitalSign(name="Body weight", loinc="29463-7", unit="kg"),
    "height": VitalSign(name="Body height", loinc="8302-2", unit="cm"),
    "systolic": VitalSign(name="Systolic blood pressure", loinc="8480-6", unit="mm[Hg]"),
    "diastolic": VitalSign(name="Diastolic blood pressure", loinc="8462-4", unit="mm[Hg]"),
    "pulse": VitalSign(name="Pulse", loinc="8867-4", unit="/min"),
    "temperature": VitalSign(name="Body temperature", loinc="8310-5", unit="Cel"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Vital signs of one visit, sitting; `values` pairs a key of VITAL_SIGNS with the value."""

    when: str
    place: Clinic
    values: tuple[tuple[str, str], ...]


def _vitals(when: str, place: Clinic, text: str) -> Vitals:
    return Vitals(when=when, place=place, values=pairs(text))


VITALS = (
    _vitals(
        "2021-04-14T09:15-05:00",
        PRACTICE,
        "weight=66.2; height=168; systolic=116; diastolic=72; pulse=74; temperature=36.7",
    ),
    _vitals("2022-03-14T10:35-05:00", RHEUMATOLOGY, "weight=65.8; systolic=118; diastolic=74; pulse=76"),
    _vitals(
        "2023-03-20T08:10-05:00", PRACTICE, "weight=65.1; systolic=117; diastolic=73; pulse=78; temperature=36.6"
    ),
    _vitals("2024-03-18T08:05-05:00", PRACTICE, "weight=64.3; systolic=119; diastolic=75; pulse=79"),
    _vitals("2025-11-20T14:05-06:00", HEART, "weight=62.0; systolic=121; diastolic=77; pulse=84"),
    _vitals("2026-02-12T14:35-06:00", HEART, "weight=61.2; systolic=122; diastolic=78; pulse=85"),
    _vitals(
        "2026-03-25T08:55-05:00", PRACTICE, "weight=60.4; systolic=126; diastolic=80; pulse=88; temperature=37.2"
    ),
    _vitals(
        "2026-05-12T11:05-05:00",
        RHEUMATOLOGY,
        "weight=59.6; systolic=128; diastolic=82; pulse=88; temperature=36.8",
    ),
    _vitals(
        "2026-06-08T09:35-05:00", PRACTICE, "weight=59.1; systolic=130; diastolic=83; pulse=89; temperature=37.1"
    ),
    _vitals("2026-09-24T15:05-05:00", HEART, "weight=58.0; systolic=132; diastolic=85; pulse=90"),
    _vitals(
        "2026-11-10T09:05-06:00", PRACTICE, "weight=57.4; systolic=134; diastolic=86; pulse=91; temperature=37.3"
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingReading:
    """Pulse (/min) and blood pressure (mm[Hg]) lying (`minutes` None) or after minutes of standing."""

    when: str
    minutes: int | None
    pulse: str
    systolic: str
    diastolic: str


def _standing(day: str, zone: str, *rows: tuple[int | None, str, str, str]) -> tuple[StandingReading, ...]:
    return tuple(
        StandingReading(
            when=f"{day}:{10 + (minutes or 0):02}{zone}",
            minutes=minutes,
            pulse=pulse,
            systolic=systolic,
            diastolic=diastolic,
        )
        for minutes, pulse, systolic, diastolic in rows
    )


STANDING_TESTS = (
    _standing(
        "2025-11-20T14",
        "-06:00",
        (None, "68", "114", "70"),
        (1, "92", "110", "72"),
        (3, "99", "109", "73"),
        (5, "104", "108", "74"),
        (10, "109", "106", "75"),
    ),
    _standing(
        "2026-09-24T15",
        "-05:00",
        (None, "71", "118", "74"),
        (1, "97", "115", "76"),
        (3, "106", "113", "77"),
        (5, "111", "112", "78"),
        (10, "116", "110", "79"),
    ),
)


def vitals_of(clinic: Clinic) -> tuple[Vitals, ...]:
    """The vital signs one place measured, oldest first."""
    return tuple(vitals for vitals in VITALS if vitals.place is clinic)
