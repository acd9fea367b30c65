"""Sixty days from watch, phone and cuff, as the `export.zip` that Apple Health gives."""

from collections.abc import Iterator
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from secondlens.sample import _apple_days as measured
from secondlens.sample._apple_document import clinical_document
from secondlens.sample._apple_elements import at, stamp, tag
from secondlens.sample.story.people import DISCLAIMER, MARK, NORA

# Written on each file of the archive, so that its bytes never vary.
_WRITTEN = (2026, 11, 18, 21, 30, 0)

_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14. {MARK}. {DISCLAIMER} -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT ExportDate EMPTY>
<!ATTLIST ExportDate
  value CDATA #REQUIRED
>
<!ELEMENT Me EMPTY>
<!ATTLIST Me
  HKCharacteristicTypeIdentifierDateOfBirth         CDATA #REQUIRED
  HKCharacteristicTypeIdentifierBiologicalSex       CDATA #REQUIRED
  HKCharacteristicTypeIdentifierBloodType           CDATA #REQUIRED
  HKCharacteristicTypeIdentifierFitzpatrickSkinType CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type          CDATA #REQUIRED
  unit          CDATA #IMPLIED
  value         CDATA #IMPLIED
  sourceName    CDATA #REQUIRED
  sourceVersion CDATA #IMPLIED
  device        CDATA #IMPLIED
  creationDate  CDATA #IMPLIED
  startDate     CDATA #REQUIRED
  endDate       CDATA #REQUIRED
>
<!ELEMENT Correlation ((MetadataEntry|Record)*)>
<!ATTLIST Correlation
  type          CDATA #REQUIRED
  sourceName    CDATA #REQUIRED
  sourceVersion CDATA #IMPLIED
  device        CDATA #IMPLIED
  creationDate  CDATA #IMPLIED
  startDate     CDATA #REQUIRED
  endDate       CDATA #REQUIRED
>
<!ELEMENT Workout ((MetadataEntry|WorkoutStatistics)*)>
<!ATTLIST Workout
  workoutActivityType CDATA #REQUIRED
  duration      CDATA #IMPLIED
  durationUnit  CDATA #IMPLIED
  sourceName    CDATA #REQUIRED
  sourceVersion CDATA #IMPLIED
  device        CDATA #IMPLIED
  creationDate  CDATA #IMPLIED
  startDate     CDATA #REQUIRED
  endDate       CDATA #REQUIRED
>
<!ELEMENT WorkoutStatistics EMPTY>
<!ATTLIST WorkoutStatistics
  type      CDATA #REQUIRED
  startDate CDATA #REQUIRED
  endDate   CDATA #REQUIRED
  average   CDATA #IMPLIED
  minimum   CDATA #IMPLIED
  maximum   CDATA #IMPLIED
  unit      CDATA #IMPLIED
>
<!ELEMENT MetadataEntry EMPTY>
<!ATTLIST MetadataEntry
  key   CDATA #REQUIRED
  value CDATA #REQUIRED
>
<!ELEMENT HeartRateVariabilityMetadataList (InstantaneousBeatsPerMinute*)>
<!ELEMENT InstantaneousBeatsPerMinute EMPTY>
<!ATTLIST InstantaneousBeatsPerMinute
  bpm  CDATA #REQUIRED
  time CDATA #REQUIRED
>
]>
"""


def health_export(seed: int = 7) -> bytes:
    """The archive: export.xml with every record, and the small export_cda.xml beside it."""
    out = BytesIO()
    files = (("export.xml", "".join(_lines(seed)).encode()), ("export_cda.xml", clinical_document()))
    with ZipFile(out, "w") as archive:
        for name, content in files:
            entry = ZipInfo(f"apple_health_export/{name}", _WRITTEN)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _lines(seed: int) -> Iterator[str]:
    random = Random(seed)  # noqa: S311 - made-up readings, not a secret
    yield _HEAD
    yield '<HealthData locale="en_US">\n'
    yield tag("ExportDate", {"value": stamp(at(measured.LAST_DAY, 21 * 60 + 30))})
    yield tag("Me", _me())
    yield from measured.heart_rates(random)
    yield from measured.steps(random)
    yield from measured.weights(random)
    yield from measured.temperatures(random)
    yield from measured.pressures(random)
    yield from measured.resting_rates(random)
    yield from measured.variabilities(random)
    yield from measured.nights(random)
    yield from measured.walks(random)
    yield "</HealthData>\n"


def _me() -> dict[str, str | None]:
    characteristic = "HKCharacteristicTypeIdentifier"
    return {
        f"{characteristic}DateOfBirth": NORA.birth,
        f"{characteristic}BiologicalSex": "HKBiologicalSexFemale",
        f"{characteristic}BloodType": "HKBloodTypeNotSet",
        f"{characteristic}FitzpatrickSkinType": "HKFitzpatrickSkinTypeNotSet",
    }
