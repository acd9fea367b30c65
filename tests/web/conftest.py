"""A running app for each test: one locked vault, one empty open vault, one open vault full of records."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from secondlens.actions.importing import keep, read_files
from secondlens.domain.case import Case, Question, Reason
from secondlens.importers.incoming import IncomingFile
from secondlens.vault import create_vault, open_vault
from secondlens.vault.slots import LEAST_COST
from secondlens.web.app import create_app
from secondlens.web.door import Door
from secondlens.web.remembered import Remembered
from tests.web.asking import Browser

PASSPHRASE = "copper lantern seven rivers"

BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Patient",
                "id": "p",
                "name": [{"text": "Nora Sample"}],
                "birthDate": "1984",
            }
        },
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c",
                "code": {"text": "Raynaud <script>alert(1)</script> phenomenon"},
                "subject": {"reference": "Patient/p"},
                "onsetDateTime": "2021-03",
                "clinicalStatus": {"coding": [{"code": "active"}]},
            }
        },
        {
            "resource": {
                "resourceType": "Immunization",
                "id": "i",
                "status": "not-done",
                "vaccineCode": {"text": "Influenza vaccine"},
                "patient": {"reference": "Patient/p"},
                "occurrenceDateTime": "2022-10-01",
            }
        },
        *(
            {
                "resource": {
                    "resourceType": "Observation",
                    "id": f"o{number}",
                    "status": "final",
                    "code": {"text": f"Ferritin {number}"},
                    "subject": {"reference": "Patient/p"},
                    "effectiveDateTime": f"2023-01-{number % 28 + 1:02d}",
                    "valueQuantity": {"value": number, "unit": "ug/L"},
                }
            }
            for number in range(60)
        ),
    ],
}


@pytest.fixture(scope="session")
def closed_vault(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A vault made once, at the least cost a vault may have, and its recovery code."""
    folder = tmp_path_factory.mktemp("made") / "Papers.vault"
    made = create_vault(folder, PASSPHRASE, cost=LEAST_COST)
    made.vault.close()
    return folder, made.recovery_code


@pytest.fixture
def clock() -> "Clock":
    return Clock()


@pytest.fixture
def wall() -> "Clock":
    return Clock()


class Clock:
    """Time that only goes on when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def locked(closed_vault: tuple[Path, str], tmp_path: Path, clock: Clock, wall: Clock) -> Iterator[Door]:
    """A door to a locked vault."""
    folder = tmp_path / "Papers.vault"
    shutil.copytree(closed_vault[0], folder)
    door = Door(port=8765, folder=folder, remembered=Remembered(tmp_path / "state"), clock=clock, wall=wall)
    yield door
    door.lock()


@pytest.fixture
def opened(locked: Door) -> Door:
    """A door to an open, empty vault."""
    assert locked.folder is not None
    locked.take(open_vault(locked.folder, passphrase=PASSPHRASE))
    return locked


@pytest.fixture
def full(opened: Door) -> Door:
    """A door to an open vault with records, a case and two files."""
    return fill(opened)


@pytest.fixture(scope="session")
def shared(closed_vault: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The same as `full`, for all tests that leave it as it is: opening a vault is slow by design."""
    folder = tmp_path_factory.mktemp("shared") / "Papers.vault"
    shutil.copytree(closed_vault[0], folder)
    door = Door(port=8765, folder=folder, remembered=Remembered(folder.parent / "state"))
    door.take(open_vault(folder, passphrase=PASSPHRASE))
    yield fill(door)
    door.lock()


def fill(door: Door) -> Door:
    """Keep two files and a case."""
    files = [
        IncomingFile("portal.json", json.dumps(BUNDLE).encode()),
        IncomingFile("letter.rtf", b"{\\rtf1 Dear colleague, thank you for seeing this person."),
    ]
    vault = door.open_vault()
    for read in read_files(files):
        assert read.problem is None
        keep(vault, read)
    case = vault.add(Case(title="Could one illness explain all of this?"))
    vault.add(Reason(title="The fevers have no explanation.", case=case.id))
    vault.add(Question(title="What else could it be?", case=case.id, rank=1))
    return door


@pytest.fixture(scope="session")
def browse() -> Callable[[Door], Browser]:
    """Make a browser that asks the app of a door."""
    return lambda door: Browser(create_app(door))


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """New ways in at the least cost, and a home of the test's own."""
    for place in ("safekeeping", "rotation"):
        monkeypatch.setattr(f"secondlens.vault.{place}.calibrated_cost", lambda: LEAST_COST)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def browser(opened: Door, browse: Callable[[Door], Browser]) -> Browser:
    """A browser at the door of an open, empty vault."""
    return browse(opened)


@pytest.fixture
def code(closed_vault: tuple[Path, str]) -> str:
    """The recovery code of the vault of these tests."""
    return closed_vault[1]
