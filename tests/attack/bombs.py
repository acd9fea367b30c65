"""Files built to do harm: each is read as any file is, and the reader may die of it, never the program.

python -m tests.attack.bombs [NAME]

For every bomb: what a person is told or how much was read, the seconds, and the most memory its readers took. A
bomb is contained when it ends in time, in a sentence or in records, and the program that asked goes on. Made from
what XML, zip and JSON parsers are known to fall for; each is made here, so none lies about.
"""

import json
import multiprocessing
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from secondlens.actions.importing import read_files
from secondlens.importers.incoming import IncomingFile

MOST_SECONDS = 90.0
# Where the reader refuses, it may have taken what it was allowed; what is read must stay small.
MOST_MEMORY = 512 * 1024**2

_HEAD = b'<?xml version="1.0"?>'
_DOCUMENT = b'<ClinicalDocument xmlns="urn:hl7-org:v3">'
_END = b"</ClinicalDocument>"


@dataclass(frozen=True, slots=True)
class Contained:
    """What became of one bomb. `told` is the sentence, or how many records were read."""

    told: str
    refused: bool
    seconds: float
    memory: int


def _laughs(kind: bytes = b"") -> bytes:
    entities = b"".join(
        b'<!ENTITY %s e%d "%s">' % (kind, level, b"&e%d;" % (level - 1) * 10 if level else b"ha" * 10)
        for level in range(12)
    )
    return _HEAD + b"<!DOCTYPE ClinicalDocument [" + entities + b"]>" + _DOCUMENT + b"<title>&e11;</title>" + _END


def _quadratic() -> bytes:
    declared = b'<!DOCTYPE ClinicalDocument [<!ENTITY a "' + b"a" * 100_000 + b'">]>'
    return _HEAD + declared + _DOCUMENT + b"<title>" + b"&a;" * 20_000 + b"</title>" + _END


def _external(address: bytes) -> bytes:
    declared = b'<!DOCTYPE ClinicalDocument [<!ENTITY x SYSTEM "' + address + b'">]>'
    return _HEAD + declared + _DOCUMENT + b"<title>&x;</title>" + _END


def _parameter() -> bytes:
    declared = b'<!DOCTYPE ClinicalDocument [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'
    return _HEAD + declared + _DOCUMENT + b"<title>t</title>" + _END


def _outside_types() -> bytes:
    return (
        _HEAD
        + b'<!DOCTYPE ClinicalDocument SYSTEM "http://127.0.0.1:9/x.dtd">'
        + _DOCUMENT
        + b"<title>t</title>"
        + _END
    )


def _deep(levels: int) -> bytes:
    return _HEAD + _DOCUMENT + b"<component>" * levels + b"</component>" * levels + _END


def _attributes(count: int) -> bytes:
    return _HEAD + _DOCUMENT + b"<title %s/>" % b" ".join(b'a%d="1"' % n for n in range(count)) + _END


def _namespaces(count: int) -> bytes:
    return (
        _HEAD
        + b"<ClinicalDocument xmlns='urn:hl7-org:v3' %s>"
        % b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(count))
        + _END
    )


def _text(size: int) -> bytes:
    return _HEAD + _DOCUMENT + b"<title>" + b"a" * size + b"</title>" + _END


def _elements(count: int) -> bytes:
    return _HEAD + _DOCUMENT + b"<id/>" * count + _END


def _entries(count: int) -> bytes:
    observation = b'<entry><observation classCode="OBS" moodCode="EVN"><code code="1"/></observation></entry>'
    return (
        _HEAD
        + _DOCUMENT
        + b"<component><structuredBody><component><section>"
        + observation * count
        + b"</section></component></structuredBody></component>"
        + _END
    )


def _apple(inside: bytes) -> bytes:
    at = b'startDate="2026-01-01 00:00:00 +0000" endDate="2026-01-01 00:00:00 +0000"'
    record = (
        b'<Record type="HKQuantityTypeIdentifierStepCount" sourceName="w" unit="count" value="1" ' + at + b"/>"
    )
    return _HEAD + b"<!DOCTYPE HealthData [" + inside + b"]><HealthData locale='en'>" + record + b"</HealthData>"


def _zip(**members: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _nested(levels: int) -> bytes:
    content = b"0" * 1_000_000
    for level in range(levels):
        content = _zip(**{f"{level}.zip": content})
    return content


def _many(count: int) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}", b"")
    return packed.getvalue()


