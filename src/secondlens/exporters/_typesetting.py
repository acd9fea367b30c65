"""Typst with our own fonts and nothing else: what every PDF of ours is made with."""

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst

from secondlens.exporters._letters import FONTS

_HERE = Path(__file__).parent


def typeset(template: str, name: str, values: dict[str, Any], made_on: date) -> bytes:
    """Fill a template beside this file; its values come in as JSON under a name. The same values, the same bytes.

    Raises typst.TypstError.
    """
    # A compiler keeps what it was given; a new one for each PDF leaves nothing behind when the vault locks.
    compiler = typst.Compiler(_HERE / template, root=_HERE, font_paths=_fonts())
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={name: json.dumps(values)},
        pdf_standards=["ua-1"],
        timestamp=datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC),
    )
    return cast("bytes", pdf)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
