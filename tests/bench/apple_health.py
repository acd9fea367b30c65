"""An Apple Health export into the vault, beside the peers on the same file: `python -m tests.bench.apple_health`.

`--generator FILE` is a program that makes one: FILE OUT --mb N --zip writes OUT, OUT.zip and OUT.truth.json.
`--mb N` is how large (1000), `--larger N` one that only we read, to see that memory does not grow, `--rounds N`
how often each reads. Peers are installed into a throw-away environment; nothing of them stays.
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Any

from secondlens.actions.large_files import on_disk
from secondlens.domain.samples import NUMBER, Samples
from secondlens.importers.sandbox import Sandbox
from secondlens.importers.streaming import read_large
from secondlens.vault import LEAST_COST, create_vault, open_vault

PACKAGES = ("vitalog==0.2.3", "apple-health-export-mcp==0.1.1", "healthkit-to-sqlite==1.0.1")
PASSPHRASE = "four calm words here"
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TWICE = ("BloodPressureSystolic", "BloodPressureDiastolic")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--generator", type=Path, required=True)
    arguments.add_argument("--mb", type=int, default=1000)
    arguments.add_argument("--larger", type=int, default=0)
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--no-peers", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), chosen)
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


def measure(folder: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """Make an export, let everybody read it in turn, and compare."""
    export = generate(chosen.generator, folder, chosen.mb)
    zipped = export.with_name(f"{export.name}.zip")
    programs = {"ours, zip": (zipped, None), "ours, xml": (export, None)}
    if not chosen.no_peers:
        programs |= {name: (zipped, command) for name, command in install_peers(folder / "peers").items()}
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    for _ in range(chosen.rounds):
        for name, (file, command) in programs.items():
            database = folder / "peer.db"
            run = run_ours(folder, file) if command is None else timed([*command(file, database)])
            rounds[name].append(run)
            database.unlink(missing_ok=True)
    figures: dict[str, Any] = {name: middle(runs) for name, runs in rounds.items()}
    figures["export_mb"] = export.stat().st_size / 1e6
    figures["vault"] = check_truth(folder / "bench.vault", export)
    peers = [figures[name]["wall_s"] for name, (_, command) in programs.items() if command]
    if peers:
        figures["times_faster"] = {
            name: min(peers) / figures[name]["wall_s"] for name in ("ours, zip", "ours, xml")
        }
    export.unlink()
    if chosen.larger:
        larger = generate(chosen.generator, folder, chosen.larger)
        figures["larger_mb"] = larger.stat().st_size / 1e6
        figures["larger, zip"] = run_ours(folder, larger.with_name(f"{larger.name}.zip"))
        figures["larger, xml"] = run_ours(folder, larger)
        figures["larger_vault"] = check_truth(folder / "bench.vault", larger)
    return figures


def generate(generator: Path, folder: Path, megabytes: int) -> Path:
    """Make an export of about this size."""
    if not generator.is_file():
        sys.exit(
            f"There is no generator at {generator}. Name one with --generator; it is not part of this project."
        )
    export = folder / f"export-{megabytes}.xml"
    subprocess.run([sys.executable, generator, export, "--mb", str(megabytes), "--zip"], check=True)
    return export


def run_ours(folder: Path, file: Path) -> dict[str, float]:
    """Import into a new vault, by the command, without asking."""
    vault, passphrase = folder / "bench.vault", folder / "passphrase"
    for left in vault.glob("*") if vault.is_dir() else ():
        left.unlink()
    if vault.is_dir():
        vault.rmdir()
    create_vault(vault, PASSPHRASE, cost=LEAST_COST).vault.close()
    passphrase.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    program = str(Path(sys.executable).with_name("secondlens"))
    return timed([program, "import", str(vault), str(file), "--yes", "--passphrase-file", str(passphrase)])


def install_peers(folder: Path) -> dict[str, Any]:
    """Install the peers beside us; give for each the command that reads a zip into a database."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    found = {name: str(folder / "bin" / name) for name in ("vitalog", "healthkit-to-sqlite")}
    ingest = str(folder / "bin" / "apple-health-export-mcp-ingest")
    return {
        "vitalog": lambda file, db: (found["vitalog"], "load", "apple", "--file", str(file), "--db", str(db)),
        "apple-health-export-mcp": lambda file, db: (ingest, str(file), "--db", str(db)),
        "healthkit-to-sqlite": lambda file, db: (found["healthkit-to-sqlite"], "--silent", str(file), str(db)),
    }


def timed(command: list[str]) -> dict[str, float]:
    """Run a command: wall and processor seconds, and the most memory that it and its children had at one time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            peak = max(peak, resident(running.pid))
            time.sleep(0.02)
    wall = time.perf_counter() - start
    if running.returncode:
        sys.exit(f"{command[0]} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall, "cpu_s": cpu, "peak_mb": peak / 1e6}


def resident(process: int) -> int:
    """Bytes of memory of a process and everything below it."""
    total = 0
    with suppress(OSError, ValueError):
        total = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
        for task in Path(f"/proc/{process}/task").iterdir():
            total += sum(map(resident, map(int, (task / "children").read_text(encoding="ascii").split())))
    return total


def middle(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure; of memory the most."""
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return medians | {"peak_mb": max(run["peak_mb"] for run in runs)}


def check_truth(folder: Path, export: Path) -> dict[str, Any]:
    """Compare what the vault holds with what the generator wrote; how many bytes a reading takes."""
    truth = json.loads(export.with_name(f"{export.name}.truth.json").read_text(encoding="utf-8"))
    with open_vault(folder, passphrase=PASSPHRASE) as vault:
        series = [one for one in vault.series() if not one.summary]
        counts = {(one.metric, one.unit, one.source): one.count for one in series}
        chunks, original = (
            vault._database.execute(f"SELECT sum(length({column})) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
            for column, table in (("content", "series_chunk"), ("bytes", "document_chunk"))
        )
        workouts = dict(vault.counts()).get("Observation", 0)
        sound = vault.check(full=True).ok
    readings = sum(counts.values())
    return {
        "readings": readings,
        "identical_totals": are_totals_of(export, truth),
        "identical_workouts": workouts == truth["workouts"],
        "check_full": sound,
        "bytes_a_reading": chunks / readings,
        "bytes_a_reading_with_days_and_all": ((folder / "vault.db").stat().st_size - original) / readings,
        "original_mb": original / 1e6,
    }


def are_totals_of(export: Path, truth: dict[str, Any]) -> bool:
    """Tell whether every reading comes out of the file with its value, before equal ones become one.

    Members of groups come out twice: alone and in the group.
    """
    counts: dict[str, int] = {}
    sums: dict[str, float] = {}

    def take(samples: Samples) -> None:
        if not samples.summary:
            counts[samples.metric] = counts.get(samples.metric, 0) + samples.count
            if not samples.codes:
                sums[samples.metric] = sums.get(samples.metric, 0.0) + math.fsum(array(NUMBER, samples.values))

    large = on_disk(export, export.name, export.stat().st_size)
    if large is None:
        sys.exit("This export is too small to be read where it lies. Give a larger --mb.")
    with Sandbox() as sandbox:
        read_large(sandbox, large, lambda _: None, take)
    for metric in counts:
        if metric.endswith(_TWICE):
            counts[metric] //= 2
            sums[metric] /= 2
    near = all(math.isclose(sums[name], said, rel_tol=1e-9) for name, said in truth["sum"].items())
    return counts == truth["records"] and near


main()
