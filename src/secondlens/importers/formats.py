"""Every format that is read. Loaded by the child that reads files, and by nobody who holds a vault."""

from collections.abc import Sequence

from secondlens.domain.columns import TableMapping
from secondlens.importers.apple_health import APPLE_HEALTH
from secondlens.importers.ccda import CCDA
from secondlens.importers.fhir import FHIR
from secondlens.importers.fhir_xml import FHIR_XML
from secondlens.importers.incoming import Importer
from secondlens.importers.keepsake import KEEPSAKE
from secondlens.importers.table import TABLE, TableImporter
from secondlens.importers.xdm import XDM

# Asked in this order; the first that recognises a file reads it.
IMPORTERS: tuple[Importer, ...] = (CCDA, FHIR, FHIR_XML, XDM, APPLE_HEALTH, KEEPSAKE, TABLE)


def with_mappings(importers: Sequence[Importer], mappings: Sequence[TableMapping]) -> tuple[Importer, ...]:
    """Give the formats again, tables by what is known of their columns."""
    return tuple(TableImporter(mappings) if one is TABLE else one for one in importers)
