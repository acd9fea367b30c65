"""The packet as a PDF: tagged for screen readers, our own fonts inside, the same bytes for the same packet."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, BinaryIO, Literal

import typst

from secondlens.domain.packet import Packet
from secondlens.domain.results import key_results
from secondlens.domain.when import When
from secondlens.exporters._letters import printable, printed, simple, unprinted
from secondlens.exporters._typesetting import typeset

Paper = Literal["a4", "us-letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketPdf:
    """PDF/UA-1, page one always one page. `paper` is what the reader's printer takes."""

    paper: Paper = "a4"
    name: str = "packet-pdf"
    suffix: str = ".pdf"

    def write(self, packet: Packet, out: BinaryIO) -> None:
        """Write the PDF. Letters our fonts lack stand as their codes, and the packet says so."""
        letters = printable()
        try:
            pdf = _compiled(packet, self.paper, letters)
        except typst.TypstError:
            # Some marks have no place on some letters in any one font; as codes they can always be printed.
            pdf = _compiled(packet, self.paper, simple(letters))
        out.write(pdf)


PACKET_PDF = PacketPdf()


def _compiled(packet: Packet, paper: Paper, letters: AbstractSet[str]) -> bytes:
    return typeset("packet.typ", "packet", _values(packet, paper, letters), packet.made_on)


def _values(packet: Packet, paper: Paper, letters: AbstractSet[str]) -> dict[str, Any]:
    """Everything the template places, as plain values with printable text."""
    made_on = When(packet.made_on.isoformat()).plain()
    person = packet.names[0].text if packet.names else "Name not recorded"
    content = asdict(packet) | {
        "made_on": made_on,
        "person": person,
        "title": f"For a second opinion: {person}",
        "footer": f"{_short(person)} · made on {made_on} with Secondlens",
        "key_results": [asdict(result) for result in key_results(packet.results)],
        "categories": [
            [(category or "other").replace("-", " ").capitalize(), [asdict(result) for result in group]]
            for category, group in groupby(packet.results, key=lambda result: result.category)
        ],
    }
    missing = unprinted(set(_texts(content)), letters)
    shown = _mapped(content, lambda text: printed(text, letters))
    return {**shown, "paper": paper, "unprinted": ", ".join(missing) or None}


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(part, change) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(part, change) for part in value]
    return value
