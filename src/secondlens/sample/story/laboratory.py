"""Five years of laboratory results, from three providers and one laboratory.

Values are text, exactly as the laboratory printed them. Codes are LOINC, units UCUM.
"""

from dataclasses import dataclass
from decimal import Decimal

from secondlens.domain.quantity import Quantity
from secondlens.sample.story.people import LABORATORY, PRACTICE, RHEUMATOLOGY, Clinic


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryTest:
    """A laboratory test. `low` and `high` are the reference range, either may be missing; else `normal`."""

    name: str
    loinc: str
    panel: str
    unit: str | None = None
    low: str | None = None
    high: str | None = None
    normal: str | None = None

    @property
    def reference(self) -> str | None:
        """The reference range as printed."""
        if self.low and self.high:
            return f"{self.low} - {self.high}"
        return f"< {self.high}" if self.high else f"> {self.low}" if self.low else self.normal

    def flag(self, value: str) -> str | None:
        """The laboratory's own mark: "H", "L", "N" within the range, or None where it gives none."""
        number = Quantity(value).number
        if number is None or not (self.low or self.high):
            return None
        if self.low and number < Decimal(self.low):
            return "L"
        return "H" if self.high and number > Decimal(self.high) else "N"


BLOOD, INFLAMMATION, KIDNEYS, IMMUNE, STORES = (
    "Blood count",
    "Inflammation",
    "Kidneys and liver",
    "Immune system",
    "Iron, thyroid, vitamin D",
)
PANELS = (BLOOD, INFLAMMATION, KIDNEYS, IMMUNE, STORES)
PANEL_LOINC = {BLOOD: "58410-2"}

