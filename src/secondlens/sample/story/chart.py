"""Her health problems, allergies, vaccinations and procedures, as her clinicians listed them."""

from dataclasses import dataclass

from secondlens.domain.coding import CVX, ICD_10_CM, SNOMED, Coding
from secondlens.sample.story.people import HEART, PRACTICE, RHEUMATOLOGY, Clinic

CPT = "http://www.ama-assn.org/go/cpt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A health problem as a clinician listed it. `onset` and `end` are as vague as the source."""

    name: str
    codes: tuple[Coding, ...]
    onset: str
    end: str | None = None
    absent: bool = False
    note: str | None = None


LUPUS = Problem(
    name="Systemic lupus erythematosus",
    codes=(
        Coding(SNOMED, "55464009", "Systemic lupus erythematosus"),
        Coding(ICD_10_CM, "M32.9", "Systemic lupus erythematosus, unspecified"),
    ),
    onset="2022-03",
)
SJOGREN = Problem(
    name="Sjögren's syndrome",
    codes=(
        Coding(SNOMED, "83901003", "Sjögren's syndrome"),
        Coding(ICD_10_CM, "M35.00", "Sjögren syndrome, unspecified"),
    ),
    onset="2023-07",
    note="Lip biopsy June 2023.",
)
DYSAUTONOMIA = Problem(
    name="Suspected dysautonomia",
    codes=(Coding(ICD_10_CM, "G90.9", "Disorder of the autonomic nervous system, unspecified"),),
    onset="2025-11",
    note="Suspected, not confirmed. The planned nerve test has not been done.",
)
PROBLEMS = (
    LUPUS,
    SJOGREN,
    DYSAUTONOMIA,
    Problem(
        name="Fever in the evening, cause not known",
        codes=(
            Coding(SNOMED, "386661006", "Fever"),
            Coding(ICD_10_CM, "R50.9", "Fever, unspecified"),
        ),
        onset="2026-03",
        note="Most evenings, 37.8 to 38.3 Cel at home. No infection found.",
    ),
    Problem(
        name="Ankle swelling, both sides",
        codes=(Coding(ICD_10_CM, "R60.0", "Localized edema"),),
        onset="2026-03",
        note="Worse in the evening. Not explained.",
    ),
    Problem(
        name="Weight loss",
        codes=(Coding(ICD_10_CM, "R63.4", "Abnormal weight loss"),),
        onset="2026",
        note="Without trying.",
    ),
    Problem(
        name="Fatigue",
        codes=(Coding(SNOMED, "84229001", "Fatigue"),),
        onset="2021",
    ),
    Problem(
        name="Raynaud's syndrome",
        codes=(Coding(ICD_10_CM, "I73.00", "Raynaud's syndrome without gangrene"),),
        onset="2020",
    ),
    Problem(
        name="Iron deficiency anemia",
        codes=(
            Coding(SNOMED, "87522002", "Iron deficiency anemia"),
            Coding(ICD_10_CM, "D50.9", "Iron deficiency anemia, unspecified"),
        ),
        onset="2021-04",
        end="2021-12",
    ),
    Problem(
        name="Vitamin D deficiency",
        codes=(
            Coding(SNOMED, "34713006", "Vitamin D deficiency"),
            Coding(ICD_10_CM, "E55.9", "Vitamin D deficiency, unspecified"),
        ),
        onset="2021-04",
        end="2022-06",
    ),
    Problem(
        name="Deep venous thrombosis",
        codes=(Coding(SNOMED, "128053003", "Deep venous thrombosis"),),
        onset="2026-06-10",
        absent=True,
        note="Ultrasound of both legs on 10 June 2026: no clot.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """An allergy, or with `absent` the statement that there is none of this kind."""

    substance: str
    code: Coding | None
    type_code: Coding
    category: str
    start: str | None = None
    reaction: Coding | None = None
    severity: Coding | None = None
    absent: bool = False


SULFONAMIDE = Allergy(
    substance="Sulfonamide antibiotics",
    code=Coding(SNOMED, "387406002", "Sulfonamide"),
    type_code=Coding(SNOMED, "416098002", "Drug allergy"),
    category="medication",
    start="2009",
    reaction=Coding(SNOMED, "271807003", "Rash"),
    severity=Coding(SNOMED, "6736007", "Moderate"),
)
ALLERGIES = (
    SULFONAMIDE,
    Allergy(
        substance="No known food allergy",
        code=None,
        type_code=Coding(SNOMED, "414285001", "Food allergy"),
        category="food",
        absent=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vaccination:
    """A vaccination; `not_given_because` says it was NOT given."""

    name: str
    code: Coding
    day: str
    lot: str | None = None
    not_given_because: str | None = None


VACCINATIONS = (
    Vaccination(name="Tdap vaccine", code=Coding(CVX, "115", "Tdap"), day="2019-06-11", lot="SAMPLE-0115"),
    Vaccination(
        name="COVID-19 vaccine, mRNA",
        code=Coding(CVX, "208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose"),
        day="2021-04-20",
        lot="SAMPLE-0208",
    ),
    Vaccination(
        name="Pneumococcal vaccine (PCV20)",
        code=Coding(CVX, "216", "Pneumococcal conjugate PCV20"),
        day="2022-05-10",
        lot="SAMPLE-0216",
    ),
    Vaccination(
        name="Measles, mumps and rubella vaccine",
        code=Coding(CVX, "03", "MMR"),
        day="2022-10-11",
        not_given_because="Live vaccine, not given while taking azathioprine",
    ),
    Vaccination(
        name="Influenza vaccine",
        code=Coding(CVX, "140", "Influenza, seasonal, injectable, preservative free"),
        day="2024-10-15",
        lot="SAMPLE-1424",
    ),
    Vaccination(
        name="Influenza vaccine",
        code=Coding(CVX, "140", "Influenza, seasonal, injectable, preservative free"),
        day="2025-10-08",
        lot="SAMPLE-1425",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Something done, or with `not_done_because` planned and not done."""

    name: str
    code: Coding | None
    day: str
    place: Clinic
    outcome: str | None = None
    not_done_because: str | None = None


LIP_BIOPSY = Procedure(
    name="Lip biopsy",
    code=Coding(CPT, "40490", "Biopsy of lip"),
    day="2023-06-26",
    place=RHEUMATOLOGY,
    outcome="Focus score 2 in 4 mm2.",
)
ECHOCARDIOGRAM = Procedure(
    name="Echocardiogram",
    code=Coding(SNOMED, "40701008", "Echocardiography"),
    day="2025-12-04",
    place=HEART,
    outcome="Normal heart chambers. Ejection fraction 62 %. Small rim of fluid, 4 mm, around the heart.",
)
LEG_ULTRASOUND = Procedure(
    name="Ultrasound of the leg veins, both sides",
    code=Coding(CPT, "93970", "Duplex scan of extremity veins, complete bilateral study"),
    day="2026-06-10",
    place=PRACTICE,
    outcome="No clot.",
)
NERVE_TEST = Procedure(
    name="Autonomic nerve test",
    code=None,
    day="2026-02-19",
    place=HEART,
    not_done_because="The clinic cancelled the day. No new date was given",
)
PROCEDURES = (LIP_BIOPSY, ECHOCARDIOGRAM, LEG_ULTRASOUND, NERVE_TEST)
