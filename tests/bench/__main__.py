"""Speed, measured on its own: `make bench` prints the figures as JSON. Never a timed test.

`--mb N` sets the size of the FHIR bundle, `--vault-mb N` that of the large vault, `--readings N` how many readings
of devices there are behind the pages that show them.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from secondlens.actions.demo import build_sample
from secondlens.actions.importing import keep, read_files
from secondlens.actions.packets import print_packet
from secondlens.importers.ccda import CCDA
from secondlens.importers.incoming import IncomingFile
from secondlens.sample.journey import PASSPHRASE
from secondlens.vault import LEAST_COST, Vault, create_vault, open_vault
from tests.bench.fhir_bundle import make_bundle
from tests.bench.large_vault import large_vault
from tests.bench.many_readings import many_readings
from tests.bench.mixed_files import ccda_into_vault, mixed_files
from tests.bench.timing import seconds

CCDA_FILES = Path(__file__).parents[1] / "fixtures" / "ccda"
RUNS = 5


def ccda() -> dict[str, float]:
    """Read and map every open C-CDA document, the median of three rounds; then keep each. Seconds a document."""
    paths = sorted(path for path in CCDA_FILES.rglob("*") if path.suffix.lower() in {".xml", ".ccda"})
    files = [IncomingFile(name=path.name, content=path.read_bytes()) for path in paths]
    documents = [file for file in files if b"<ClinicalDocument" in file.content and CCDA.recognises(file)]
    each = [statistics.median(_seconds_to_read(file) for _ in range(3)) for file in documents]
    read = {"documents": len(each), "median_s": statistics.median(each), "slowest_s": max(each)}
    return read | ccda_into_vault(documents)


def fhir(megabytes: int) -> dict[str, float]:
    """A made bundle from bytes into an encrypted vault, search index and original included."""
    content = make_bundle(megabytes)
    times = [_seconds_to_keep(IncomingFile(name="bundle.json", content=content)) for _ in range(RUNS)]
    megabytes_read = len(content) / 1e6
    median = statistics.median(times)
    return {"megabytes": megabytes_read, "median_s": median, "mb_per_s": megabytes_read / median}


def packet() -> dict[str, float]:
    """The sample person's packet out of her vault: the first in a process, and later ones."""
    with tempfile.TemporaryDirectory() as folder:
        made = build_sample(Path(folder), date(2026, 11, 22))
        with open_vault(made.vault_folder, passphrase=PASSPHRASE) as vault:
            # Another day each time, because Typst remembers what it has just laid out.
            times = [_seconds_to_print(vault, date(2027, 1, day)) for day in range(1, RUNS + 1)]
    return {"median_s": statistics.median(times), "slowest_s": max(times)}


def command_line() -> dict[str, float]:
    """`secondlens --help` as a whole process, beside a Python that does nothing."""
    program = str(Path(sys.executable).with_name("secondlens"))
    shown = statistics.median(_seconds_to_run(program, "--help") for _ in range(9))
    bare = statistics.median(_seconds_to_run(sys.executable, "-c", "0") for _ in range(9))
    return {"help_s": shown, "bare_python_s": bare}


def _seconds_to_read(file: IncomingFile) -> float:
    return seconds(lambda: tuple(CCDA.read(file)))


def _seconds_to_keep(file: IncomingFile) -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        create_vault(Path(folder, "bench.vault"), PASSPHRASE, cost=LEAST_COST).vault as vault,
    ):
        return seconds(lambda: [keep(vault, read) for read in read_files([file])])


def _seconds_to_print(vault: Vault, day: date) -> float:
    return seconds(lambda: print_packet(vault, None, day))


def _seconds_to_run(*command: str) -> float:
    return seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))


def main() -> None:
    """Measure all and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--mb", type=int, default=30)
    arguments.add_argument("--vault-mb", type=int, default=2000)
    arguments.add_argument("--readings", type=int, default=10_000_000)
    chosen = arguments.parse_args()
    figures = {
        "ccda": ccda(),
        "fhir": fhir(chosen.mb),
        "mixed_files": mixed_files(),
        "packet": packet(),
        "help": command_line(),
        "large_vault": large_vault(chosen.vault_mb),
        "pages_of_readings": many_readings(chosen.readings),
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


main()
