"""Files in: bytes to records. One format a file; no vault, no network, no settings.

Every part of a file comes out as a record or as Unread with the reason: nothing is dropped in silence.
Adding a format: its module, its sample and expected file, and its line in IMPORTERS.
"""

from secondlens.importers.ccda import CCDA
from secondlens.importers.fhir import FHIR
from secondlens.importers.incoming import Importer
from secondlens.importers.keepsake import KEEPSAKE

# Asked in this order; the first that recognises a file reads it.
IMPORTERS: tuple[Importer, ...] = (CCDA, FHIR, KEEPSAKE)
