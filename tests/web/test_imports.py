"""One fact of two files, files that differ, and an import taken back, as pages."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from secondlens.actions.cases import case_file
from secondlens.actions.importing import keep, read_files
from secondlens.actions.packets import packet_of
from secondlens.domain.case import Case, PacketChoice
from secondlens.importers.incoming import IncomingFile
from secondlens.web.door import Door
from tests.web.asking import Browser

Browse = Callable[[Door], Browser]
ANN = {"resourceType": "Patient", "id": "p", "name": [{"text": "Ann Sample"}], "birthDate": "1980-01-01"}


def medicine(number: str, dose: int) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": number,
        "status": "active",
        "medicationCodeableConcept": {"text": "Metformin"},
        "effectivePeriod": {"start": "2021-03"},
        "dosage": [{"doseAndRate": [{"doseQuantity": {"value": dose, "unit": "mg"}}]}],
    }


def bring(door: Door, name: str, *resources: dict[str, Any], run: str | None = None) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in (ANN, *resources)]}
    for read in read_files([IncomingFile(name, json.dumps(bundle).encode())]):
        keep(door.open_vault(), read, run)


def test_a_record_names_every_file_that_tells_it(opened: Door, browse: Browse) -> None:
    bring(opened, "practice.json", medicine("a1", 500))
    bring(opened, "hospital.json", medicine("z9", 500) | {"note": [{"text": "from the hospital"}]})
    (kept,) = opened.open_vault().list("MedicationStatement")
    page = browse(opened).get(f"/s/{opened.session}/records/{kept.id}").text
    assert "Other files that say so" in page
    assert page.index("practice.json") < page.index("hospital.json")
    assert "from the hospital" in page


def test_a_packet_names_every_file_that_tells_a_fact(opened: Door) -> None:
    vault = opened.open_vault()
    bring(opened, "practice.json", medicine("a1", 500))
    bring(opened, "hospital.json", medicine("z9", 500))
    bring(opened, "practice-again.json", medicine("a1", 500), medicine("b2", 20))
    case = vault.add(Case(title="What is it?"))
    (told,) = (kept for kept in vault.list("MedicationStatement") if "500" in str(kept.record))
    vault.add(PacketChoice(title="chosen", case=case.id, chosen=(told.id,)))
    packet = packet_of(vault, case_file(vault, case.id), date(2026, 11, 25))
    (entry,) = packet.part("medicines").entries
    (saying,) = entry.says
    names = {note.number: note.text for note in packet.footnotes}
    said = " ".join(names[number] for number in saying.sources)
    assert all(name in said for name in ("practice.json", "hospital.json", "practice-again.json"))


def test_files_that_give_two_doses_are_put_side_by_side(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    bring(opened, "practice.json", medicine("a1", 500))
    assert "do not disagree anywhere" in browser.get(f"/s/{opened.session}/records/differences").text
    bring(opened, "hospital.json", medicine("z9", 1000))
    page = browser.get(f"/s/{opened.session}/records/differences").text
    assert "The files give different doses." in page
    assert "500 mg" in page
    assert "1000 mg" in page
    assert "practice.json" in page
    assert "hospital.json" in page


def test_an_import_is_looked_at_and_taken_back(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    bring(opened, "practice.json", medicine("a1", 500), run="first")
    bring(opened, "wrong.json", medicine("z9", 1000), run="second")
    inside = f"/s/{opened.session}"
    assert "wrong.json" in browser.get(f"{inside}/imports").text
    assert "Take this import back" in browser.get(f"{inside}/imports/second").text
    answer = browser.post(f"{inside}/imports/second", {})
    while answer.status == 303:
        answer = browser.get(str(answer.location))
    assert "1 record went out of sight." in answer.text
    assert [kept.record.title for kept in opened.open_vault().list("MedicationStatement")] == ["Metformin"]
    assert "Taken back on" in browser.get(f"{inside}/imports").text
    assert "was taken back on" in browser.get(f"{inside}/imports/second").text


def test_an_import_taken_back_twice_is_a_calm_sentence(opened: Door, browse: Browse) -> None:
    browser = browse(opened)
    bring(opened, "wrong.json", medicine("z9", 1000), run="only")
    opened.open_vault().take_back("only")
    answer = browser.post(f"/s/{opened.session}/imports/only", {})
    while answer.status == 303:
        answer = browser.get(str(answer.location))
    assert "was taken back already. Nothing was changed." in answer.text


def test_an_import_that_is_not_there_is_a_calm_page(opened: Door, browse: Browse) -> None:
    answer = browse(opened).get(f"/s/{opened.session}/imports/none")
    assert answer.status == 404
    assert "not in the vault" in answer.text
