"""Code lists by their OID, and the words HL7 uses for status, in the words FHIR R4 uses.

OIDs: terminology.hl7.org; statuses: C-CDA on FHIR, "Mapping Guidance".
"""

from secondlens.domain.coding import CVX, ICD_10_CM, LOINC, RXNORM, SNOMED

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"

SYSTEMS = {
    "2.16.840.1.113883.6.1": LOINC,
    "2.16.840.1.113883.6.96": SNOMED,
    "2.16.840.1.113883.6.88": RXNORM,
    "2.16.840.1.113883.6.90": ICD_10_CM,
    "2.16.840.1.113883.6.3": "http://hl7.org/fhir/sid/icd-10",
    "2.16.840.1.113883.6.4": "http://www.cms.gov/Medicare/Coding/ICD10",
    "2.16.840.1.113883.6.42": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.104": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.12.292": CVX,
    "2.16.840.1.113883.6.59": CVX,
    "2.16.840.1.113883.12.227": "http://hl7.org/fhir/sid/mvx",
    "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
    "2.16.840.1.113883.6.13": _TERMINOLOGY + "CD2",
    "2.16.840.1.113883.6.14": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "2.16.840.1.113883.6.285": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.4.9": "http://fdasis.nlm.nih.gov",
    "2.16.840.1.113883.3.26.1.1": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "2.16.840.1.113883.3.26.1.5": "http://hl7.org/fhir/ndfrt",
    "2.16.840.1.113883.6.209": "http://hl7.org/fhir/ndfrt",
    "2.16.840.1.113883.6.345": "http://www.nlm.nih.gov/research/umls/medrt",
    "2.16.840.1.113883.6.8": "http://unitsofmeasure.org",
    "2.16.840.1.113883.6.101": "http://nucc.org/provider-taxonomy",
    "2.16.840.1.113883.6.238": "urn:oid:2.16.840.1.113883.6.238",
    "2.16.840.1.113883.6.254": "http://hl7.org/fhir/sid/icf-nl",
    "2.16.840.1.113883.6.259": "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html",
    "2.16.840.1.113883.3.221.5": "https://nahdo.org/sopt",
    "2.16.840.1.113883.5.1": _TERMINOLOGY + "v3-AdministrativeGender",
    "2.16.840.1.113883.5.2": _TERMINOLOGY + "v3-MaritalStatus",
    "2.16.840.1.113883.5.4": _TERMINOLOGY + "v3-ActCode",
    "2.16.840.1.113883.5.6": _TERMINOLOGY + "v3-ActClass",
    "2.16.840.1.113883.5.7": _TERMINOLOGY + "v3-ActPriority",
    "2.16.840.1.113883.5.8": _TERMINOLOGY + "v3-ActReason",
    "2.16.840.1.113883.5.83": _TERMINOLOGY + "v3-ObservationInterpretation",
    "2.16.840.1.113883.5.88": _TERMINOLOGY + "v3-ParticipationFunction",
    "2.16.840.1.113883.5.110": _TERMINOLOGY + "v3-RoleClass",
    "2.16.840.1.113883.5.111": _TERMINOLOGY + "v3-RoleCode",
    "2.16.840.1.113883.5.112": _TERMINOLOGY + "v3-RouteOfAdministration",
    "2.16.840.1.113883.5.1063": _TERMINOLOGY + "v3-ObservationValue",
    "2.16.840.1.113883.5.1076": _TERMINOLOGY + "v3-ReligiousAffiliation",
    "1.2.840.10008.2.16.4": "http://dicom.nema.org/resources/ontology/DCM",
}

# Some systems write the list's name where its OID belongs, or leave the OID out.
SYSTEM_NAMES = {
    "loinc": LOINC,
    "ln": LOINC,
    "snomed": SNOMED,
    "snomedct": SNOMED,
    "sct": SNOMED,
    "rxnorm": RXNORM,
    "cvx": CVX,
    "cpt": "http://www.ama-assn.org/go/cpt",
    "cpt4": "http://www.ama-assn.org/go/cpt",
    "icd9": "http://hl7.org/fhir/sid/icd-9-cm",
    "icd9cm": "http://hl7.org/fhir/sid/icd-9-cm",
    "icd10": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10cm": ICD_10_CM,
    "ndc": "http://hl7.org/fhir/sid/ndc",
    "unii": "http://fdasis.nlm.nih.gov",
    "ndfrt": "http://hl7.org/fhir/ndfrt",
}

CLINICAL_STATUS = {
    "55561003": "active",
    "73425007": "inactive",
    "413322009": "resolved",
    "246455001": "recurrence",
    "263855007": "relapse",
    "277022003": "remission",
    "active": "active",
    "chronic": "active",
    "inactive": "inactive",
    "resolved": "resolved",
    "recurrence": "recurrence",
    "remission": "remission",
}
CONCERN = {"active": "active", "completed": "inactive", "suspended": "inactive", "aborted": "inactive"}
MEDICATION = {
    "active": "active",
    "completed": "completed",
    "aborted": "stopped",
    "cancelled": "stopped",
    "suspended": "on-hold",
    "held": "on-hold",
    "new": "intended",
    "nullified": "entered-in-error",
}
MEDICATION_WORDS = {
    "active": "active",
    "on hold": "on-hold",
    "suspended": "on-hold",
    "no longer active": "completed",
    "prior history": "completed",
    "completed": "completed",
}
IMMUNIZATION = {"completed": "completed", "nullified": "entered-in-error"}
OBSERVATION = {
    "completed": "final",
    "active": "preliminary",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "held": "registered",
    "new": "registered",
    "nullified": "entered-in-error",
}
PROCEDURE = {
    "completed": "completed",
    "active": "in-progress",
    "aborted": "stopped",
    "cancelled": "not-done",
    "held": "on-hold",
    "suspended": "on-hold",
    "new": "preparation",
    "nullified": "entered-in-error",
}
ENCOUNTER = {
    "completed": "finished",
    "active": "in-progress",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "new": "planned",
    "nullified": "entered-in-error",
}
REQUEST = {
    "active": "active",
    "new": "draft",
    "held": "on-hold",
    "suspended": "on-hold",
    "aborted": "revoked",
    "cancelled": "revoked",
    "nullified": "entered-in-error",
}


def system_of(oid: str | None, name: str | None) -> str | None:
    """FHIR's address for a code list given by OID, else by name; "urn:oid:..." for a list we do not know."""
    oid = (oid or "").strip()
    if oid in SYSTEMS:
        return SYSTEMS[oid]
    for word in (oid, name or ""):
        known = SYSTEM_NAMES.get("".join(letter for letter in word.lower() if letter.isalnum()))
        if known:
            return known
    return f"urn:oid:{oid}" if oid[:1].isdigit() else None
