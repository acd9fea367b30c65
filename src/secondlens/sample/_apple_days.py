"""What watch, phone and cuff would have measured of Nora, day by day, with a seeded random."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from secondlens.sample._apple_elements import (
    Measure,
    Sample,
    Source,
    at,
    metadata,
    origin,
    record,
    stamp,
    tag,
    times,
)
from secondlens.sample.story.people import NORA

DAYS = 60
LAST_DAY = date(2026, 11, 18)
ALL_DAYS = tuple(LAST_DAY - timedelta(days=DAYS - 1 - number) for number in range(DAYS))

_WATCH = Source(
    f"{NORA.name}\u2019s Apple\u00a0Watch",
    "26.1",
    "<<HKDevice: 0x2a5e0c1e0>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, "
    "hardware:Watch6,2, software:26.1>",
)
_PHONE = Source(
    f"{NORA.name}\u2019s iPhone",
    "26.1",
    "<<HKDevice: 0x2a5e0c220>, name:iPhone, manufacturer:Apple Inc., model:iPhone, "
    "hardware:iPhone15,2, software:26.1>",
)
_CUFF = Source("Made-Up Blood Pressure Cuff", "2.0")

_QUANTITY = "HKQuantityTypeIdentifier"
HEART_RATE = Measure(f"{_QUANTITY}HeartRate", "count/min")
RESTING = Measure(f"{_QUANTITY}RestingHeartRate", "count/min")
VARIABILITY = Measure(f"{_QUANTITY}HeartRateVariabilitySDNN", "ms")
STEPS = Measure(f"{_QUANTITY}StepCount", "count")
TEMPERATURE = Measure(f"{_QUANTITY}BodyTemperature", "degC")
WEIGHT = Measure(f"{_QUANTITY}BodyMass", "kg")
SYSTOLIC = Measure(f"{_QUANTITY}BloodPressureSystolic", "mmHg")
DIASTOLIC = Measure(f"{_QUANTITY}BloodPressureDiastolic", "mmHg")
SLEEP = Measure("HKCategoryTypeIdentifierSleepAnalysis", None)

_TYPED_IN = metadata("HKWasUserEntered", "1")
_SLEEP_STAGES = ("AsleepCore", "AsleepDeep", "AsleepREM", "AsleepCore", "Awake")


def heart_rates(random: Random) -> Iterator[str]:
    """About every forty minutes; higher by day, and in the evening when the fever comes."""
    for day in ALL_DAYS:
        for turn in range(36):
            minutes = turn * 40 + random.uniform(0, 39)
            awake = 7 * 60 < minutes < 22 * 60
            fever = 18 * 60 < minutes < 22 * 60
            rate = random.gauss(72 + 16 * awake + 9 * fever, 7 + 6 * awake)
            moment = at(day, minutes)
            context = metadata("HKMetadataKeyHeartRateMotionContext", random.choice("0112"))
            yield record(Sample(HEART_RATE, _WATCH, moment, moment, str(round(rate))), context)


def resting_rates(random: Random) -> Iterator[str]:
    """One a day, slowly rising."""
    for number, day in enumerate(ALL_DAYS):
        rate = round(74 + number * 0.15 + random.gauss(0, 1.5))
        yield record(Sample(RESTING, _WATCH, at(day, 0), at(day, 1439), str(rate)))


def variabilities(random: Random) -> Iterator[str]:
    """Four a day, each with a few of the beats it was made from."""
    for day in ALL_DAYS:
        for hour in (2, 6, 13, 21):
            start = at(day, hour * 60 + random.uniform(0, 50))
            value = f"{max(9.0, random.gauss(26, 6)):.4f}"
            beats = (_beat(random, hour, start.minute, second) for second in range(3))
            listed = tag("HeartRateVariabilityMetadataList", {}, *beats, indent=2)
            yield record(Sample(VARIABILITY, _WATCH, start, start + timedelta(minutes=1), value), listed)


def _beat(random: Random, hour: int, minute: int, second: int) -> str:
    clock = f"{hour % 12}:{minute:02}:{second:02}.00 {'AM' if hour < 12 else 'PM'}"
    return tag("InstantaneousBeatsPerMinute", {"bpm": str(round(random.gauss(76, 4))), "time": clock}, indent=3)


def steps(random: Random) -> Iterator[str]:
    """Watch and phone both count, mostly the same walks, as they do in every real export."""
    for source in (_WATCH, _PHONE):
        for day in ALL_DAYS:
            for hour in (8, 9, 11, 12, 13, 15, 16, 17, 18, 19):
                start = at(day, hour * 60 + random.uniform(0, 45))
                count = max(8, round(random.gauss(330, 150)))
                yield record(Sample(STEPS, source, start, start + timedelta(minutes=9), str(count)))


def temperatures(random: Random) -> Iterator[str]:
    """Typed in on most evenings, and on some mornings."""
    for day in ALL_DAYS:
        if random.random() < 0.8:
            yield _typed(TEMPERATURE, day, 20 * 60 + random.uniform(0, 80), f"{random.uniform(37.6, 38.3):.1f}")
        if random.random() < 0.3:
            yield _typed(TEMPERATURE, day, 8 * 60 + random.uniform(0, 60), f"{random.uniform(36.5, 36.9):.1f}")


def weights(random: Random) -> Iterator[str]:
    """Once a week, falling."""
    for week, day in enumerate(ALL_DAYS[::7]):
        yield _typed(WEIGHT, day, 445, f"{58.1 - week * 0.1 + random.uniform(-0.1, 0.1):.1f}")


def _typed(measure: Measure, day: date, minutes: float, value: str) -> str:
    moment = at(day, minutes)
    return record(Sample(measure, _PHONE, moment, moment, value), _TYPED_IN)


def nights(random: Random) -> Iterator[str]:
    """Sleep, in stretches."""
    for day in ALL_DAYS:
        start = at(day, 23 * 60 - 24 * 60 + random.uniform(0, 60))
        for stage in _SLEEP_STAGES * 2:
            end = start + timedelta(minutes=random.randint(18, 70))
            value = f"HKCategoryValueSleepAnalysis{stage}"
            yield record(Sample(SLEEP, _WATCH, start, end, value), metadata("HKTimeZone", "America/Chicago"))
            start = end


def pressures(random: Random) -> Iterator[str]:
    """Every second morning; Apple writes the two numbers alone, and again inside their Correlation."""
    for day in ALL_DAYS[::2]:
        moment = at(day, 450 + random.uniform(0, 40))
        readings = (
            Sample(SYSTOLIC, _CUFF, moment, moment, str(round(random.gauss(131, 5)))),
            Sample(DIASTOLIC, _CUFF, moment, moment, str(round(random.gauss(84, 3)))),
        )
        yield from (record(reading) for reading in readings)
        attributes = {"type": "HKCorrelationTypeIdentifierBloodPressure"} | dict(origin(_CUFF))
        inside = (record(reading, indent=2) for reading in readings)
        yield tag("Correlation", attributes | dict(times(moment, moment)), *inside)


def walks(random: Random) -> Iterator[str]:
    """A short walk once a week, as she was advised."""
    for day in ALL_DAYS[3::7]:
        start, minutes = at(day, 16 * 60), random.randint(12, 21)
        end = start + timedelta(minutes=minutes)
        attributes = {
            "workoutActivityType": "HKWorkoutActivityTypeWalking",
            "duration": str(minutes),
            "durationUnit": "min",
            **origin(_WATCH),
            **times(start, end),
        }
        beats = {
            "type": HEART_RATE.type,
            "startDate": stamp(start),
            "endDate": stamp(end),
            "average": str(round(random.gauss(121, 5))),
            "minimum": "88",
            "maximum": "139",
            "unit": "count/min",
        }
        yield tag("Workout", attributes, tag("WorkoutStatistics", beats, indent=2))
