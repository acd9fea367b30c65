"""A code from a published list, as FHIR R4 writes it (datatypes, Coding)."""

from dataclasses import dataclass

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"


@dataclass(frozen=True, slots=True)
class Coding:
    """`system` is the list's FHIR address, or "urn:oid:..." for a list without one, or None when not given."""

    system: str | None
    code: str
    display: str | None = None
