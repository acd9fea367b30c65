"""Two C-CDA R2.1 documents as a patient portal gives them: the practice's summary, the first doctor's note."""

from secondlens.domain.coding import LOINC, SNOMED, Coding
from secondlens.sample._ccda_elements import (
    TEMPLATE,
    Element,
    at,
    code,
    doctor_author,
    identifier,
    paragraphs,
    section,
    span,
    table,
    tag,
    templates,
    text,
)
from secondlens.sample._ccda_events import encounters_section, immunizations_section, procedures_section
from secondlens.sample._ccda_header import Head, document
from secondlens.sample._ccda_lists import allergies_section, medications_section, problems_section
from secondlens.sample._ccda_measurements import results_section, vitals_section
from secondlens.sample.story.chart import ALLERGIES, LUPUS, NERVE_TEST, PROBLEMS, PROCEDURES, SJOGREN, VACCINATIONS
from secondlens.sample.story.laboratory import draws_of
from secondlens.sample.story.medicines import HYDROXYCHLOROQUINE_NOW, MEDICINES
from secondlens.sample.story.people import DISCLAIMER, DR_EXAMPLE, DR_PLACEHOLDER, PRACTICE, RHEUMATOLOGY
from secondlens.sample.story.visits import (
    CONSULTATION_DAY,
    EXAMINATION,
    HISTORY,
    SUMMARY_DAY,
    VISITS,
    Visit,
    consultation,
    visits_of,
)
from secondlens.sample.story.vital_signs import vitals_of


def summary() -> bytes:
    """The continuity of care document (CCD) of the family practice."""
    return document(
        Head(
            template=f"{TEMPLATE}.1.2",
            coding=Coding(LOINC, "34133-9", "Summarization of episode note"),
            title="Summary of care, Sample Valley Family Practice",
            day=SUMMARY_DAY,
            author=DR_PLACEHOLDER,
            covers=(VISITS[0].start, SUMMARY_DAY),
        ),
        (
            allergies_section(ALLERGIES),
            medications_section(MEDICINES),
            problems_section(PROBLEMS),
            procedures_section(PROCEDURES),
            results_section(draws_of(PRACTICE)),
            vitals_section(vitals_of(PRACTICE)),
            immunizations_section(VACCINATIONS),
            encounters_section(VISITS),
            _social_history(),
            _notes(visits_of(DR_PLACEHOLDER)),
            _plan(),
            _about(),
        ),
    )


def consultation_note() -> bytes:
    """The consultation note of the first rheumatologist, with the results of her clinic."""
    visit = consultation()
    return document(
        Head(
            template=f"{TEMPLATE}.1.4",
            coding=Coding(LOINC, "11488-4", "Consultation note"),
            title="Consultation note, Example Rheumatology Center",
            day=CONSULTATION_DAY,
            author=DR_EXAMPLE,
            covers=(CONSULTATION_DAY, CONSULTATION_DAY),
        ),
        (
            _words("10164-2", "History of present illness", HISTORY, "1.3.6.1.4.1.19376.1.5.3.1.3.4"),
            allergies_section(ALLERGIES),
            medications_section((HYDROXYCHLOROQUINE_NOW,)),
            problems_section((LUPUS, SJOGREN)),
            _words("29545-1", "Physical findings", EXAMINATION, "2.16.840.1.113883.10.20.2.10", "2015-08-01"),
            results_section(draws_of(RHEUMATOLOGY)),
            vitals_section(vitals_of(RHEUMATOLOGY)),
            encounters_section((visit,)),
            _words("51847-2", "Assessment and plan", visit.words, f"{TEMPLATE}.2.9", "2014-06-09"),
            _about(),
        ),
    )


def _words(loinc: str, title: str, words: str, template: str, extension: str | None = None) -> Element:
    return section(templates(template, extension), Coding(LOINC, loinc, title), title, paragraphs(words))


def _about() -> Element:
    return section((), Coding(LOINC, "48767-8", "Annotation comment"), "About this file", paragraphs(DISCLAIMER))


def _social_history() -> Element:
    observation = tag(
        "observation",
        {"classCode": "OBS", "moodCode": "EVN"},
        *templates(f"{TEMPLATE}.4.78", "2014-06-09"),
        identifier("smoking"),
        code(Coding(LOINC, "72166-2", "Tobacco smoking status")),
        text("smoking"),
        tag("statusCode", {"code": "completed"}),
        at(VISITS[0].start),
        code(Coding(SNOMED, "266919005", "Never smoked tobacco"), name="value", kind="CD"),
    )
    return section(
        templates(f"{TEMPLATE}.2.17", "2015-08-01"),
        Coding(LOINC, "29762-2", "Social history"),
        "Social history",
        (table(("Topic", "Finding"), (("Smoking", ("Never smoked", "smoking")),)),),
        (observation,),
    )


def _notes(visits: tuple[Visit, ...]) -> Element:
    words = [(f"{visit.start[:10]}: {visit.words}", f"note{number}") for number, visit in enumerate(visits, 1)]
    return section(
        templates(f"{TEMPLATE}.2.65", "2016-11-01"),
        Coding(LOINC, "11506-3", "Progress note"),
        "Notes",
        paragraphs(*words),
        [_note(visit, number) for number, visit in enumerate(visits, 1)],
    )


def _note(visit: Visit, number: int) -> Element:
    return tag(
        "act",
        {"classCode": "ACT", "moodCode": "EVN"},
        *templates(f"{TEMPLATE}.4.202", "2016-11-01"),
        identifier(f"note-{number}"),
        code(
            Coding(LOINC, "34109-9", "Note"), code(Coding(LOINC, "11506-3", "Progress note"), name="translation")
        ),
        text(f"note{number}"),
        tag("statusCode", {"code": "completed"}),
        at(visit.start),
        doctor_author(visit.doctor, visit.start),
    )


def _plan() -> Element:
    words = f"{NERVE_TEST.name}: still to be done, no date. Support for a second opinion."
    planned = tag(
        "procedure",
        {"classCode": "PROC", "moodCode": "RQO"},
        *templates(f"{TEMPLATE}.4.41", "2014-06-09"),
        identifier("planned-1"),
        tag(
            "code",
            {"nullFlavor": "OTH"},
            tag("originalText", {}, tag("reference", {"value": "#planned1"})),
        ),
        text("planned1"),
        tag("statusCode", {"code": "active"}),
        span(None),
    )
    return section(
        templates(f"{TEMPLATE}.2.10", "2014-06-09"),
        Coding(LOINC, "18776-5", "Plan of treatment"),
        "Plan of treatment",
        paragraphs(words, (NERVE_TEST.name, "planned1")),
        (planned,),
    )