TESTS = {
    "wbc": LaboratoryTest(
        name="White blood cells", loinc="6690-2", panel=BLOOD, unit="10*3/uL", low="4.0", high="11.0"
    ),
    "hgb": LaboratoryTest(name="Hemoglobin", loinc="718-7", panel=BLOOD, unit="g/dL", low="12.0", high="15.5"),
    "plt": LaboratoryTest(name="Platelets", loinc="777-3", panel=BLOOD, unit="10*3/uL", low="150", high="400"),
    "lym": LaboratoryTest(name="Lymphocytes", loinc="731-0", panel=BLOOD, unit="10*3/uL", low="1.00", high="4.00"),
    "neu": LaboratoryTest(name="Neutrophils", loinc="751-8", panel=BLOOD, unit="10*3/uL", low="1.8", high="7.5"),
    "esr": LaboratoryTest(
        name="Sedimentation rate (ESR)", loinc="4537-7", panel=INFLAMMATION, unit="mm/h", high="20"
    ),
    "crp": LaboratoryTest(
        name="C-reactive protein (CRP)", loinc="1988-5", panel=INFLAMMATION, unit="mg/L", high="5.0"
    ),
    "crea": LaboratoryTest(
        name="Creatinine", loinc="2160-0", panel=KIDNEYS, unit="mg/dL", low="0.50", high="1.00"
    ),
    "egfr": LaboratoryTest(
        name="Estimated GFR", loinc="98979-8", panel=KIDNEYS, unit="mL/min/{1.73_m2}", low="60"
    ),
    "upcr": LaboratoryTest(
        name="Urine protein/creatinine ratio", loinc="2890-2", panel=KIDNEYS, unit="mg/g", high="150"
    ),
    "alb": LaboratoryTest(name="Albumin", loinc="1751-7", panel=KIDNEYS, unit="g/dL", low="3.5", high="5.0"),
    "alt": LaboratoryTest(
        name="Alanine aminotransferase (ALT)", loinc="1742-6", panel=KIDNEYS, unit="U/L", high="35"
    ),
    "ana": LaboratoryTest(name="Antinuclear antibodies (ANA)", loinc="5048-4", panel=IMMUNE, normal="< 1:80"),
    "dna": LaboratoryTest(name="Anti-dsDNA antibodies", loinc="5130-0", panel=IMMUNE, unit="[iU]/mL", high="10.0"),
    "c3": LaboratoryTest(name="Complement C3", loinc="4485-9", panel=IMMUNE, unit="mg/dL", low="90", high="180"),
    "c4": LaboratoryTest(
        name="Complement C4", loinc="4498-2", panel=IMMUNE, unit="mg/dL", low="10.0", high="40.0"
    ),
    "ssa": LaboratoryTest(name="SSA (Ro) antibodies", loinc="8093-7", panel=IMMUNE, normal="negative"),
    "fer": LaboratoryTest(name="Ferritin", loinc="2276-4", panel=STORES, unit="ng/mL", low="15.0", high="150.0"),
    "tsh": LaboratoryTest(
        name="Thyroid stimulating hormone (TSH)",
        loinc="3016-3",
        panel=STORES,
        unit="m[iU]/L",
        low="0.40",
        high="4.50",
    ),
    "vitd": LaboratoryTest(
        name="Vitamin D (25-hydroxy)", loinc="1989-3", panel=STORES, unit="ng/mL", low="30.0", high="100.0"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Blood and urine taken at one moment (local, with its zone); `values` pairs a key of TESTS with the value."""

    when: str
    place: Clinic
    values: tuple[tuple[str, str], ...]

    @property
    def day(self) -> str:
        """The date alone."""
        return self.when[:10]

    def results(self, panel: str) -> tuple[tuple[LaboratoryTest, str], ...]:
        """The results of one panel, in the order of TESTS."""
        found = dict(self.values)
        return tuple((test, found[key]) for key, test in TESTS.items() if test.panel == panel and key in found)


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Read "key=value; key=value"."""
    return tuple((key, value) for key, value in (pair.split("=") for pair in text.split("; ")))


def _draw(when: str, place: Clinic, text: str) -> Draw:
    return Draw(when=when, place=place, values=pairs(text))


DRAWS = (
    _draw(
        "2021-04-14T09:40-05:00",
        PRACTICE,
        "wbc=5.1; hgb=10.9; plt=248; lym=1.32; neu=3.1; esr=22; crp=2.1; crea=0.68; egfr=112; upcr=88; "
        "alb=4.4; alt=18; ana=1:160 speckled; dna=<0.41; fer=9.4; tsh=1.84; vitd=17.2",
    ),
    _draw(
        "2021-12-09T08:30-06:00",
        PRACTICE,
        "wbc=4.6; hgb=12.4; plt=231; lym=1.20; neu=2.8; esr=24; crp=1.8; fer=38.0; vitd=33.6",
    ),
    _draw(
        "2022-03-14T11:15-05:00",
        RHEUMATOLOGY,
        "wbc=3.6; hgb=12.1; plt=204; lym=0.91; neu=2.2; esr=41; crp=3.4; crea=0.70; egfr=110; upcr=96; "
        "alb=4.3; ana=1:640 speckled; dna=14.2; c3=84; c4=11.2; ssa=positive",
    ),
    _draw(
        "2023-03-20T08:20-05:00",
        PRACTICE,
        "wbc=4.4; hgb=12.8; plt=226; lym=1.08; neu=2.7; esr=26; crp=1.2; crea=0.71; egfr=108; upcr=118; "
        "alb=4.3; alt=21; fer=41.5; tsh=2.06; vitd=36.1",
    ),
    _draw(
        "2023-06-12T10:40-05:00",
        RHEUMATOLOGY,
        "wbc=4.3; lym=1.05; esr=25; crp=<0.6; upcr=121; dna=6.8; c3=98; c4=15.1; ssa=positive",
    ),
    _draw(
        "2024-03-18T08:15-05:00",
        PRACTICE,
        "wbc=4.5; hgb=12.9; plt=219; lym=1.11; neu=2.8; esr=24; crp=0.9; crea=0.72; egfr=106; upcr=146; "
        "alb=4.2; alt=19; tsh=2.11; vitd=38.4",
    ),
    _draw(
        "2024-06-10T10:20-05:00",
        RHEUMATOLOGY,
        "wbc=4.2; lym=1.02; esr=27; crp=1.1; upcr=153; dna=9.5; c3=94; c4=13.0",
    ),
    _draw(
        "2025-03-17T08:05-05:00",
        LABORATORY,
        "wbc=4.0; hgb=12.5; plt=208; lym=0.98; neu=2.5; esr=31; crp=1.6; crea=0.75; egfr=101; upcr=198; "
        "alb=4.1; dna=17.6; c3=88; c4=10.4; fer=52.0; tsh=2.24",
    ),
    _draw(
        "2025-11-17T08:10-06:00",
        LABORATORY,
        "wbc=3.8; hgb=12.2; plt=196; lym=0.90; neu=2.4; esr=36; crp=2.0; crea=0.78; egfr=97; upcr=274; "
        "alb=3.9; dna=28.4; c3=83; c4=9.1; tsh=2.31",
    ),
    _draw(
        "2026-03-23T08:00-05:00",
        LABORATORY,
        "wbc=3.4; hgb=11.8; plt=182; lym=0.81; neu=2.1; esr=48; crp=3.9; crea=0.81; egfr=93; upcr=318; "
        "alb=3.8; alt=22; dna=36.0; c3=80; c4=8.4",
    ),
    _draw(
        "2026-05-12T11:20-05:00",
        RHEUMATOLOGY,
        "wbc=3.5; hgb=11.7; plt=179; esr=49; crp=4.2; crea=0.81; upcr=352; ana=1:640 speckled; dna=41.3; "
        "c3=79; c4=8.2",
    ),
    _draw(
        "2026-06-08T09:55-05:00",
        PRACTICE,
        "wbc=3.4; hgb=11.6; plt=176; esr=51; crp=3.7; crea=0.82; egfr=91; upcr=371; alb=3.7; fer=118.0; "
        "tsh=2.40; vitd=35.2",
    ),
    _draw(
        "2026-08-24T08:10-05:00",
        LABORATORY,
        "wbc=3.3; hgb=11.4; plt=171; lym=0.74; neu=2.0; esr=54; crp=4.4; crea=0.84; egfr=89; upcr=409; "
        "alb=3.6; dna=52.7; c3=74; c4=7.3",
    ),
    _draw(
        "2026-11-03T08:05-06:00",
        LABORATORY,
        "wbc=3.1; hgb=11.2; plt=168; lym=0.69; neu=1.9; esr=58; crp=4.8; crea=0.86; egfr=86; upcr=468; "
        "alb=3.5; alt=20; ana=1:640 speckled; dna=63.0; c3=71; c4=6.9; ssa=positive; fer=131.0; tsh=2.36",
    ),
)
LAST_DRAW = DRAWS[-1]


def draws_of(clinic: Clinic) -> tuple[Draw, ...]:
    """The draws one place reported, oldest first."""
    return tuple(draw for draw in DRAWS if draw.place is clinic)
