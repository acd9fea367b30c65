"""Every format that is read. Loaded by the child that reads files, and by nobody who holds a vault."""

from secondlens.importers.apple_health import APPLE_HEALTH
from secondlens.importers.ccda import CCDA
from secondlens.importers.fhir import FHIR
from secondlens.importers.fhir_xml import FHIR_XML
from secondlens.importers.incoming import Importer
from secondlens.importers.keepsake import KEEPSAKE
from secondlens.importers.xdm import XDM

# Asked in this order; the first that recognises a file reads it.
IMPORTERS: tuple[Importer, ...] = (CCDA, FHIR, FHIR_XML, XDM, APPLE_HEALTH, KEEPSAKE)
