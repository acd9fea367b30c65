"""The marks of files inside entries: cheap enough for the program that holds the vault, which parses nothing."""

import re

# Base64 stands in "data"; before 2018 a Binary had it in "content".
FHIR_MARK = re.compile(rb'"(?:data|content)"\s*:\s*"')
_CDA_MARK = re.compile(rb"""representation\s*=\s*["']B64""")


def may_hold_files(importer: str | None, content: bytes) -> bool:
    """Tell whether looking for files inside what this importer read can find any."""
    mark = {"fhir": FHIR_MARK, "ccda": _CDA_MARK}.get(importer or "")
    wide = b"\0" in content[:4]
    return mark is not None and mark.search(content.replace(b"\0", b"") if wide else content) is not None
