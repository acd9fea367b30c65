"""Made-up cases and records that the packet's tests share. Nobody here exists."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdfium2

from secondlens.domain.case import Case, CaseFile, CasePart, Decision, Opinion, PacketChoice, Question, Reason
from secondlens.domain.clinical import (
    AllergyIntolerance,
    Component,
    Composition,
    Condition,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Immunization,
    MedicationRequest,
    MedicationStatement,
    Observation,
    OtherResource,
    Procedure,
    Reaction,
    ServiceRequest,
)
from secondlens.domain.coding import LOINC, Coding
from secondlens.domain.packet import Packet, build_packet
from secondlens.domain.people import Patient, Practitioner
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Kept, Record
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.exporters.packet_pdf import PacketPdf, Paper

MADE_ON = date(2026, 11, 22)
CLINIC, HEART = "c" * 64, "4" * 64
DOCUMENTS = {CLINIC: "family-practice.xml", HEART: "heart-clinic.json"}


def source(section: str | None = None, sha256: str = CLINIC) -> Source:
    """A place in one of the two files."""
    return Source(sha256=sha256, where="entry[1]", importer="test", section=section)


def kept(*records: Record) -> tuple[Kept, ...]:
    """The records as a vault would give them."""
    return tuple(
        Kept(id=f"r{place}", version=1, recorded_at="2026-11-20T08:00:00Z", record=record)
        for place, record in enumerate(records)
    )


def case_file(*parts: CasePart, case: Case | None = None) -> CaseFile:
    """A case with its parts."""
    whole = case or Case(title="What causes my evening fevers?", decision="Wait, or ask someone else to look.")
    stored = Kept(id="case", version=1, recorded_at="2026-11-20T08:00:00Z", record=whole)
    return CaseFile(case=stored, parts=tuple(replace(part, id=f"p-{part.id}") for part in kept(*parts)))


def journey() -> tuple[CasePart, ...]:
    """What the person wrote."""
    return (
        Reason(
            case="case",
            title="A fever most evenings since March. I was told it is stress.",
            goal="One clear plan.",
        ),
        Opinion(
            case="case",
            title="Stress and deconditioning.",
            doctor="Dr Ines Example",
            order="first",
            start=When("2026-05-12"),
            looked_at="My joints and that day's blood count.",
            plan="Regular walks. Come back in a year.",
            urgency="None.",
            unexplained="The fevers come in the evening. My ankles swell. The urine protein rises each year.",
        ),
        Decision(case="case", title="yes", specialty="Rheumatology", by=When("2027-01-31")),
        *(
            Question(case="case", rank=rank, title=title)
            for rank, title in enumerate(
                (
                    "Could one thing explain the fevers and the protein?",
                    "Does the lower dose matter?",
                    "Is the nerve test still worth doing?",
                    "When would we look again?",
                ),
                1,
            )
        ),
    )


def choose(*ids: str) -> PacketChoice:
    """A choice of records."""
    return PacketChoice(case="case", title="choice", chosen=ids)


def people() -> tuple[Record, ...]:
    """The person, as two sources describe them."""
    return (
        Patient(title="Nora Sample", birth=When("1984-02-09"), sex="female", source=source()),
        Patient(title="Nora A. Sample", birth=When("1984-02-09"), sex="female", source=source(sha256=HEART)),
    )


def facts() -> tuple[Record, ...]:
    """One record or more of each kind the packet shows."""
    problems, medicines, allergies = source("Problems"), source("Medications"), source("Allergies")
    heart = source(sha256=HEART)
    return (
        Condition(
            title="Systemic lupus erythematosus", start=When("2022-03-14"), status="active", source=problems
        ),
        Condition(title="Systemic lupus erythematosus", start=When("2022-03-14"), status="active", source=heart),
        Condition(
            title="Sjogren's syndrome", start=When("2023"), status="active", severity="mild", source=problems
        ),
        Condition(
            title="Iron deficiency", start=When("2019-05"), end=When("2020-01"), status="resolved", source=problems
        ),
        Condition(title="Diabetes mellitus", negated=True, verification="refuted", source=problems),
        Condition(title="Typing mistake", verification="entered-in-error", source=problems),
        AllergyIntolerance(
            title="Sulfonamide antibiotics",
            status="active",
            criticality="high",
            reactions=(Reaction(manifestation="rash", severity="moderate"),),
            source=allergies,
        ),
        AllergyIntolerance(title="No known food allergies", negated=True, source=allergies),
        MedicationStatement(
            title="Hydroxychloroquine",
            status="active",
            start=When("2024-06-03"),
            sig="200 mg by mouth once a day",
            dose=Quantity("200", "mg"),
            source=medicines,
        ),
        MedicationRequest(
            title="hydroxychloroquine",
            status="active",
            start=When("2024-06-03"),
            sig="200 mg by mouth once a day",
            source=heart,
        ),
        MedicationStatement(
            title="Pilocarpine",
            status="active",
            dose=Quantity("5", "mg"),
            timing="three times a day",
            source=medicines,
        ),
        MedicationStatement(
            title="Methotrexate",
            status="stopped",
            start=When("2022-09"),
            end=When("2023-02"),
            note="nausea",
            source=medicines,
        ),
        MedicationStatement(title="Prednisone", negated=True, status="not-taken", source=medicines),
        *series(),
        Observation(
            title="Blood pressure",
            category="vital-signs",
            start=When("2026-05-12"),
            components=(
                Component(title="Systolic", value=Quantity("118", "mm[Hg]")),
                Component(title="Diastolic", value=Quantity("74", "mm[Hg]")),
            ),
            source=heart,
        ),
        Procedure(title="Lip biopsy", status="completed", start=When("2023-01-20"), source=source("Procedures")),
        Procedure(
            title="Nerve conduction test", status="not-done", negated=True, start=When("2025-02"), source=heart
        ),
        Immunization(
            title="Influenza vaccine",
            status="completed",
            start=When("2025-10-02"),
            lot="L-7",
            source=source("Immunizations"),
        ),
        Immunization(
            title="Zoster live vaccine",
            status="not-done",
            negated=True,
            reason="immune system lowered",
            source=heart,
        ),
        Encounter(
            title="Rheumatology visit", start=When("2026-05-12"), place="Example Rheumatology Center", source=heart
        ),
        ServiceRequest(title="Echocardiogram", status="active", start=When("2026-06-01"), source=heart),
        DiagnosticReport(
            title="Kidney ultrasound", start=When("2026-04-02"), text="Both kidneys of normal size.", source=heart
        ),
        DocumentReference(title="Visit summary", start=When("2026-05-20"), media_type="text/xml", source=source()),
        Composition(
            title="Assessment",
            start=When("2026-05-12"),
            text="Fatigue.\nReview in a year.",
            source=source("Assessment"),
        ),
        Practitioner(title="Dr Paul Placeholder", specialty="Family medicine", source=source()),
        OtherResource(title="Walking aid", resource_type="DeviceUseStatement", text="stick", source=heart),
    )


def series() -> tuple[Observation, ...]:
    """Results with several values, and text that must stay as printed."""
    rising = (("2022-05-03", "88"), ("2023-05-09", "150"), ("2024-06-03", "262"), ("2026-05-12", "468"))
    protein = tuple(
        Observation(
            title="Protein/creatinine ratio, urine",
            codes=(Coding(LOINC, "2890-2"),),
            category="laboratory",
            start=When(day),
            value=Quantity(value, "mg/g"),
            interpretation="H",
            reference_range="<150",
            source=source("Results"),
        )
        for day, value in rising
    )
    return (
        *protein,
        replace(protein[-1], source=source(sha256=HEART)),
        Observation(
            title="ANA titre",
            category="laboratory",
            start=When("2022-03-01"),
            value=Quantity("1:640 speckled"),
            interpretation="A",
            source=source("Results"),
        ),
        Observation(
            title="Anti-dsDNA",
            category="laboratory",
            start=When("2022-03-01"),
            value=Quantity("<0.41", "IU/mL"),
            source=source("Results"),
        ),
        Observation(
            title="Ferritin", category="laboratory", value=Quantity("41", "µg/L"), source=source("Results")
        ),
    )


def packet_of(*records: Record, parts: tuple[CasePart, ...] = (), sample: bool = False) -> Packet:
    """A packet of records and case parts."""
    return build_packet(case_file(*parts), kept(*records), DOCUMENTS, MADE_ON, sample=sample)


def whole_packet() -> Packet:
    """Everything of the made-up case."""
    return packet_of(*people(), *facts(), parts=journey(), sample=True)


def pdf_of(packet: Packet, paper: Paper = "a4") -> bytes:
    """The packet's PDF."""
    out = BytesIO()
    PacketPdf(paper=paper).write(packet, out)
    return out.getvalue()


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page as an independent reader finds it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def bare(text: str) -> str:
    """Text without spaces, line ends and break marks, which a page may place where it likes."""
    return "".join(text.replace("\u200b", "").replace("\ufffe", "").split())
