"""What a document takes back, leaves unknown, denies or only plans never reads as a fact."""

import pytest

from secondlens.domain import clinical
from secondlens.domain.record import Record
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile

T = "2.16.840.1.113883.10.20.22.4."
SNOMED = 'codeSystem="2.16.840.1.113883.6.96"'
ASTHMA = f'<value xsi:type="CD" code="195967001" {SNOMED} displayName="Asthma"/>'
COMPLETED = '<statusCode code="completed"/>'
NULLIFIED = '<statusCode code="nullified"/>'


def _read(code: str, *entries: str) -> list[Record]:
    section = (
        '<section xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<code code="{code}"/><title>Heading</title><text>x</text>'
        + "".join(f"<entry>{entry}</entry>" for entry in entries)
        + "</section>"
    ).encode()
    read = CCDA.read(IncomingFile("file.xml", section))
    return [part for part in read if isinstance(part, Record) and not isinstance(part, clinical.Composition)]


def _only(code: str, entry: str) -> Record:
    (record,) = _read(code, entry)
    return record


def _act(inner: str, status: str = "active", attributes: str = "", template: str = "3") -> str:
    return (
        f'<act classCode="ACT" moodCode="EVN" {attributes}><templateId root="{T}{template}"/><code code="CONC"/>'
        f'<statusCode code="{status}"/><entryRelationship typeCode="SUBJ">{inner}</entryRelationship></act>'
    )


def _problem(inner: str = COMPLETED + ASTHMA, attributes: str = "") -> str:
    return (
        f'<observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{T}4"/>'
        f'<code code="55607006" {SNOMED}/>{inner}</observation>'
    )


def _condition(entry: str) -> clinical.Condition:
    record = _only("11450-4", entry)
    assert isinstance(record, clinical.Condition)
    return record


def _result(value: str, status: str = COMPLETED, attributes: str = "") -> str:
    return (
        f'<observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{T}2"/>'
        f'<code code="2345-7" codeSystem="2.16.840.1.113883.6.1" displayName="Glucose"/>'
        f"{status}{value}</observation>"
    )


def _medicine(name: str = "Aspirin", mood: str = "EVN", inner: str = "", template: str = "16") -> str:
    return (
        f'<substanceAdministration classCode="SBADM" moodCode="{mood}"><templateId root="{T}{template}"/>'
        f'<statusCode code="active"/><consumable><manufacturedProduct><manufacturedMaterial>'
        f'<code code="1" codeSystem="2.16.840.1.113883.6.88" displayName="{name}"/>'
        f"</manufacturedMaterial></manufacturedProduct></consumable>{inner}</substanceAdministration>"
    )


def _allergy(substance: str, inner: str = "", attributes: str = "") -> clinical.AllergyIntolerance:
    record = _only(
        "48765-2",
        _act(
            f'<observation classCode="OBS" moodCode="EVN" {attributes}><templateId root="{T}7"/>'
            f'<code code="ASSERTION"/>{COMPLETED}'
            f'<value xsi:type="CD" code="419199007" {SNOMED} displayName="Allergy to substance"/>'
            f'<participant typeCode="CSM"><participantRole><playingEntity>{substance}</playingEntity>'
            f"</participantRole></participant>{inner}</observation>",
            template="30",
        ),
    )
    assert isinstance(record, clinical.AllergyIntolerance)
    return record


@pytest.mark.parametrize(
    "entry",
    [
        _act(_problem(), status="nullified"),
        _act(_problem(NULLIFIED + ASTHMA, 'negationInd="true"')),
        _problem(NULLIFIED + ASTHMA),
    ],
)
def test_a_problem_taken_back_is_entered_in_error(entry: str) -> None:
    found = _condition(entry)
    assert (found.status, found.verification) == ("entered-in-error", "entered-in-error")


def test_an_allergy_taken_back_is_entered_in_error() -> None:
    observation = f'<observation classCode="OBS" moodCode="EVN"><templateId root="{T}7"/>{NULLIFIED}</observation>'
    found = _only("48765-2", _act(observation, template="30"))
    assert isinstance(found, clinical.AllergyIntolerance)
    assert (found.status, found.verification) == ("entered-in-error", "entered-in-error")


def test_all_results_of_a_panel_taken_back_are_entered_in_error() -> None:
    result = _result('<value xsi:type="PQ" value="5.4" unit="mmol/L"/>')
    panel = f'<organizer classCode="BATTERY" moodCode="EVN">{NULLIFIED}<component>{result}</component></organizer>'
    assert [record.status for record in _read("30954-2", panel)] == ["entered-in-error"] * 2


@pytest.mark.parametrize("attributes", ['moodCode="INT"', 'moodCode="EVN" negationInd="true"'])
def test_a_planned_or_refused_procedure_taken_back_is_entered_in_error(attributes: str) -> None:
    entry = f'<procedure classCode="PROC" {attributes}><code code="3" displayName="Appendectomy"/>{NULLIFIED}'
    assert _only("47519-4", entry + "</procedure>").status == "entered-in-error"


def test_a_problem_whose_code_is_marked_unknown_is_not_named_after_it() -> None:
    unknown = f'<value xsi:type="CD" nullFlavor="UNK" code="195967001" {SNOMED} displayName="Asthma"/>'
    found = _condition(_problem(COMPLETED + unknown))
    assert found.title != "Asthma"
    assert found.codes == ()


@pytest.mark.parametrize(
    "value",
    [
        '<value xsi:type="CD" nullFlavor="NA" code="10828004" displayName="Positive"/>',
        '<value xsi:type="ST" nullFlavor="NI">Positive</value>',
        '<value xsi:type="TS" nullFlavor="UNK" value="20240101"/>',
    ],
)
def test_a_value_marked_unknown_is_no_value(value: str) -> None:
    found = _only("30954-2", _result(value))
    assert isinstance(found, clinical.Observation)
    assert (found.value, found.value_when) == (None, None)


