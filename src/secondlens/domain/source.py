"""Where a fact came from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """`sha256` (hex) names the original file in the vault; `where` is the place inside it, readable and exact.

    Examples of `where`: "Bundle.entry[12].resource" (FHIR), "section[3]/entry[2]" (C-CDA). `section` is the
    heading a person would look under, where the file has headings. `importer` is the reader's name. `within` is
    the file and place this original was taken out of, when it lay inside an entry of another one.
    """

    sha256: str
    where: str
    importer: str
    section: str | None = None
    within: "Source | None" = None
