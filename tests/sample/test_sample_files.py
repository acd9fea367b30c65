import json
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pypdfium2
from lxml import etree

from secondlens.sample import write_sample
from secondlens.sample.story.people import CLINICS, DOCTORS, NORA

MARKS = ("Sample", "Example", "Placeholder", "Model", "Made-Up")
SAME_AGAIN = """
import sys
from hashlib import sha256
from pathlib import Path
from secondlens.sample import write_sample
for path in write_sample(Path(sys.argv[1])):
    print(path.name, sha256(path.read_bytes()).hexdigest())
"""


def texts(sample_bytes: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """The readable text of every file but the scan, whose words are tested on their own."""
    for name, content in sample_bytes.items():
        if name.endswith((".xml", ".json")):
            yield name, content.decode()
        elif name.endswith(".zip"):
            with ZipFile(BytesIO(content)) as archive:
                for member in archive.namelist():
                    yield member, archive.read(member).decode()
        elif name.endswith(".pdf"):
            yield name, pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()


def test_another_process_writes_the_same_bytes(sample_bytes: dict[str, bytes], tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SAME_AGAIN, str(tmp_path / "again")], check=True, capture_output=True, text=True
    )
    again = dict(line.split() for line in ran.stdout.splitlines())
    assert again == {name: sha256(content).hexdigest() for name, content in sample_bytes.items()}


def test_another_seed_changes_only_what_is_random(sample_bytes: dict[str, bytes], tmp_path: Path) -> None:
    others = {path.name: path.read_bytes() for path in write_sample(tmp_path, seed=8)}
    changed = {name for name, content in others.items() if content != sample_bytes[name]}
    assert changed == {"export.zip", "nora-sample-scanned-letter.jpg"}


def test_all_files_together_stay_small(sample_bytes: dict[str, bytes]) -> None:
    assert len(sample_bytes) == 6
    assert sum(len(content) for content in sample_bytes.values()) <= 1_500_000
    assert len(sample_bytes["nora-sample-scanned-letter.jpg"]) <= 300_000


def test_every_file_says_that_it_is_made_up(sample_bytes: dict[str, bytes]) -> None:
    read = dict(texts(sample_bytes))
    assert len(read) == 6
    assert all("MADE-UP SAMPLE" in text for text in read.values())
    assert b"MADE-UP SAMPLE" in sample_bytes["nora-sample-scanned-letter.jpg"]


def test_every_name_in_the_files_carries_a_made_up_word(sample_bytes: dict[str, bytes]) -> None:
    names: list[str] = []
    for name, text in texts(sample_bytes):
        if name.endswith(".xml"):
            root = etree.fromstring(text.encode())
            elements = root.iter("{urn:hl7-org:v3}name")
            names += [" ".join("".join(map(str, element.itertext())).split()) for element in elements]
            names += [str(element.get("sourceName")) for element in root.iter() if element.get("sourceName")]
        elif name.endswith(".json"):
            names += json_names(json.loads(text))
    assert len(names) > 100
    assert not [name for name in names if not any(mark in name for mark in MARKS)]


def json_names(bundle: dict[str, Any]) -> list[str]:
    resources = [entry["resource"] for entry in bundle["entry"]]
    whole = [each["name"] for each in resources if each["resourceType"] == "Organization"]
    people = [each["name"][0] for each in resources if each["resourceType"] in {"Patient", "Practitioner"}]
    return whole + [name["text"] for name in people] + [name["family"] for name in people]


def test_telephone_numbers_are_the_ones_kept_for_fiction(sample_bytes: dict[str, bytes]) -> None:
    found: list[str] = []
    for name, text in texts(sample_bytes):
        if name.endswith(".xml"):
            found += [value.removeprefix("tel:") for value in re.findall(r'<telecom[^>]*value="([^"]+)"', text)]
        elif name.endswith(".json"):
            found += re.findall(r'"system": "phone",\s+"value": "([^"]+)"', text)
        else:
            found += re.findall(r"\b\d{3}-\d{4}\b", text)
    assert len(found) > 20
    assert not [number for number in found if not re.fullmatch(r"555-01\d\d", number)]


def test_addresses_lie_in_no_real_town() -> None:
    addresses = [NORA.address, *(clinic.address for clinic in CLINICS)]
    assert {address.city for address in addresses} == {"Sampleville"}
    assert {address.postal_code for address in addresses} == {"00000"}
    assert all(any(mark in address.line for mark in MARKS) for address in addresses)
    assert {doctor.clinic for doctor in DOCTORS} <= set(CLINICS)


def test_identifiers_stand_under_the_arc_for_examples(sample_bytes: dict[str, bytes]) -> None:
    for name, text in texts(sample_bytes):
        if "ClinicalDocument" in text:
            roots = set(re.findall(r'<id root="([^"]+)"', text))
            assert roots == {"2.16.840.1.113883.19.5.1984"}, name
