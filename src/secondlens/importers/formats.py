"""Every format that is read. Loaded by the child that reads files, and by nobody who holds a vault."""

from secondlens.importers.apple_health import APPLE_HEALTH
from secondlens.importers.ccda import CCDA
from secondlens.importers.fhir import FHIR
from secondlens.importers.incoming import Importer
from secondlens.importers.keepsake import KEEPSAKE

# Asked in this order; the first that recognises a file reads it.
IMPORTERS: tuple[Importer, ...] = (CCDA, FHIR, APPLE_HEALTH, KEEPSAKE)
