"""What she takes, took, and was given but never took."""

from dataclasses import dataclass

from secondlens.domain.coding import RXNORM, Coding
from secondlens.sample.story.chart import DYSAUTONOMIA, LUPUS
from secondlens.sample.story.people import DR_EXAMPLE, DR_MODEL, DR_PLACEHOLDER, Doctor


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """A medicine as listed. `every_hours` None means as needed; `not_taken` that she never started.

    `stopped_early` is for one that was not meant to end when it did.
    """

    name: str
    code: Coding
    dose: str
    dose_unit: str
    every_hours: int | None
    instruction: str
    start: str
    end: str | None = None
    why: str
    not_taken: bool = False
    stopped_early: bool = False
    note: str | None = None
    prescriber: Doctor


_PLAQUENIL = Coding(RXNORM, "979092", "hydroxychloroquine sulfate 200 MG Oral Tablet")
HYDROXYCHLOROQUINE_FIRST = Medicine(
    name="Hydroxychloroquine 200 mg tablet",
    code=_PLAQUENIL,
    dose="400",
    dose_unit="mg",
    every_hours=24,
    instruction="Two tablets (400 mg) by mouth once a day",
    start="2022-03-21",
    end="2024-05-06",
    why=LUPUS.name,
    note="Dose lowered on 6 May 2024 for body weight.",
    prescriber=DR_EXAMPLE,
)
HYDROXYCHLOROQUINE_NOW = Medicine(
    name="Hydroxychloroquine 200 mg tablet",
    code=_PLAQUENIL,
    dose="200",
    dose_unit="mg",
    every_hours=24,
    instruction="One tablet (200 mg) by mouth once a day",
    start="2024-05-06",
    why=LUPUS.name,
    prescriber=DR_EXAMPLE,
)
MIDODRINE = Medicine(
    name="Midodrine 2.5 mg tablet",
    code=Coding(RXNORM, "6963", "midodrine"),
    dose="2.5",
    dose_unit="mg",
    every_hours=8,
    instruction="One tablet by mouth three times a day while upright",
    start="2025-12-04",
    why=DYSAUTONOMIA.name,
    not_taken=True,
    note="Prescribed and never started. She wants the nerve test first.",
    prescriber=DR_MODEL,
)
AZATHIOPRINE = Medicine(
    name="Azathioprine 50 mg tablet",
    code=Coding(RXNORM, "1256", "azathioprine"),
    dose="50",
    dose_unit="mg",
    every_hours=24,
    instruction="One tablet by mouth once a day",
    start="2022-09-12",
    end="2023-01-18",
    why=LUPUS.name,
    stopped_early=True,
    note="Stopped because of a side effect: nausea and vomiting.",
    prescriber=DR_EXAMPLE,
)
MEDICINES = (
    HYDROXYCHLOROQUINE_NOW,
    HYDROXYCHLOROQUINE_FIRST,
    AZATHIOPRINE,
    Medicine(
        name="Pilocarpine 5 mg tablet",
        code=Coding(RXNORM, "8328", "pilocarpine"),
        dose="5",
        dose_unit="mg",
        every_hours=8,
        instruction="One tablet by mouth three times a day",
        start="2023-08-02",
        why="Dry mouth",
        prescriber=DR_EXAMPLE,
    ),
    Medicine(
        name="Cholecalciferol 1000 unit capsule",
        code=Coding(RXNORM, "2418", "cholecalciferol"),
        dose="1000",
        dose_unit="[iU]",
        every_hours=24,
        instruction="One capsule by mouth once a day",
        start="2021-05",
        why="Vitamin D deficiency",
        prescriber=DR_PLACEHOLDER,
    ),
    Medicine(
        name="Acetaminophen 500 mg tablet",
        code=Coding(RXNORM, "161", "acetaminophen"),
        dose="500",
        dose_unit="mg",
        every_hours=None,
        instruction="One tablet by mouth when there is fever, at most three a day",
        start="2026-03-25",
        why="Fever",
        prescriber=DR_PLACEHOLDER,
    ),
    MIDODRINE,
)
