"""Faults that the battery found once, each mended since."""

import shutil
from pathlib import Path

import pytest

from secondlens.domain.clinical import Composition
from secondlens.errors import SecondlensError
from secondlens.vault.database import PAGE
from tests.attack.children import TYPED, command_of, ended, start, traced
from tests.attack.disk_full import run_in_namespace
from tests.attack.operations import named, open_in, prepare, state_in, vault_of
from tests.vault.making import fingerprint, results


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    prepare(named("write"), tmp_path / "ground")
    return tmp_path / "ground"


def test_a_page_that_a_power_cut_left_unfinished_is_completed_from_the_log(ground: Path) -> None:
    content = b"letter" * 5000
    with open_in(ground) as vault, pytest.MonkeyPatch.context() as patch:
        patch.setattr("secondlens.vault.safekeeping.checkpoint", lambda _: None)
        vault.keep("a", content, fingerprint(content), results(content, 3))
        shutil.copytree(ground, ground.with_name("cut"))  # as it is found after the cut: all is in the log
    with (vault_of(ground.with_name("cut")) / "vault.db").open("ab") as database:
        database.write(bytes(PAGE // 8))
    with open_in(ground.with_name("cut")) as vault:
        assert vault.document(fingerprint(content)) == content
        assert vault.check(full=True).ok


def test_a_full_disk_is_never_told_as_damage() -> None:
    assert [one for figure in run_in_namespace(8, "write") for one in figure.wrong] == []


def test_a_disk_that_fails_at_the_very_end_is_told_in_a_sentence(ground: Path) -> None:
    vault = open_in(ground)
    vault.add(Composition(title="Letter", text="words"))

    def refuse(_handle: int, _size: int) -> None:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.ftruncate", refuse)
        vault.close()
    open_in(ground).close()


def test_a_database_that_may_not_be_opened_is_told_in_a_sentence(ground: Path) -> None:
    database = str(vault_of(ground) / "vault.db")
    refuse = traced(["-o", "/dev/null", "-P", database, "-e", "inject=openat:error=EACCES"])
    end = ended(start([*refuse, *command_of(named("write"), ground)], ground))
    assert (end.status, end.acknowledged) == (TYPED, ())


@pytest.mark.parametrize("end", [b"", b"\n\n"])
def test_a_key_file_with_another_end_is_noticed(ground: Path, end: bytes) -> None:
    keys = vault_of(ground) / "vault.keys"
    keys.write_bytes(keys.read_bytes().rstrip(b"\n") + end)
    with state_in(ground), pytest.raises(SecondlensError):
        open_in(ground)
