"""Words that forms offer while one types, from suggestions.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from secondlens.content._reading import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """suggestions.toml: `names` by kind of record, and `answers` by field."""

    names: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, tuple[str, ...]]


@cache
def suggestions() -> Suggestions:
    """The suggestions, read once. Raises BadContent."""
    return read_toml("suggestions.toml", Suggestions)
