"""The newest laboratory report as a PDF with a text layer, the way a laboratory prints one."""

import json
from pathlib import Path
from typing import Any

import typst

from secondlens.domain.when import When
from secondlens.sample.story.laboratory import LAST_DRAW, PANELS
from secondlens.sample.story.people import DISCLAIMER, DR_PLACEHOLDER, LABORATORY, MARK, NORA, Clinic

_TEMPLATES = Path(__file__).parent / "templates"


def laboratory_report() -> bytes:
    """The report of the last draw, as PDF."""
    facts = {
        "panels": [
            {
                "name": panel,
                "rows": [
                    [test.name, value, _mark(test.flag(value)), _printed(test.unit), test.reference or ""]
                    for test, value in LAST_DRAW.results(panel)
                ],
            }
            for panel in PANELS
        ],
        "laboratory": letterhead(LABORATORY),
        "collected": f"{When(LAST_DRAW.when).plain()}, {LAST_DRAW.when[11:16]}",
        "requested_by": DR_PLACEHOLDER.name,
    }
    return compile_template("laboratory_report.typ", facts, "pdf")


def compile_template(name: str, facts: dict[str, Any], kind: str, ppi: int | None = None) -> bytes:
    """Set a page with Typst from one of our templates; fonts are the ones inside Typst, so bytes never vary."""
    person = {
        "mark": MARK,
        "disclaimer": DISCLAIMER,
        "name": NORA.name,
        "birth": When(NORA.birth).plain(),
        "address": f"{NORA.address.line}, {NORA.address.city}",
    }
    pages = typst.compile(
        str(_TEMPLATES / name),
        format="png" if kind == "png" else "pdf",
        ppi=ppi,
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(person | facts)},
    )
    if not isinstance(pages, bytes):
        raise TypeError("A sample page must fit on one sheet.")
    return pages


def letterhead(clinic: Clinic) -> dict[str, str]:
    """A clinic as the head of a letter."""
    return {
        "name": clinic.name,
        "address": f"{clinic.address.line}, {clinic.address.city} {clinic.address.postal_code}",
        "phone": clinic.phone,
    }


def _mark(flag: str | None) -> str:
    return flag if flag in {"H", "L"} else ""


def _printed(unit: str | None) -> str:
    """A UCUM unit as laboratories print it: "[iU]/mL" is "IU/mL"."""
    return (unit or "").replace("[iU]", "IU").replace("{1.73_m2}", "1.73 m²").replace("10*3/uL", "10³/µL")
