"""FHIR written as XML is kept whole, found by search, and says why it is not read entry by entry."""

import pytest

from secondlens.actions.importing import read_files
from secondlens.importers.fhir_xml import FHIR_XML
from secondlens.importers.incoming import IncomingFile
from tests.importers.golden import GOLDEN

FOLDER = GOLDEN / "fhir_xml"
SAMPLE = (FOLDER / "patient.xml").read_bytes()


def test_it_is_kept_with_its_bytes() -> None:
    (read,) = read_files([IncomingFile("patient.xml", SAMPLE)])
    assert (read.importer, read.problem, len(read.records)) == ("fhir_xml", None, 1)


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (b'<f:Patient xmlns:f="http://hl7.org/fhir"/>', True),
        (SAMPLE.decode().encode("utf-16"), True),
        (b'<html xmlns="http://hl7.org/fhir"/>', False),
        (b"<Patient><note>see http://hl7.org/fhir</note></Patient>", False),
    ],
)
def test_it_is_known_by_the_namespace_of_its_outermost_element(content: bytes, *, known: bool) -> None:
    assert FHIR_XML.recognises(IncomingFile("x", content)) is known