def _overlapping() -> bytes:
    """Thousands of names in the directory for one and the same member."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = body.compress(bytes(20_000_000)) + body.flush()
    crc = zlib.crc32(bytes(20_000_000))
    sizes = (crc, len(data), 20_000_000)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, *sizes, 1, 0) + b"a" + data
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, *sizes, 4, 0, 0, 0, 0, 0, 0)
        + b"%04d" % number
        for number in range(1000)
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), len(local), 0)
    return local + entries + end


def _lying() -> bytes:
    """A member that says it is 10 bytes long and unpacks to 500 MB."""
    packed = bytearray(_zip(a=bytes(500_000_000)))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = packed.index(mark)
        packed[at + place : at + place + 4] = struct.pack("<L", 10)
    return bytes(packed)


def _resource(**fields: object) -> bytes:
    return json.dumps({"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **fields}).encode()


BOMBS: dict[str, Callable[[], bytes]] = {
    "xml: a billion laughs": _laughs,
    "xml: quadratic entities, 2 GB": _quadratic,
    "xml: an entity that is a file": lambda: _external(b"file:///etc/passwd"),
    "xml: an entity that is an address": lambda: _external(b"http://127.0.0.1:9/x"),
    "xml: an entity that never ends": lambda: _external(b"file:///dev/zero"),
    "xml: a parameter entity": _parameter,
    "xml: types from outside": _outside_types,
    "xml: a million levels": lambda: _deep(1_000_000),
    "xml: 200 levels": lambda: _deep(200),
    "xml: 300,000 attributes": lambda: _attributes(300_000),
    "xml: 100,000 namespaces": lambda: _namespaces(100_000),
    "xml: 200 MB of text": lambda: _text(200_000_000),
    "xml: 5 million elements": lambda: _elements(5_000_000),
    "xml: 200,000 entries": lambda: _entries(200_000),
    "xml: UTF-7": lambda: (
        b'<?xml version="1.0" encoding="utf-7"?>' + _DOCUMENT + b"<title>+ADw-x+AD4-</title>" + _END
    ),
    "xml: UTF-16 that says UTF-8": lambda: (_HEAD.decode() + _DOCUMENT.decode() + _END.decode()).encode("utf-16"),
    "xml: a vertical tab": lambda: _HEAD + _DOCUMENT + b"<title>a\x0bb</title>" + _END,
    "xml: two roots": lambda: _HEAD + (_DOCUMENT + b"<title>t</title>" + _END) * 2,
    "xml: a style sheet from outside": lambda: (
        _HEAD + b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>' + _DOCUMENT + b"<title>t</title>" + _END
    ),
    "apple: laughs in the types": lambda: _apple(
        b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"ha") for n in range(12))
    ),
    "apple: types that never end": lambda: _HEAD + b"<!DOCTYPE HealthData [" + b"<!ELEMENT a (b)>" * 1_000_000,
    "apple: 100 MB in one line": lambda: (
        _HEAD + b"<HealthData><Record type='" + b"a" * 100_000_000 + b"'/></HealthData>"
    ),
    "apple: 2 million entries of one record": lambda: (
        _HEAD
        + b"<HealthData><Record type='a'>"
        + b"<MetadataEntry key='a' value='b'/>" * 2_000_000
        + b"</Record></HealthData>"
    ),
    "zip: 500 MB of nothing": lambda: _zip(a=bytes(500_000_000)),
    "zip: members on top of each other, 20 GB": _overlapping,
    "zip: a size that lies": _lying,
    "zip: 200,000 members": lambda: _many(200_000),
    "zip: six zips in each other": lambda: _nested(6),
    "zip: a member outside": lambda: _zip(**{"../../../tmp/x": b"a", "/etc/x": b"a", "C:\\x": b"a"}),
    "gzip: 1 GB of nothing": lambda: zlib.compress(bytes(1_000_000_000), 9, 31),
    "json: 100,000 levels": lambda: (
        b'{"resourceType": "Observation", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    ),
    "json: a number of a million digits": lambda: (
        b'{"resourceType": "Observation", "valueInteger": ' + b"9" * 1_000_000 + b"}"
    ),
    "json: no number": lambda: b'{"resourceType": "Observation", "valueQuantity": {"value": NaN}}',
    "json: a number beyond all": lambda: b'{"resourceType": "Observation", "valueQuantity": {"value": 1e400}}',
    "json: a key twice": lambda: b'{"resourceType": "Observation", "status": "final", "status": "amended"}',
    "json: half a letter": lambda: b'{"resourceType": "Observation", "code": {"text": "\\ud800"}}',
    "json: 100 MB of text": lambda: _resource(note=[{"text": "a" * 100_000_000}]),
    "json: a mark of order": lambda: b"\xef\xbb\xbf" + _resource(),
    "json: a million empty entries": lambda: (
        b'{"resourceType": "Bundle", "entry": [' + b"{}," * 1_000_000 + b"{}]}"
    ),
}


def _try(name: str, answers: "multiprocessing.queues.Queue[Contained]") -> None:
    content = BOMBS[name]()
    started = time.monotonic()
    reads = tuple(read_files([IncomingFile("a file", content)]))
    seconds = time.monotonic() - started
    problems = [read.problem for read in reads if read.problem]
    records = sum(len(read.records) for read in reads)
    unread = sum(len(read.unread) for read in reads)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    told = problems[0] if problems else f"{records} records, {unread} not read"
    answers.put(Contained(told, bool(problems), seconds, memory))


def contained(name: str) -> Contained | None:
    """Read one bomb in a program of its own; None when that program did not live to tell."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.queues.Queue[Contained] = context.Queue()
    program = context.Process(target=_try, args=(name, answers))
    program.start()
    try:
        return answers.get(timeout=4 * MOST_SECONDS)
    except Exception:  # noqa: BLE001  (whatever ended it, it did not tell)
        program.kill()
        return None
    finally:
        program.join()


def wrong_with(found: Contained | None) -> str:
    """Say what is wrong with how a bomb ended; "" when it was contained."""
    if found is None:
        return "the program went down with it"
    if found.seconds > MOST_SECONDS:
        return "it took too long"
    if not found.refused and found.memory > MOST_MEMORY:
        return "it took too much memory"
    return ""


def main(word: str = "") -> int:
    """Try the bombs whose name has the word, print a line for each, and give 1 when one was not contained."""
    bad = 0
    for name in BOMBS:
        if word in name:
            found = contained(name)
            wrong = wrong_with(found)
            bad += bool(wrong)
            figures = (
                f"{found.seconds:5.1f} s {found.memory / 1024**2:5.0f} MiB  {found.told[:80]}" if found else ""
            )
            print(f"{wrong or 'contained':10} {name:45} {figures}", flush=True)  # noqa: T201 - the report
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
