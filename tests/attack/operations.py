"""What the battery does to a vault while it breaks the ground under it. A new operation is one entry here.

An operation lives in a *ground*: a folder that holds the vault, its recovery code, the state folder and whatever
else the operation needs (backups, targets). `prepare` makes the ground; `run` works in it and says each step only
when the vault said that it is done; `verify` tells what is wrong with a ground after whatever befell it, given
the steps that were said. `run` must be able to go on from any ground that `verify` finds right, because after
each fault it is run once more without one.

python -m tests.attack.operations NAME GROUND [MUTANT]     (the child that the tools start, kill and starve)
"""

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import shake_256
from pathlib import Path

from secondlens.domain.clinical import Composition
from secondlens.errors import NotFound, SecondlensError
from secondlens.vault import (
    LEAST_COST,
    Vault,
    create_vault,
    list_backups,
    open_vault,
    repair_vault,
    restore_vault,
)
from secondlens.vault.keys import read_keys, save_keys
from secondlens.vault.refusals import plain_refusals
from tests.attack.durability_mutants import MUTANTS
from tests.vault.make_golden import FIXTURES
from tests.vault.making import PASSPHRASE, fingerprint, results, samples

BEGIN = "begin"
RECORDS = 25
_CODE = "recovery-code.txt"

Say = Callable[[str], None]


class GroundRefused(SecondlensError):
    """A fault hit the battery's own reading; that says nothing about the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing done to a vault: see the head of this file."""

    name: str
    prepare: Callable[[Path], None]
    run: Callable[[Path, Say], None]
    verify: Callable[[Path, Sequence[str]], list[str]]


def vault_of(ground: Path) -> Path:
    """The vault's folder in a ground."""
    return ground / "a.vault"


def open_in(ground: Path) -> Vault:
    """Open the vault of a ground with its recovery code, which costs no slow derivation."""
    return open_vault(vault_of(ground), recovery_code=_code_of(ground))


@contextmanager
def state_in(ground: Path) -> Iterator[None]:
    """Keep what the program remembers outside of the vault in the ground too."""
    before = dict(os.environ)
    os.environ |= state_environment(ground)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def state_environment(ground: Path) -> dict[str, str]:
    """The variables that tell a program where to remember things."""
    return {"XDG_STATE_HOME": str(ground / "state"), "HOME": str(ground / "home")}


def prepare(operation: Operation, ground: Path) -> None:
    """Make the ground of an operation."""
    ground.mkdir(parents=True)
    for name in ("state", "home"):
        (ground / name).mkdir()
    with state_in(ground):
        operation.prepare(ground)


def wrong_in(operation: Operation, ground: Path, acknowledged: Sequence[str]) -> list[str]:
    """Say what is wrong in a ground; a typed error is one wrong, any other error is a fault of the tool."""
    with state_in(ground):
        try:
            return operation.verify(ground, acknowledged)
        except SecondlensError as error:
            return [f"{type(error).__name__}: {error}"]


def run_again(operation: Operation, ground: Path, acknowledged: Sequence[str]) -> list[str]:
    """Run an operation once more, without a fault, and say what is wrong then."""
    said = list(acknowledged)
    with state_in(ground):
        try:
            operation.run(ground, said.append)
        except SecondlensError as error:
            return [f"again: {type(error).__name__}: {error}"]
    return [f"again: {one}" for one in wrong_in(operation, ground, said)]


def content_of(number: int, size: int = 48_000) -> bytes:
    """The bytes of import number N: none that packing makes smaller, so that they fill the pages they should."""
    return shake_256(number.to_bytes(4, "big")).digest(size)


def _prepare_vault(ground: Path) -> None:
    new = create_vault(vault_of(ground), PASSPHRASE, cost=LEAST_COST)
    (ground / _CODE).write_text(new.recovery_code, encoding="utf-8")
    with new.vault as vault:
        _keep(vault, 0)
        vault.add(Composition(title="Letter", text="a few words " * 40))


