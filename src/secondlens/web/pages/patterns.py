"""The examples of every component, for the pattern page and for the tests that look at it.

Each `templates/components/NAME.toml` holds `[[example]]` tables beside the macro file of the same name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from secondlens.web.rendering import Visit, render

COMPONENTS = Path(__file__).parents[1] / "templates" / "components"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One way to use a component: the macro to call, its arguments by name, and the body it wraps, if any."""

    component: str
    macro: str
    title: str
    arguments: Mapping[str, Any]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """The pattern page."""

    examples: tuple[Example, ...]


def show(visit: Visit) -> Response:
    """Every part that pages are made of, with made-up words."""
    return render(visit, "patterns.html", Patterns(examples=examples()))


def examples() -> tuple[Example, ...]:
    """Every example of every component, by name of component, then as written in its file."""
    return tuple(
        _example(path.stem, written)
        for path in sorted(COMPONENTS.glob("*.toml"))
        for written in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
    )


def _example(component: str, written: Mapping[str, Any]) -> Example:
    return Example(
        component=component,
        macro=written.get("macro", component),
        title=written["title"],
        arguments=MappingProxyType(written["arguments"]),
        body=written.get("body", ""),
    )
