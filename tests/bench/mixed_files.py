"""Many files of many kinds in one import: how long it takes, and whether memory grows with their number."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from secondlens.actions.importing import keep, read_files
from secondlens.importers.incoming import IncomingFile
from secondlens.sample.journey import PASSPHRASE
from secondlens.vault import LEAST_COST, create_vault
from tests.bench.timing import seconds

FIXTURES = Path(__file__).parents[1] / "fixtures"
NUMBERS = (50, 100, 200)
_EVERY_SO_OFTEN = 0.01  # seconds
_KEPT = (0, 3)  # 3: a few samples are made to be refused


def mixed_files() -> dict[str, float]:
    """Seconds and most resident memory (program and reader together, MB) of one `import` of 50, 100 and 200 files.

    The same 50 files come again with a blank line more each time, so that each is a file of its own.
    """
    figures: dict[str, float] = {}
    for number in NUMBERS:
        with tempfile.TemporaryDirectory() as place:
            taken, most = _import(Path(place), number)
        figures |= {f"{number}_s": taken, f"{number}_peak_mb": most / 1e6}
    return figures


def ccda_into_vault(documents: list[IncomingFile]) -> dict[str, float]:
    """From bytes into the encrypted vault, reader, original and search index included, one after another."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_STATE_HOME"] = f"{place}/state"
        with create_vault(Path(place, "bench.vault"), PASSPHRASE, cost=LEAST_COST).vault as vault:
            reads = read_files(documents)
            each = [seconds(lambda: keep(vault, next(reads))) for _ in documents]
    return {"kept_median_s": statistics.median(each), "kept_slowest_s": max(each)}


def _import(place: Path, number: int) -> tuple[float, int]:
    folder, secret = place / "files", place / "passphrase"
    folder.mkdir()
    for count in range(number):
        path = _mix()[count % NUMBERS[0]]
        folder.joinpath(f"{count:03}{path.suffix}").write_bytes(path.read_bytes() + b"\n" * (count // NUMBERS[0]))
    secret.write_text(PASSPHRASE, encoding="utf-8")
    os.environ["XDG_STATE_HOME"] = f"{place}/state"
    create_vault(place / "bench.vault", PASSPHRASE, cost=LEAST_COST).vault.close()
    command = (
        str(Path(sys.executable).with_name("secondlens")),
        "import",
        str(place / "bench.vault"),
        str(folder),
    )
    started = time.perf_counter()
    with subprocess.Popen(
        (*command, "--yes", "--json", "--passphrase-file", str(secret)), stdout=subprocess.DEVNULL
    ) as program:
        most = 0
        while program.poll() is None:
            most = max(most, _resident(program.pid))
            time.sleep(_EVERY_SO_OFTEN)
    if program.returncode not in _KEPT:
        message = f"The import of {number} files ended with {program.returncode}."
        raise RuntimeError(message)
    return time.perf_counter() - started, most


def _mix() -> list[Path]:
    """50 files, the same share of each folder of samples."""
    found = [
        path for kind in ("ccda", "fhir") for path in sorted((FIXTURES / kind).rglob("*")) if _is_record(path)
    ]
    return found[:: len(found) // NUMBERS[0]][: NUMBERS[0]]


def _is_record(path: Path) -> bool:
    return path.suffix in {".xml", ".json", ".ndjson"} and "expected" not in path.name


def _resident(process: int) -> int:
    """Bytes of real memory that a process and its children hold now (Linux)."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except (OSError, IndexError):  # it ended meanwhile
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(_resident(int(child)) for child in children)
