"""Turn real files into broken ones and read them: every one ends in records, in Unread or in a typed error.

python -m tests.attack.fuzz_importers 20000

Every importer reads N mutants in this process, and 300 in the sandbox. A mutant may take 10 seconds and 512 MiB.
"""

import json
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from secondlens.content import device_tables
from secondlens.domain.record import Record, Unread
from secondlens.errors import BadInput
from secondlens.importers._sound import is_sound
from secondlens.importers.archive import open_archive
from secondlens.importers.formats import IMPORTERS, with_mappings
from secondlens.importers.incoming import Importer, IncomingFile
from secondlens.importers.sandbox import Sandbox

FIXTURES = Path(__file__).parents[1] / "fixtures"
IN_SANDBOX = 300
MOST_SECONDS = 10.0
MOST_MEMORY = 512 * 1024**2
_LARGEST_SEED = 60_000
# What parsers are known to stumble over, besides turned bits.
_TOKENS = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"\r\n", b" " * 500),
    *(b"<", b">", b"</", b"<!--", b"]]>", b"<![CDATA[", b"&", b"&#0;", b"&#x10FFFF;", b'xmlns="urn:x"', b"<?x?>"),
    *(b'<!DOCTYPE d [<!ENTITY e "x">]>', b"&e;", b'<?xml version="1.0" encoding="utf-16"?>', b'nullFlavor="UNK"'),
    *(b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"true", b"[]", b"{}", b"-0", b"1e999", b"9" * 400),
    *(b'"resourceType": "Bundle"', b'"reference": "#x"', b'"9999-99-99"', b"20241399", b"PK\x03\x04", b"[" * 2000),
)
_ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1e308,
        10**30,
        "",
        " ",
        "\0",
        "\ud800",
        "#",
        "urn:uuid:",
        "9999-99-99",
        "2024-02-30",
        "x" * 5000,
    ),
    *(
        [],
        {},
        [None],
        [[[]]],
        {"": ""},
        {"resourceType": "Bundle", "entry": [{}]},
        {"reference": "#"},
        {"coding": [{}]},
    ),
)


_IMPORTERS = with_mappings(IMPORTERS, device_tables())


@dataclass
class Figures:
    """What a run found: how each mutant ended, the slowest, and every error that has no type of ours."""

    endings: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    untyped: list[str] = field(default_factory=list)

    def count(self, read: Callable[[], str], what: str) -> None:
        """Read one mutant."""
        start = time.perf_counter()
        try:
            self.endings[read()] += 1
        except BadInput:
            self.endings["refused"] += 1
        except Exception as error:  # noqa: BLE001  (what must never come is what is looked for)
            self.untyped.append(f"{what}: {type(error).__name__}")
        taken = time.perf_counter() - start
        self.slowest = max(self.slowest, taken)
        if taken > MOST_SECONDS:
            self.untyped.append(f"{what}: took {taken:.0f} s")

    def __str__(self) -> str:
        """One line."""
        return f"{dict(self.endings)}, slowest {self.slowest:.2f} s, wrong: {self.untyped[:20] or 'nothing'}"


