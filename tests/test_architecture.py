"""The import table of the house: arrows point inward, and each rule here turns red when one does not."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "secondlens"
MODULES = tuple(sorted(SOURCE.rglob("*.py")))

# Each room and what it may import besides itself.
INNER = {"domain", "errors"}
SIBLINGS = {"content", "vault", "importers", "exporters", "sample"}
MAY_IMPORT = {
    "domain": {"domain", "errors"},
    **{room: INNER | {room} for room in SIBLINGS},
    "actions": INNER | SIBLINGS | {"actions"},
    "web": INNER | SIBLINGS | {"actions", "web"},
    # The terminal starts the browser door; nothing in the browser door knows the terminal.
    "cli": INNER | SIBLINGS | {"actions", "web", "cli"},
    "errors": set(),
    "__init__": set(),
    "__main__": {"cli"},
}
ONLY_IN_VAULT = {"sqlite3", "sqlcipher3", "cryptography", "hmac"}
# It reads XML of strangers; what is loaded beside the open vault only writes with it.
MAY_USE_LXML = {"importers", "sample"}
ONLY_IN_THE_CHILD = (
    "_reader",
    "_large",
    "_apple_stream",
    "_apple_elements",
    "apple_health",
    "_excerpt",
    "_xml",
    "_xdm_contents",
    "attached",
    "ccda",
    "fhir",
    "fhir_xml",
    "formats",
    "table",
    "_table_head",
    "_table_rows",
    "xdm",
)
NETWORK = {"requests", "httpx", "urllib.request", "aiohttp", "ftplib", "smtplib"}
MOST_LINES = 500


def room_of(module: Path) -> str:
    """The folder below the package, or the file's own name at its top."""
    parts = module.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else module.stem


def imports_of(module: Path) -> Iterator[str]:
    """Every imported module, and every name taken from one, with dots."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: import by the whole name"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_imports_point_inward(module: Path) -> None:
    allowed = MAY_IMPORT[room_of(module)]
    for name in imports_of(module):
        parts = name.split(".")
        if parts[0] == "secondlens" and len(parts) > 1:
            assert parts[1] in allowed, f"{room_of(module)} must not import {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_private_files_stay_in_their_folder_and_below(module: Path) -> None:
    here = module.relative_to(SOURCE).parts[:-1]
    for name in imports_of(module):
        parts = name.split(".")[1:]
        for depth, part in enumerate(parts):
            if name.startswith("secondlens.") and part.startswith("_") and not part.startswith("__"):
                target = SOURCE.joinpath(*parts[:depth], f"{part}.py")
                assert not target.exists() or tuple(parts[:depth]) == here[:depth], f"{name} is private"


def test_domain_uses_the_standard_library_alone_and_touches_nothing_outside() -> None:
    outside = {"os", "io", "pathlib", "socket", "random", "secrets", "time", "subprocess", "shutil", "tempfile"}
    for module in (SOURCE / "domain").glob("*.py"):
        for name in imports_of(module):
            root = name.split(".")[0]
            assert root == "secondlens" or root in sys.stdlib_module_names, f"{module.name}: {name}"
            assert root not in outside, f"{module.name}: {name}"


def test_sql_and_cryptography_live_in_the_vault_alone() -> None:
    for module in MODULES:
        if room_of(module) != "vault":
            roots = {name.split(".")[0] for name in imports_of(module)}
            assert not roots & ONLY_IN_VAULT, module


def test_xml_of_strangers_is_read_by_importers_alone() -> None:
    for module in MODULES:
        if room_of(module) not in MAY_USE_LXML:
            assert "lxml" not in {name.split(".")[0] for name in imports_of(module)}, module


def test_no_room_but_the_child_loads_what_reads_files() -> None:
    rooms = {"importers", "sample", "__main__"}
    names = [
        ".".join(module.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        for module in MODULES
        if room_of(module) not in rooms
    ]
    code = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = done.stdout.split()
    assert "secondlens.importers.sandbox" in loaded
    assert not {f"secondlens.importers.{name}" for name in ONLY_IN_THE_CHILD} & set(loaded)


def test_nothing_can_send_anything_anywhere() -> None:
    for module in MODULES:
        assert not NETWORK & set(imports_of(module)), module


def test_no_file_has_grown_past_what_one_can_read() -> None:
    long = {
        str(module): lines for module in MODULES if (lines := len(module.read_text().splitlines())) > MOST_LINES
    }
    assert not long
