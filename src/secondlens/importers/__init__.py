"""Files in: bytes to records. One format a file; no vault, no network, no settings.

Every part of a file comes out as a record or as Unread with the reason: nothing is dropped in silence.
Adding a format: its module, its sample and expected file, and its line in `formats.IMPORTERS`. The program that
holds the vault never loads the formats: it asks the `sandbox`.
"""
