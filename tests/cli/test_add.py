import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_medicine_is_written_down_and_found(run: Run, vault: Path, secret: Path) -> None:
    way = ("--passphrase-file", secret)
    ran = run(
        "add",
        vault,
        "medicine",
        "Hydroxychloroquine",
        "--dose",
        "200 mg",
        "--start",
        "spring 2019",
        "--json",
        *way,
    )
    line = json.loads(ran.out)
    assert (line["kind"], line["title"], line["start"]) == ("MedicationStatement", "Hydroxychloroquine", "2019")
    assert (line["value"], line["unit"], line["source"]) == ("200", "mg", None)
    assert line["id"] in run("search", vault, "hydroxychl", *way).out


def test_a_result_keeps_its_exact_text(run: Run, vault: Path, secret: Path) -> None:
    ran = run(
        "add", vault, "observation", "ANA", "--value", "1:640 speckled", "--json", "--passphrase-file", secret
    )
    assert json.loads(ran.out)["value"] == "1:640 speckled"
    assert ran.status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nonsense", "x"), "health problem"),
        (("", "x"), "health problem"),
        (("medicine", " "), "Write what it is"),
        (("allergy", "Nuts", "--dose", "2"), "--dose"),
        (("medicine", "Iron", "--start", "3/4/2019"), "spring 2019"),
        (("medicine", "Iron", "--status", "eaten"), "active"),
    ],
)
def test_what_cannot_be_kept_is_said_before_the_vault_opens(
    arguments: tuple[str, ...], said: str, run: Run, vault: Path
) -> None:
    ran = run("add", vault, *arguments)
    assert ran.status == 3
    assert said in ran.err
