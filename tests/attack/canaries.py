"""Bring marked words into a vault by every route, and look for them in clear on the disk: nowhere.

Every product process runs under strace, which notes what was written to which file, also to files that are gone
since. Then all that the person's home, the vault and every file opened for writing hold is read. A file that the
person brought or asked for (the packet) is theirs, and is passed over. Crashes are part of it: an import is killed
in its middle, and so is the open app.

python -m tests.attack.canaries
"""

import json
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from PIL import Image

from tests.attack import journey
from tests.attack.children import traced
from tests.attack.nothing_leaves import CCD, FHIR
from tests.attack.report import Figure, tell
from tests.attack.strace_log import Call, read_calls, read_handle

# One word a route, so that a find tells where it came in.
MARKS = (
    *("ccda", "fhir", "zipped", "pdf", "jpeg", "filename", "searched", "question", "passphrase", "killed"),
    *("web", "websearched", "unclean"),
)
_WRITES = {"write": 1, "pwrite64": 1, "writev": 1, "pwritev": 1}
_CALLS = "openat,creat,write,pwrite64,writev,pwritev"
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def mark(route: str) -> str:
    """The word of a route: one that is in no other place."""
    return f"zinnober{route}quokka"


def marked_in(content: bytes) -> Iterator[str]:
    """The routes whose word is in some bytes, whatever its letters' case."""
    lowered = content.lower()
    for route in MARKS:
        if any(mark(route).encode(encoding) in lowered for encoding in _ENCODINGS):
            yield route


class Watch:
    """Runs product processes under strace, and knows every file they wrote to."""

    def __init__(self, logs: Path) -> None:
        logs.mkdir()
        self._logs = logs
        self._started = 0

    def before(self, *more: str) -> list[str]:
        """The words in front of a command that is watched."""
        self._started += 1
        log = self._logs / str(self._started)
        trace = f"trace={_CALLS}"
        return traced(["-y", "-xx", "-s", "100000000", "-o", str(log), "-e", trace, *more])

    def calls(self) -> Iterator[Call]:
        """All that they did."""
        for log in sorted(self._logs.iterdir()):
            with log.open(encoding="ascii") as lines:
                yield from read_calls(lines)


def found_in_writes(calls: Iterable[Call], passed: Sequence[Path], opened: set[Path]) -> Iterator[str]:
    """Marks in what was written to files; fills `opened` with every file opened for writing."""
    for call in calls:
        if call.name in {"openat", "creat"}:
            if path := _opened_for_writing(call):
                opened.add(path)
            continue
        handle = call.handle
        if handle and handle[1].startswith("/") and not _is_passed(Path(handle[1]), passed):
            for route in marked_in(call.bytes(_WRITES[call.name])):
                yield f"{route}: written to {handle[1]}"


def found_on_disk(places: Iterable[Path], passed: Sequence[Path]) -> Iterator[str]:
    """Marks in files, and in names of files and folders, in and below places."""
    for place in places:
        for path in (place, *place.rglob("*")) if place.is_dir() else (place,):
            if _is_passed(path, passed):
                continue
            for route in marked_in(path.name.encode()):
                yield f"{route}: in the name of {path}"
            if path.is_file():
                for route in marked_in(path.read_bytes()):
                    yield f"{route}: in {path}"


def _opened_for_writing(call: Call) -> Path | None:
    if call.result is None or call.result < 0:
        return None
    writes = call.name == "creat" or any(flag in call.arguments[2] for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
    handle = read_handle(f"{call.result}{call.rest.strip().split(' ')[0]}")
    return Path(handle[1]) if writes and handle and handle[1].startswith("/") else None


def _is_passed(path: Path, passed: Sequence[Path]) -> bool:
    return any(path == one or one in path.parents for one in (*passed, Path("/dev"), Path("/proc")))


def bring(folder: Path) -> dict[str, Path]:
    """Make a file for each route, outside of everything that is searched."""
    folder.mkdir()
    ccd = CCD.read_text(encoding="utf-8")
    assert "Pneumonia" in ccd
    files = {name: folder / name for name in ("ccda.xml", "killed.xml", "web.xml", "unclean.xml")}
    for name, path in files.items():
        path.write_text(ccd.replace("Pneumonia", f"Pneumonia {mark(name[:-4])}"), encoding="utf-8")
    fhir = json.loads(FHIR.read_text(encoding="utf-8"))
    fhir["entry"].append({"resource": {"resourceType": "Condition", "id": "c", "code": {"text": mark("fhir")}}})
    (folder / "fhir.json").write_text(json.dumps(fhir), encoding="utf-8")
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_STORED) as zipped:
        zipped.writestr("inside.xml", ccd.replace("Pneumonia", f"Pneumonia {mark('zipped')}"))
    (folder / "letter.pdf").write_bytes(b"%PDF-1.4\n% " + mark("pdf").encode() * 2000 + b"\n%%EOF\n")
    Image.new("RGB", (300, 300)).save(folder / f"{mark('filename')}.jpg", comment=mark("jpeg"))
    names = ("fhir.json", "all.zip", "letter.pdf", f"{mark('filename')}.jpg")
    return files | {name: folder / name for name in names}


