import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from secondlens.domain.clinical import Condition
from secondlens.vault import list_backups, open_vault, usual_place
from secondlens.vault.database import connect
from secondlens.vault.upgrades import UPGRADES
from tests.vault.make_golden import FIXTURES, expected
from tests.vault.making import Place, key_of

GOLDEN = sorted(FIXTURES.glob("format-*.vault"))


def test_every_released_format_has_its_golden_vault() -> None:
    assert [folder.stem for folder in GOLDEN] == [f"format-{number}" for number in range(1, len(UPGRADES) + 1)]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda folder: folder.stem)
def test_a_vault_of_every_released_format_opens_and_says_the_same(golden: Path, tmp_path: Path) -> None:
    folder = tmp_path / golden.name
    shutil.copytree(golden, folder)
    told = json.loads(golden.with_suffix(".json").read_text())
    ways = {name: told.pop(name) for name in ("passphrase", "recovery_code", "identity") if name in told}
    helpers = told.pop("helpers_passphrase", None)
    with open_vault(folder, recovery_code=ways["recovery_code"]) as vault:
        assert _said(json.loads(json.dumps(expected(vault)))) == _said(told)
        assert vault.check(full=True).ok
        assert vault.older is None
        assert [found.kept.record.title for found in vault.search("migrain")] == ["Migraine"]
        vault.add(Condition(title="Still writable"))
    for way, secret in [*ways.items(), *([("passphrase", helpers)] if helpers else [])]:
        with open_vault(folder, **{way: secret}) as vault:
            assert len(list(vault.list())) == len(told["kept"]) + 1


def _said(told: object) -> object:
    """What is said, without what is left unsaid: a later version may have fields that an older one lacks."""
    if isinstance(told, dict):
        return {name: _said(value) for name, value in told.items() if value is not None}
    return [_said(value) for value in told] if isinstance(told, list) else told


def test_an_upgrade_makes_a_verified_backup_first_that_opens_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "old.vault"
    shutil.copytree(FIXTURES / "format-1.vault", folder)
    told = json.loads((FIXTURES / "format-1.json").read_text())
    open_vault(folder, recovery_code=told["recovery_code"]).close()
    (copy,) = list_backups(usual_place(folder))
    assert (copy.why, copy.records, copy.end) == ("before-upgrade", len(told["kept"]), None)
    with closing(
        connect(copy.folder / "vault.db", key_of(Place(folder=copy.folder, recovery_code=told["recovery_code"])))
    ) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
