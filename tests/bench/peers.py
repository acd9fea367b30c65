"""The best open converters on the same files in the same run: `python -m tests.bench.peers`.

Peers are installed into a throw-away environment from the package registry; nothing of them stays. A peer reads
C-CDA into FHIR, so an entry of the truth file counts as found when a resource of the right type holds one of its
codes, each resource for one entry.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from secondlens.domain.record import Record
from secondlens.importers.ccda import CCDA
from secondlens.importers.fhir import FHIR
from secondlens.importers.incoming import IncomingFile
from tests.bench.timing import seconds

FIXTURES = Path(__file__).parents[1] / "fixtures" / "ccda"
BUNDLE = max((FIXTURES.parent / "fhir" / "synthea").glob("*.json"), key=lambda path: path.stat().st_size)
PACKAGES = ("ccda-to-fhir==0.3", "python-fhir-converter==0.3.0", "fhir.resources==8.3.0", "fhirkit-rs==0.1.0")
TYPES = {
    "problems": {"Condition"},
    "allergies": {"AllergyIntolerance"},
    "medications": {"MedicationStatement", "MedicationRequest", "Medication"},
    "immunizations": {"Immunization"},
    "results": {"Observation"},
    "vitals": {"Observation"},
    "procedures": {"Procedure"},
    "encounters": {"Encounter"},
}

# Runs inside the environment of the peers: prints, for each converter, what each file became and how long it took.
PEER_PROGRAM = """
import io, json, logging, sys, time

logging.disable()

def ccda_to_fhir(text):
    from ccda_to_fhir import convert_document
    return convert_document(text)["bundle"]

def python_fhir_converter(text):
    from fhir_converter.renderers import CcdaRenderer
    return json.loads(CcdaRenderer().render_fhir_string("CCD", io.StringIO(text)))

def codes(value):
    if isinstance(value, dict):
        found = {value["code"]} if isinstance(value.get("code"), str) else set()
        return found.union(*map(codes, value.values()))
    return set().union(*map(codes, value)) if isinstance(value, list) else set()

job = json.load(sys.stdin)
answers = {}
for convert in (ccda_to_fhir, python_fhir_converter):
    answer = answers[convert.__name__] = {"seconds": [], "read": 0, "resources": {}}
    for path in job["ccda"]:
        start = time.perf_counter()
        try:
            text = open(path, encoding="utf-8").read()
            bundle = json.loads(json.dumps(convert(text), default=str))
        except Exception:
            continue
        answer["seconds"].append(time.perf_counter() - start)
        answer["read"] += 1
        found = [entry["resource"] for entry in bundle.get("entry", [])]
        answer["resources"][path] = [(one.get("resourceType"), sorted(codes(one))) for one in found]
content = open(job["fhir"], "rb").read()
import fhirkit
from fhir.resources.R4B.bundle import Bundle
for name, read in (("fhir.resources", Bundle.model_validate_json), ("fhirkit-rs", fhirkit.parse)):
    start = time.perf_counter()
    read(content)
    answers[name] = {"mb_per_s": len(content) / 1e6 / (time.perf_counter() - start)}
json.dump(answers, sys.stdout)
"""


_Found = list[tuple[str, list[str]]]


def main() -> None:
    """Measure ourselves and the peers, print one table as JSON."""
    truth = json.loads((FIXTURES / "ccda_truth.json").read_text(encoding="utf-8"))
    paths = [FIXTURES / name for name in truth]
    with tempfile.TemporaryDirectory() as folder:
        answers = ask_peers(Path(folder), [str(path) for path in paths], str(BUNDLE))
    read = {str(path): read_by_us(path) for path in paths}
    times = [seconds(lambda path=path: read_by_us(path)) for path in paths]  # type: ignore[misc]
    answers["ours"] = {"read": len(read), "seconds": times, "resources": read}
    file = IncomingFile(name=BUNDLE.name, content=BUNDLE.read_bytes())
    answers["ours, FHIR"] = {"mb_per_s": len(file.content) / 1e6 / seconds(lambda: tuple(FHIR.read(file)))}
    table = {name: line(answer, truth) if "resources" in answer else answer for name, answer in answers.items()}
    sys.stdout.write(json.dumps(table, indent=1) + "\n")


def ask_peers(folder: Path, paths: list[str], bundle: str) -> dict[str, dict[str, Any]]:
    """Install the peers beside us, and let them read the same files."""
    subprocess.run([sys.executable, "-m", "venv", folder / "peers"], check=True)
    python = folder / "peers" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    job = json.dumps({"ccda": paths, "fhir": bundle})
    done = subprocess.run([python, "-c", PEER_PROGRAM], input=job, capture_output=True, text=True, check=True)
    answers: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return answers


def read_by_us(path: Path) -> _Found:
    """Read a file; for each record its kind and codes."""
    records = CCDA.read(IncomingFile(name=path.name, content=path.read_bytes()))
    return [(one.kind, [code.code for code in one.codes]) for one in records if isinstance(one, Record)]


def line(answer: dict[str, Any], truth: dict[str, Any]) -> dict[str, float]:
    """One row: files read, median seconds of those, and the share of all coded entries found."""
    wanted = found = 0
    for name, entries in truth.items():
        free = [(kind, set(codes)) for kind, codes in answer["resources"].get(str(FIXTURES / name), [])]
        for category, kinds in TYPES.items():
            for codes in filter(None, entries["codes"][category]):
                wanted += 1
                match = next(
                    (at for at, (kind, have) in enumerate(free) if kind in kinds and have & set(codes)), None
                )
                if match is not None:
                    del free[match]
                    found += 1
    return {"read": answer["read"], "median_s": statistics.median(answer["seconds"]), "recall": found / wanted}


main()