@pytest.mark.parametrize(
    "entry", [_problem(attributes='nullFlavor="NI"'), _act(_problem(), attributes='nullFlavor="NI"')]
)
def test_an_entry_marked_unknown_is_kept_as_words_that_claim_nothing(entry: str) -> None:
    found = _only("11450-4", entry)
    assert isinstance(found, clinical.OtherResource)
    assert (found.kind, found.codes) == ("Basic", ())
    assert (found.text or "").startswith("The source marks this entry as not known.")
    assert "Asthma" in (found.text or "")


def test_no_current_problems_is_negated() -> None:
    value = f'<value xsi:type="CD" code="160245001" {SNOMED} displayName="No current problems or disability"/>'
    assert _condition(_problem(COMPLETED + value)).negated


@pytest.mark.parametrize("name", ["No known drug allergies", "NKDA", "None known"])
def test_an_allergy_named_none_known_is_negated(name: str) -> None:
    assert _allergy(f"<name>{name}</name>").negated


def test_an_allergy_known_by_name_alone_does_not_take_the_code_of_its_sort() -> None:
    found = _allergy("<name>Latex</name>")
    assert (found.title, found.codes, found.negated) == ("Latex", (), False)
    assert "Kind: Allergy to substance" in (found.note or "")


def _linked(kind: str, template: str, link: str = "", own: str = "") -> str:
    return (
        f'<entryRelationship typeCode="{kind}" {link}><observation classCode="OBS" moodCode="EVN" {own}>'
        f'<templateId root="{T}{template}"/><code code="ASSERTION"/>'
        '<value xsi:type="CD" code="247472004" displayName="Hives"/></observation></entryRelationship>'
    )


DENIALS = [("negationInd='true'", ""), ("", "negationInd='true'")]


@pytest.mark.parametrize(("link", "own"), DENIALS)
def test_a_denied_reaction_is_a_note_and_no_reaction(link: str, own: str) -> None:
    found = _allergy("<name>Latex</name>", _linked("MFST", "9", link, own))
    assert found.reactions == ()
    assert "Not: Hives" in (found.note or "")
    assert not found.negated


@pytest.mark.parametrize(("link", "own"), DENIALS)
def test_a_denied_indication_is_not_the_reason(link: str, own: str) -> None:
    found = _only("10160-0", _medicine(inner=_linked("RSON", "19", link, own)))
    assert isinstance(found, clinical.MedicationStatement)
    assert found.reason is None
    assert "Not: Hives" in (found.note or "")


@pytest.mark.parametrize(("link", "own"), DENIALS)
def test_a_denied_severity_is_skipped_and_noted(link: str, own: str) -> None:
    found = _condition(_problem(COMPLETED + ASTHMA + _linked("SUBJ", "8", link, own)))
    assert found.severity is None
    assert "Not: Hives" in (found.note or "")


@pytest.mark.parametrize("mood", ["PRP", "RQO", "PRMS"])
def test_a_medicine_proposed_or_asked_for_is_no_medicine_taken(mood: str) -> None:
    assert _only("10160-0", _medicine(mood=mood)).kind == "MedicationRequest"


def test_what_stands_in_a_plan_and_is_not_completed_is_a_request() -> None:
    entry = '<procedure classCode="PROC" moodCode="EVN"><code code="2" displayName="Colonoscopy"/>'
    active = f'{entry}<statusCode code="active"/></procedure>'
    assert [record.kind for record in _read("18776-5", active, f"{entry}{COMPLETED}</procedure>")] == [
        "ServiceRequest",
        "Procedure",
    ]


@pytest.mark.parametrize(
    ("edges", "text"),
    [
        ('<low value="5" unit="mg" inclusive="false"/><high value="10" unit="mg"/>', ">5 mg and <=10 mg"),
        ('<low value="5" unit="mg"/><high nullFlavor="UNK"/>', "from 5 mg, upper end not given"),
        ('<low nullFlavor="NI"/><high value="5" unit="mg"/>', "up to 5 mg, lower end not given"),
    ],
)
def test_an_interval_says_which_end_is_open_or_not_given(edges: str, text: str) -> None:
    found = _only("30954-2", _result(f'<value xsi:type="IVL_PQ">{edges}</value>'))
    assert isinstance(found, clinical.Observation)
    assert found.value is not None
    assert found.value.plain() == text


@pytest.mark.parametrize(
    ("concern", "status"),
    [("active", "active"), ("completed", "resolved"), ("", "resolved")],
)
def test_an_end_without_a_date_is_told_and_counts_where_nothing_else_is_said(concern: str, status: str) -> None:
    times = '<effectiveTime><low value="2012"/><high nullFlavor="UNK"/></effectiveTime>'
    found = _condition(_act(_problem(COMPLETED + times + ASTHMA), status=concern))
    assert found.status == status
    assert found.end is None
    assert "By the rules this means resolved." in (found.note or "")


def test_no_known_medicines_is_not_a_medicine_that_is_taken() -> None:
    found = _only("10160-0", _medicine("No known medications"))
    assert (found.negated, found.status) == (True, None)


def test_how_many_of_a_device_were_handed_out_is_told() -> None:
    supply = (
        f'<supply classCode="SPLY" moodCode="EVN"><templateId root="{T}50"/><statusCode code="completed"/>'
        '<quantity value="2"/></supply>'
    )
    assert "Amount: 2" in (_only("46264-8", supply).note or "")
