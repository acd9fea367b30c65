"""What a code says about absence: known not to be there, or nothing known. The two must never be mixed up.

Sources: IPS "absent or unknown" codes (hl7.org/fhir/uv/ips, 1.1 and 2.0), SNOMED CT "no known ..." situations
listed there, FHIR data-absent-reason and HL7 v3 NullFlavor.
"""

import re

from secondlens.domain.coding import SNOMED, Coding

IPS_ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
_NO_VALUE = {
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "http://hl7.org/fhir/data-absent-reason",
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
    "http://hl7.org/fhir/v3/NullFlavor",
}
_NONE_KNOWN = {
    "716186003",  # no known allergy
    "409137002",  # no known drug allergy
    "428607008",  # no known environmental allergy
    "429625007",  # no known food allergy
    "428197003",  # no known insect allergy
    "716184000",  # no known latex allergy
    "716220001",  # no known animal allergy
    "1003774007",  # no known natural rubber latex allergy
    "160244002",  # no known allergies (retired)
    "160245001",  # no current problems or disability
    "787481004",  # no known medications
    "787480003",  # no known procedures
    "787482006",  # no known immunisations
    "787483001",  # no known device use
}
_NOT_ASKED = "1631000175102"  # "Patient not asked", SNOMED CT US edition
_TO = "(?:drugs?|medications?|food|latex)"
_SAID = re.compile(
    r"\s*(?:(?:the )?(?:patient|pt\.?) )?(?:has )?(?:none known|"
    r"(?:denies (?:any )?(?:known |current |history of )?|no (?:known|current|active|history of) )"
    r"(?:(?!but |except |reports |has )[a-z/-]+ ){0,3}"
    rf"(?:allerg(?:y|ies)(?: to {_TO}(?:(?:, | or |, or | and ){_TO})*)?"
    r"|problems?|conditions?|medications?|medicines?|procedures?)"
    r"(?: or (?:intolerances?|disability|adverse reactions?))?)\s*(?:\([^()]{0,40}\))?\.?\s*|\s*nkd?a\s*",
    re.IGNORECASE,
)


def none_known(title: str, codes: tuple[Coding, ...]) -> bool:
    """Tell whether a name says that there is none: "No known allergies". Each word counts, so no free guess."""
    return any(_says_none(code) for code in codes) or (not nothing_said(codes) and bool(_SAID.fullmatch(title)))


def _says_none(code: Coding) -> bool:
    if code.system == SNOMED:
        return code.code in _NONE_KNOWN
    return code.system == IPS_ABSENT and code.code.startswith("no-known-")


def nothing_said(codes: tuple[Coding, ...]) -> bool:
    """Tell whether a code says that nothing is known either way: "No information about allergies"."""
    return any(
        (code.system == IPS_ABSENT and code.code.endswith("-info"))
        or (code.system == SNOMED and code.code == _NOT_ASKED)
        for code in codes
    )


def unnamed(title: str, codes: tuple[Coding, ...]) -> bool:
    """Tell whether the name only says why there is none: "Unknown". A name in words beside such a code counts."""
    said = {word.casefold() for code in codes if _is_no_value(code) for word in (code.code, code.display) if word}
    return title.casefold() in said


def no_value(codes: tuple[Coding, ...]) -> bool:
    """Tell whether a coded value says why there is none; a name beside it ("Unknown") is no value either."""
    return any(_is_no_value(code) for code in codes)


def _is_no_value(code: Coding) -> bool:
    # OTH says that there is a value, only not one of the list's.
    return code.system in _NO_VALUE and code.code != "OTH"
