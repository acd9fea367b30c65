"""The made-up person of the demonstration, as real files in real formats."""

from collections.abc import Callable
from pathlib import Path

from secondlens.sample.apple_file import health_export
from secondlens.sample.ccda_file import consultation_note, summary
from secondlens.sample.fhir_file import heart_clinic_bundle
from secondlens.sample.pdf_file import laboratory_report
from secondlens.sample.scan_file import scanned_letter

# Each file's name, and what makes its bytes out of a seed.
FILES: tuple[tuple[str, Callable[[int], bytes]], ...] = (
    ("nora-sample-family-practice.xml", lambda _: summary()),
    ("nora-sample-rheumatology-note.xml", lambda _: consultation_note()),
    ("nora-sample-heart-clinic.json", lambda _: heart_clinic_bundle()),
    ("nora-sample-laboratory-report.pdf", lambda _: laboratory_report()),
    ("nora-sample-scanned-letter.jpg", scanned_letter),
    ("export.zip", health_export),
)


def write_sample(folder: Path, seed: int = 7) -> tuple[Path, ...]:
    """Write Nora Sample's files into a folder, made if missing; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / name for name, _ in FILES)
    for path, (_, content) in zip(paths, FILES, strict=True):
        path.write_bytes(content(seed))
    return paths