def _keep(vault: Vault, number: int, size: int = 48_000) -> None:
    content = content_of(number, size)
    vault.keep(f"{number}", content, fingerprint(content), results(content, RECORDS, f"{number}"))


def _import(ground: Path, say: Say) -> None:
    with open_in(ground) as vault:
        start = len(vault.documents())
        for number in range(start, start + 3):
            _keep(vault, number)
            say(f"kept {fingerprint(content_of(number))}")


def _import_large(ground: Path, say: Say) -> None:
    """One file of more than the 200 pages at which the log is emptied by itself, 4 times over."""
    with open_in(ground) as vault:
        number = len(vault.documents())
        _keep(vault, number, 3_300_000)
        say(f"kept {fingerprint(content_of(number, 3_300_000))}")


def _verify_imports(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    with open_in(ground) as vault:
        # Each import brings a new version of the same facts: so count versions by the file that brought them.
        ids = [kept.id for kept in vault.list("Observation")]
        brought = Counter(
            past.record.source.sha256 for one in ids for past in vault.history(one) if past.record.source
        )
        documents = {document.sha256 for document in vault.documents()}
        wrong = [f"{step} lost" for step in acknowledged if step.removeprefix("kept ") not in documents]
        wrong += [f"{name} has {brought[name]} records" for name in documents if brought[name] != RECORDS]
        wrong += [f"{name} has records and no file" for name in brought.keys() - documents]
        return wrong + list(vault.check(full=True).findings)


def _prepare_two_imports(ground: Path) -> None:
    """The second run changes what the first brought, and adds a reading to its two."""
    _prepare_vault(ground)
    with open_in(ground) as vault:
        for number, run, *readings in ((1, "first", 60.0, 61.0), (2, "second", 60.0, 61.0, 62.0)):
            content = content_of(number)
            pulses = samples(*((place * 60, place * 60, value) for place, value in enumerate(readings)))
            brought = results(content, RECORDS, f"{number}")
            vault.keep_file(f"{number}", content, fingerprint(content), (*brought, pulses), run=run)


def _take_back(ground: Path, say: Say) -> None:
    with open_in(ground) as vault:
        if vault.imports()[0].taken_back_at is None:
            vault.take_back("second")
        say("taken back")


def _verify_taken_back(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    """The second run is there whole or not at all."""
    with open_in(ground) as vault:
        second = vault.imports()[0]
        taken = second.taken_back_at is not None
        wrong = ["taking back was lost"] if acknowledged and not taken else []
        expected = ({"1"}, [60.0, 61.0]) if taken else ({"2"}, [60.0, 61.0, 62.0])
        values = {kept.record.value.text for kept in vault.list("Observation")}  # type: ignore[attr-defined]  # a result
        found = (values, [reading.value for reading in vault.readings("HeartRate")])
        wrong += [] if found == expected else [f"taken back by half: {found}"]
        return wrong + list(vault.check(full=True).findings)


def _write(ground: Path, say: Say) -> None:
    with open_in(ground) as vault:
        for number in range(3):
            kept = vault.add(Composition(title=f"Note {number}", text="first words"))
            say(f"1 {kept.id}")
            vault.revise(kept.id, Composition(title=f"Note {number}", text="other words"))
            say(f"2 {kept.id}")
        vault.remove(kept.id)
        say(f"3 {kept.id}")


def _verify_writes(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    with open_in(ground) as vault:
        wrong = [f"{step} lost" for step in acknowledged if not _has_version(vault, *step.split())]
        return wrong + list(vault.check(full=True).findings)


def _has_version(vault: Vault, version: str, record_id: str) -> bool:
    try:
        past = vault.history(record_id)[int(version) - 1]
    except (NotFound, IndexError):
        return False
    return past.version == int(version) and past.removed == (version == "3")


def _save_keys(ground: Path, say: Say) -> None:
    # As every caller in the vault does, so that what the system refuses is said in words.
    with open_in(ground) as vault, plain_refusals():
        keys = read_keys(vault.folder)
        start = int(keys.get("saves", 0))
        for number in range(start + 1, start + 5):
            keys = {**keys, "saves": number}  # a field that no reader knows is kept
            save_keys(vault.folder, keys, vault._keyring.key)
            say(f"{number}")


def _verify_keys(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    with open_in(ground) as vault:
        saved = int(read_keys(vault.folder).get("saves", 0))
        lost = [f"save {step} lost" for step in acknowledged if int(step) > saved]
        return lost + list(vault.check(full=True).findings)


def _prepare_nothing(ground: Path) -> None:
    """Leave the ground empty."""
    assert not vault_of(ground).exists()


def _create(ground: Path, say: Say) -> None:
    if vault_of(ground).exists():
        return
    new = create_vault(vault_of(ground), PASSPHRASE, cost=LEAST_COST)
    say(new.recovery_code)
    new.vault.close()


def _verify_created(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    folder = vault_of(ground)
    if not folder.exists():
        return [f"the vault of {len(acknowledged)} codes is not there"] if acknowledged else []
    code = acknowledged[0] if acknowledged else None
    with open_vault(folder, passphrase=None if code else PASSPHRASE, recovery_code=code) as vault:
        return list(vault.check(full=True).findings)


def _rotate(ground: Path, say: Say) -> None:
    with open_in(ground) as vault:
        vault.rotate(PASSPHRASE, _code_of(ground), cost=LEAST_COST)
        say(f"epoch {read_keys(vault.folder)['epoch']}")


def _verify_rotated(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    with open_in(ground) as vault:
        reached = read_keys(vault.folder)["epoch"]
        wrong = [f"{step} lost" for step in acknowledged if int(step.split()[1]) > reached]
        wrong += [f"{left.name} left" for left in vault.folder.glob("*.new*")]
    return wrong + _verify_imports(ground, ())


def _prepare_backed_up(ground: Path) -> None:
    _prepare_vault(ground)
    with open_in(ground) as vault:
        vault.back_up(_backups_of(ground))


def _back_up(ground: Path, say: Say) -> None:
    with open_in(ground) as vault:
        say(f"made {vault.back_up(_backups_of(ground)).name}")


def _verify_backups(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    """What bears the name of a backup is one, and what was said to be made is there."""
    wrong = _verify_imports(ground, ())
    with open_in(ground) as vault:
        whole = list_backups(_backups_of(ground))
        for copy in whole:
            vault.prove_backup(copy)
    there = {copy.name for copy in whole}
    named_so = {path.name for path in _backups_of(ground).glob("*.backup") if not path.name.startswith(".")}
    wrong += [f"{name} is no whole backup" for name in named_so - there]
    return wrong + [f"{step} lost" for step in acknowledged if step.split()[1] not in there]


def _restore(ground: Path, say: Say) -> None:
    (copy, *_) = list_backups(_backups_of(ground))
    number = len(list(ground.glob("back*.vault")))
    with restore_vault(copy.folder, ground / f"back{number}.vault", recovery_code=_code_of(ground)):
        say(f"restored back{number}.vault")


def _verify_restored(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    """A vault that has its place is whole, and the old one is as it was.

    That there are two copies now, and which of them went further, is said at opening: as it should be.
    """
    wrong = _verify_imports(ground, ())
    wrong += [f"{step} lost" for step in acknowledged if not (ground / step.split()[1]).is_dir()]
    for folder in ground.glob("back*.vault"):
        with open_vault(folder, recovery_code=_code_of(ground)) as vault:
            wrong += vault.check(full=True).findings
    return [one for one in wrong if "An older copy may have been put in its place" not in one]


def _prepare_old(ground: Path) -> None:
    shutil.copytree(FIXTURES / "format-1.vault", vault_of(ground))
    told = json.loads((FIXTURES / "format-1.json").read_text(encoding="utf-8"))
    (ground / _CODE).write_text(told["recovery_code"], encoding="utf-8")


def _upgrade(ground: Path, say: Say) -> None:
    with open_in(ground) as vault:
        say(f"holds {len(list(vault.list()))}")


def _verify_upgraded(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    told = json.loads((FIXTURES / "format-1.json").read_text(encoding="utf-8"))
    with open_in(ground) as vault:
        holds = len(list(vault.list()))
        wrong = [f"{len(told['kept'])} records became {holds}"] if holds != len(told["kept"]) else []
        wrong += [f"{step} lost" for step in acknowledged if step != f"holds {holds}"]
        return wrong + list(vault.check(full=True).findings)


def _prepare_damaged(ground: Path) -> None:
    """One bad page inside a large original, which the backup has too."""
    _prepare_vault(ground)
    with open_in(ground) as vault:
        _keep(vault, 1, 3_300_000)
        vault.back_up(_backups_of(ground))
    database = vault_of(ground) / "vault.db"
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)


def _repair(ground: Path, say: Say) -> None:
    mended = repair_vault(vault_of(ground), recovery_code=_code_of(ground), backups=_backups_of(ground))
    say(f"mended {len(mended.lost)}")


def _verify_repaired(ground: Path, acknowledged: Sequence[str]) -> list[str]:
    """Before it was mended the vault may be damaged; it is never gone, and afterwards it is whole."""
    if not acknowledged:
        return [] if (vault_of(ground) / "vault.db").is_file() else ["the database is gone"]
    return [f"{step} lost" for step in acknowledged if step != "mended 0"] + _verify_imports(ground, ())


def _backups_of(ground: Path) -> Path:
    return ground / "backups"


def _code_of(ground: Path) -> str:
    try:
        return (ground / _CODE).read_text(encoding="utf-8")
    except OSError as error:
        raise GroundRefused("A file of the battery itself could not be read.") from error


OPERATIONS = (
    Operation(name="import", prepare=_prepare_vault, run=_import, verify=_verify_imports),
    Operation(name="large-import", prepare=_prepare_vault, run=_import_large, verify=_verify_imports),
    Operation(name="take-back", prepare=_prepare_two_imports, run=_take_back, verify=_verify_taken_back),
    Operation(name="write", prepare=_prepare_vault, run=_write, verify=_verify_writes),
    Operation(name="save-keys", prepare=_prepare_vault, run=_save_keys, verify=_verify_keys),
    Operation(name="create", prepare=_prepare_nothing, run=_create, verify=_verify_created),
    Operation(name="rotate", prepare=_prepare_vault, run=_rotate, verify=_verify_rotated),
    Operation(name="backup", prepare=_prepare_backed_up, run=_back_up, verify=_verify_backups),
    Operation(name="restore", prepare=_prepare_backed_up, run=_restore, verify=_verify_restored),
    Operation(name="upgrade", prepare=_prepare_old, run=_upgrade, verify=_verify_upgraded),
    Operation(name="repair", prepare=_prepare_damaged, run=_repair, verify=_verify_repaired),
)


def named(name: str) -> Operation:
    """The operation of a name."""
    return next(operation for operation in OPERATIONS if operation.name == name)


def main(name: str, ground: str, mutant: str | None = None) -> int:
    """Run an operation; leave with 3 after a typed error, and let any other end in its traceback."""
    if mutant:
        MUTANTS[mutant]()
    _say(BEGIN)
    try:
        named(name).run(Path(ground), _say)
    except SecondlensError as error:
        _put(2, f"{type(error).__name__}: {error}")
        return 3
    return 0


def _say(step: str) -> None:
    _put(1, step)


def _put(handle: int, line: str) -> None:
    # One call a line, past all buffers, of a kind that the program itself does not use: so the tools read its
    # place among the others from the trace, and refuse or kill every other write without hitting this one.
    os.writev(handle, [f"{line}\n".encode()])


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
