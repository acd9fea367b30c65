"""Read content files strictly: a slip of the pen in a file fails when it is loaded, not on a patient's screen."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from secondlens.errors import Damaged

FOLDER = Path(__file__).parent
_T = TypeVar("_T")


class BadContent(Damaged):
    """A text that comes with Secondlens is not as it should be. Install Secondlens again."""


def read_toml(name: str, kind: type[_T]) -> _T:
    """Read a TOML file of the content folder as a dataclass. Raises BadContent."""
    return convert(name, _parse(name, (FOLDER / name).read_text("utf-8")), kind)


def read_markdown(name: str) -> tuple[Mapping[str, Any], str]:
    """Give the TOML head between "+++" lines and the Markdown body of a file. Raises BadContent."""
    start, fence, rest = (FOLDER / name).read_text("utf-8").partition("+++\n")
    head, second_fence, body = rest.partition("\n+++\n")
    if start or not fence or not second_fence:
        raise bad(name, "its head must stand between two lines of +++")
    return _parse(name, head), body.strip()


def names(folder: str) -> tuple[str, ...]:
    """The Markdown files of a folder, in order, as names below the content folder."""
    return tuple(f"{folder}/{path.name}" for path in sorted((FOLDER / folder).glob("*.md")))


def convert(name: str, values: Mapping[str, Any], kind: type[_T]) -> _T:
    """Make a dataclass of what a file says. A missing, mistyped or unknown key raises BadContent."""
    try:
        made = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise bad(name, str(error)) from error
    unknown = _keys(values) - _keys(msgspec.to_builtins(made))
    if unknown:
        raise bad(name, f"it has unknown keys: {', '.join(sorted(unknown))}")
    return made


def bad(name: str, why: str) -> BadContent:
    """Word what is wrong with a file."""
    return BadContent(
        f"The text file {name} of Secondlens is not as it should be: {why}. Install Secondlens again."
    )


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise bad(name, str(error)) from error


def _keys(value: Any, path: str = "") -> set[str]:
    """Every path of keys, places in lists left out."""
    if isinstance(value, Mapping):
        inner = (_keys(part, f"{path}.{key}") for key, part in value.items())
        return {f"{path}.{key}".lstrip(".") for key in value}.union(*inner)
    if isinstance(value, list | tuple):
        return set[str]().union(*(_keys(part, path) for part in value))
    return set()
