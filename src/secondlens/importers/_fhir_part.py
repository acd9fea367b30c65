"""One resource cut out of its file, and one entry of a bundle, both still as JSON."""

from typing import NamedTuple

from msgspec import Raw, Struct


class Part(NamedTuple):
    """One resource, still as JSON. `url` is the bundle's address for it; `deleted`: the source took it back."""

    where: str
    type: str
    id: str | None
    url: str | None
    raw: Raw
    deleted: bool = False


class Entry(Struct, gc=False):
    """An entry of a bundle; what is not needed for every one stays raw."""

    fullUrl: str | None = None  # noqa: N815  (the key as FHIR writes it)
    resource: Raw = Raw(b"")
    request: Raw = Raw(b"")
    response: Raw = Raw(b"")
