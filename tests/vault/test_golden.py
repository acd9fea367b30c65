import json
import shutil
from pathlib import Path

import pytest

from secondlens.domain.clinical import Condition
from secondlens.vault import open_vault
from secondlens.vault.upgrades import UPGRADES
from tests.vault.make_golden import FIXTURES, expected

GOLDEN = sorted(FIXTURES.glob("format-*.vault"))


def test_every_released_format_has_its_golden_vault() -> None:
    assert [folder.stem for folder in GOLDEN] == [f"format-{number}" for number in range(1, len(UPGRADES) + 1)]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda folder: folder.stem)
def test_a_vault_of_every_released_format_opens_and_says_the_same(golden: Path, tmp_path: Path) -> None:
    folder = tmp_path / golden.name
    shutil.copytree(golden, folder)
    told = json.loads(golden.with_suffix(".json").read_text())
    passphrase, recovery_code = told.pop("passphrase"), told.pop("recovery_code")
    with open_vault(folder, recovery_code=recovery_code) as vault:
        assert json.loads(json.dumps(expected(vault))) == told
        assert vault.check(full=True).ok
        assert [found.kept.record.title for found in vault.search("migrain")] == ["Migraine"]
        vault.add(Condition(title="Still writable"))
    with open_vault(folder, passphrase=passphrase) as vault:
        assert len(list(vault.list())) == len(told["kept"]) + 1