def by_command(home: Path, vault: Path, brought: dict[str, Path], watch: Watch) -> list[str]:
    """Import, list, search and check on the command line, and one import killed in its middle."""
    secret = next(iter(brought.values())).with_name("passphrase.txt")
    secret.write_text(f"four calm words {mark('passphrase')}\n", encoding="utf-8")
    opened = (vault, "--passphrase-file", secret)
    kept = [path for name, path in brought.items() if name not in {"killed.xml", "web.xml", "unclean.xml"}]
    steps: tuple[tuple[tuple[str | Path, ...], str], ...] = (
        (("new", *opened), ""),
        (("import", *opened, "--yes", *kept), ""),
        (("list", *opened), mark("zipped")),
        (("search", *opened, mark("fhir")), mark("fhir")),
        (("search", *opened, mark("searched")), ""),
        (("check", *opened), ""),
    )
    wrong = []
    for words, shown in steps:
        done = journey.secondlens(home, *words, before=watch.before())
        if done.returncode or shown not in done.stdout.lower():
            wrong.append(f"{words[0]} did not work: {done.stderr[-300:]}")
    kill = ("-e", "inject=pwrite64:signal=KILL:when=60")
    done = journey.secondlens(home, "import", *opened, "--yes", brought["killed.xml"], before=watch.before(*kill))
    if done.returncode != -signal.SIGKILL:
        wrong.append(f"the import was not killed in its middle: {done.returncode}")
    return wrong


def by_browser(home: Path, vault: Path, brought: dict[str, Path], watch: Watch) -> None:
    """Import, search and write a question in the browser; lock; and once more, ended by a kill."""
    passphrase = f"four calm words {mark('passphrase')}"
    profile = home / "profile"
    with journey.served(home, vault, watch.before()) as address, journey.browsing(profile) as context:
        page = context.new_page()
        journey.unlock(page, address, passphrase)
        journey.bring_in(page, brought["web.xml"])
        journey.search(page, mark("websearched"))
        journey.search(page, mark("web"))
        journey.open_case(page, f"What explains {mark('question')}?")
        journey.lock(page)
    with (
        journey.served(home, vault, watch.before(), end=signal.SIGKILL) as address,
        journey.browsing(profile) as context,
    ):
        page = context.new_page()
        journey.unlock(page, address, passphrase)
        journey.bring_in(page, brought["unclean.xml"])


def run(scratch: Path) -> list[Figure]:
    """Bring all in, print the packet, and look everywhere."""
    home, vault = scratch / "home", scratch / "own.vault"
    brought = bring(scratch / "brought")
    watch = Watch(scratch / "logs")
    wrong = by_command(home, vault, brought, watch)
    by_browser(home, vault, brought, watch)
    packet = scratch / "packet.pdf"
    secret = scratch / "brought" / "passphrase.txt"
    done = journey.secondlens(
        home, "packet", vault, "--passphrase-file", secret, "--out", packet, before=watch.before()
    )
    if done.returncode:
        wrong.append(f"no packet: {done.stderr[-300:]}")
    passed = (scratch / "brought", scratch / "logs", packet)
    opened: set[Path] = set()
    found = list(found_in_writes(watch.calls(), passed, opened))
    profile = home / "profile"
    found += found_on_disk({scratch, *opened}, (*passed, profile))
    in_profile = list(found_on_disk([profile], passed))
    return [
        Figure(
            what="marked words on the disk",
            tried=len(MARKS),
            reached=f"{len(opened)} files opened for writing, {len(found)} finds",
            wrong=(*wrong, *dict.fromkeys(found)),
        ),
        Figure(
            what="marked words in the browser's profile",
            tried=len(MARKS),
            reached=f"{len(in_profile)} finds",
            wrong=tuple(dict.fromkeys(in_profile)),
        ),
    ]


def control(scratch: Path) -> Figure:
    """A program that does write a mark, to a file it takes away again, and one that leaves it: both are found."""
    scratch.mkdir()
    watch = Watch(scratch / "logs")
    kept, gone = scratch / "kept", scratch / "gone"
    text = mark("ccda")
    program = (
        f"import os; open({str(gone)!r}, 'w').write({text!r}); os.unlink({str(gone)!r});"
        f"open({str(kept)!r}, 'w', encoding='utf-16').write({text!r})"
    )
    subprocess.run([*watch.before(), sys.executable, "-c", program], check=True)
    opened: set[Path] = set()
    found = [*found_in_writes(watch.calls(), (), opened), *found_on_disk(opened, ())]
    ways = {f"ccda: written to {gone}", f"ccda: written to {kept}", f"ccda: in {kept}"}
    missed = ways - set(found)
    return Figure(
        what="marked words: control that writes them",
        tried=len(ways),
        reached=f"{len(ways) - len(missed)} found",
        wrong=tuple(missed),
    )


def main() -> int:
    """Print the figures, and give 1 when anything is wrong."""
    with tempfile.TemporaryDirectory() as place:
        return tell([*run(Path(place)), control(Path(place) / "control")])


if __name__ == "__main__":
    raise SystemExit(main())