def seeds() -> dict[str, list[bytes]]:
    """Small real files for each importer, and for zips."""
    found: dict[str, list[bytes]] = {importer.name: [] for importer in _IMPORTERS}
    for path in sorted(FIXTURES.rglob("*")):
        if path.is_file() and 0 < path.stat().st_size <= _LARGEST_SEED and path.suffix != ".py":
            content = path.read_bytes()
            importer = importer_of(IncomingFile(name=path.name, content=content))
            if importer:
                found[importer.name].append(content)
    found["keepsake"] += [
        *(b"%PDF-1.4\n%%EOF", b"\xff\xd8\xff\xe0picture", b"\x89PNG\r\n\x1a\npicture", b"II*\0picture"),
        *(b"{\\rtf1 letter", b"\0\0\0\x18ftypheic", b"\0" * 128 + b"DICM"),
        *(b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml",),
    ]
    found["zip"] = [packed(found["ccda"][:3], zipfile.ZIP_DEFLATED), packed(found["fhir"][:2], zipfile.ZIP_STORED)]
    found["zip"].append(packed(found["zip"][:1], zipfile.ZIP_DEFLATED))
    return found


def packed(contents: list[bytes], method: int) -> bytes:
    """Put files into a zip."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"folder/{number}", content)
    return whole.getvalue()


def mutants(seeds: list[bytes], number: int, chance: random.Random) -> Iterator[bytes]:
    """Give broken files, the same ones for the same `chance`."""
    for _ in range(number):
        original = chance.choice(seeds)
        if chance.random() < 0.5 and (value := as_json(original)):
            yield json.dumps(with_odd_values(value, chance)).encode()
            continue
        content = bytearray(original)
        for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
            break_one_thing(content, seeds, chance)
        yield bytes(content)


def as_json(content: bytes) -> Any:
    """The value of a JSON file; None for any other."""
    try:
        return json.loads(content)
    except ValueError:
        return None


def with_odd_values(value: Any, chance: random.Random) -> Any:
    """Keep the grammar of JSON and break its sense: here and there another type, another depth, nothing at all."""
    if chance.random() < 0.02:
        return chance.choice(_ODD)
    if isinstance(value, dict):
        return {name: with_odd_values(inner, chance) for name, inner in value.items() if chance.random() > 0.01}
    if isinstance(value, list):
        inners = [with_odd_values(inner, chance) for inner in value]
        return inners[::-1] * chance.choice((1, 2)) if chance.random() < 0.02 else inners
    return value


def break_one_thing(content: bytearray, seeds: list[bytes], chance: random.Random) -> None:
    """Change bytes in place: turn a bit, put in a token, cut, repeat, swap a piece for one of another file."""
    at = chance.randrange(len(content) + 1)
    length = min(chance.choice((1, 1, 4, 30, 300, 3000)), len(content) - at)
    match chance.randrange(7):
        case 0 if at < len(content):
            content[at] ^= 1 << chance.randrange(8)
        case 1:
            content[at:at] = chance.choice(_TOKENS)
        case 2:
            content[at : at + length] = chance.choice(_TOKENS)
        case 3:
            del content[at : at + length]
        case 4:
            content[at:at] = bytes(content[at : at + length]) * chance.choice((1, 2, 50 if length < 300 else 2))
        case 5:
            other = chance.choice(seeds)
            start = chance.randrange(len(other))
            content[at : at + length] = other[start : start + length]
        case _:
            del content[max(at, 1) :]


def importer_of(file: IncomingFile) -> Importer | None:
    """The importer that recognises a file."""
    return next((importer for importer in _IMPORTERS if importer.recognises(file)), None)


def read_here(file: IncomingFile, name: str) -> str:
    """Read a mutant in this process, with the importer of its seed even when it is not recognised any more."""
    if name == "zip":
        found = list(open_archive(file))
        return "opened" if all(isinstance(one, IncomingFile | Unread) for one in found) else "wrong"
    recognised = importer_of(file)
    importer = next(one for one in _IMPORTERS if one.name == name)
    entries = list(importer.read(file))
    assert all(isinstance(entry, Record | Unread) or is_sound(entry) for entry in entries)
    return "read" if recognised else "not recognised, read all the same"


def read_in_sandbox(file: IncomingFile, name: str, sandbox: Sandbox) -> str:
    """Read a mutant in a child."""
    if name == "zip":
        return f"opened {type(sandbox.open(file)).__name__}"
    reading = sandbox.read(file)
    return reading.problem or (reading.importer and "read") or "not recognised"


def run(number: int, in_sandbox: int, seed: int = 1) -> Iterator[tuple[str, Figures]]:
    """Fuzz every importer."""
    for name, originals in seeds().items():
        here, there = Figures(), Figures()
        for place, content in enumerate(mutants(originals, number, random.Random(seed))):  # noqa: S311  (no secret)
            file = IncomingFile(name="mutant", content=content)
            here.count(lambda file=file, name=name: read_here(file, name), f"{name} {seed}/{place}")  # type: ignore[misc]
        yield f"{name} here", here
        with Sandbox(seconds=MOST_SECONDS, mappings=device_tables()) as sandbox:
            for place, content in enumerate(mutants(originals, in_sandbox, random.Random(seed + 1))):  # noqa: S311  (the same)
                file = IncomingFile(name="mutant", content=content)
                there.count(
                    lambda file=file, name=name: read_in_sandbox(file, name, sandbox),  # type: ignore[misc]
                    f"{name} in the sandbox {seed + 1}/{place}",
                )
        yield f"{name} in the sandbox", there


def main() -> None:
    """Fuzz, print a line for each importer, and leave with 1 when something was wrong."""
    # Memory beyond this ends in an error, and the error in the report.
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.RLIM_INFINITY))
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    wrong = 0
    for name, figures in run(number, IN_SANDBOX):
        wrong += len(figures.untyped)
        print(f"{name}: {figures}", flush=True)  # noqa: T201  (the report)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
