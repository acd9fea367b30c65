"""Damage one file of a closed vault, in every way a disk, a copy or a hand can: opening or `check` must notice.

A case is a name and a damage done to a copy of a vault; another file of the vault (a log, a backup) is one more
call in `cases`. Noticed means: opening raises one of our sentences, or the full check finds something. Whatever
else is raised is wrong.

python -m tests.attack.bit_flips 1          (1: every page; N: every N-th page and byte)
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from secondlens.domain.clinical import Composition
from secondlens.errors import SecondlensError
from secondlens.vault import list_backups
from secondlens.vault.database import PAGE
from tests.attack.operations import Operation, named, open_in, prepare, state_in, vault_of
from tests.attack.power_loss import fast_folder
from tests.attack.report import Figure, tell

# Where SQLCipher 4 keeps what in a page: words under cipher, the start of the cipher, the page's own check.
REGIONS = {
    "data": range(16, 4016),
    "start of the cipher": range(4016, 4032),
    "check of the page": range(4032, 4096),
}
SALT = range(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of damage to a ground; `what` groups cases in the report, `name` tells this one."""

    what: str
    name: str
    damage: Callable[[Path], None]


def cases(ground: Path, other: Path, every: int = 1) -> Iterator[Case]:
    """All damages to the vault of a ground; `other` is the ground of another vault."""
    vault = vault_of(ground)
    yield from flips_in_pages(ground, "a.vault/vault.db", every)
    for name in ("vault.keys", "vault.keys.prev"):
        size = (vault / name).stat().st_size
        yield from flips_in_bytes(f"a.vault/{name}", range(0, size, every))
    for name in ("vault.db", "vault.keys", "vault.keys.prev"):
        yield from reshaped(ground, f"a.vault/{name}")
        yield exchanged(f"a.vault/{name}", other)
    yield Case(
        what="whole vault",
        name="of somebody else",
        damage=lambda here: _take(here, other, "vault.db", "vault.keys", "vault.keys.prev"),
    )


def cases_of_backup(ground: Path, every: int = 1) -> Iterator[Case]:
    """All damages to the one backup of a ground."""
    (backup,) = (ground / "backups").iterdir()
    yield from flips_in_pages(ground, f"backups/{backup.name}/vault.db", every)
    for name in ("vault.keys", "manifest.json"):
        yield from flips_in_bytes(
            f"backups/{backup.name}/{name}", range(0, (backup / name).stat().st_size - 1, every)
        )
    for name in ("vault.db", "vault.keys", "manifest.json"):
        yield from (
            case for case in reshaped(ground, f"backups/{backup.name}/{name}") if case.name != "1 bytes cut off"
        )


def cases_of_log(ground: Path, every: int = 1) -> Iterator[Case]:
    """Flipped bits and cuts in a log that holds what was acknowledged last."""
    size = (vault_of(ground) / "vault.db-wal").stat().st_size
    yield from flips_in_bytes("a.vault/vault.db-wal", range(0, size, 97 * every))
    yield from (
        case
        for case in reshaped(ground, "a.vault/vault.db-wal")
        if "more" not in case.name and "twice" not in case.name
    )


def flips_in_pages(ground: Path, file: str, every: int = 1) -> Iterator[Case]:
    """One bit flipped in each region of each page of a database, and in each byte of its salt."""
    chance = random.Random(4)  # noqa: S311 (the same places every time)
    for page in range(0, (ground / file).stat().st_size // PAGE, every):
        for region, places in REGIONS.items():
            where = page * PAGE + chance.choice(places)
            yield _flip(f"bit in {file}, {region}", file, where, chance.randrange(8))
    for where in SALT:
        yield _flip(f"bit in {file}, salt", file, where, chance.randrange(8))


def flips_in_bytes(file: str, places: range) -> Iterator[Case]:
    """One bit flipped in each of these bytes."""
    for where in places:
        yield _flip(f"bit in {file}", file, where, where % 8)


def reshaped(ground: Path, file: str) -> Iterator[Case]:
    """A file cut, made longer, emptied, lost, and with its parts exchanged."""
    size = (ground / file).stat().st_size
    block = PAGE if size > 4 * PAGE else size // 4

    def case(name: str, change: Callable[[bytes], bytes]) -> Case:
        def damage(here: Path) -> None:
            (here / file).write_bytes(change((here / file).read_bytes()))

        return Case(what=f"shape of {file}", name=name, damage=damage)

    yield case("empty", lambda _: b"")
    for cut in (1, block // 2, block, 3 * block, size - block):
        yield case(f"{cut} bytes cut off", lambda content, cut=cut: content[:-cut])  # type: ignore[misc]
    yield case("one byte more", lambda content: content + b"\0")
    yield case("a page of zeros more", lambda content: content + bytes(PAGE))
    yield case("garbage pages more", lambda content: content + random.Random(5).randbytes(3 * PAGE))  # noqa: S311
    yield case("its last page twice", lambda content: content + content[-block:])
    yield case("two parts exchanged", lambda content: _exchange(content, block))
    yield case("a part of zeros", lambda content: content[:block] + bytes(block) + content[2 * block :])
    yield case("only zeros", lambda content: bytes(len(content)))
    yield Case(what=f"shape of {file}", name="lost", damage=lambda here: (here / file).unlink())


def exchanged(file: str, other: Path) -> Case:
    """The same file of another vault."""
    return Case(what="file of another vault", name=file, damage=lambda here: _take(here, other, Path(file).name))


def noticed(ground: Path) -> bool:
    """Tell whether opening or the full check says something, or its backup is no longer one.

    Any error but ours goes through.
    """
    with state_in(ground):
        try:
            with open_in(ground) as vault:
                copies = list_backups(ground / "backups")
                for copy in copies:
                    vault.prove_backup(copy)
                lost = len(list((ground / "backups").glob("*"))) - len(copies)
                return bool(lost) or not vault.check(full=True).ok
        except SecondlensError:
            return True


def leave_log(ground: Path) -> Path:
    """Give a ground as a crash leaves it when the log could not be emptied: what was acknowledged is in it."""
    crashed = ground.with_name("crashed")
    with state_in(ground), pytest.MonkeyPatch.context() as patched, open_in(ground) as vault:
        patched.setattr("secondlens.vault.safekeeping.checkpoint", lambda _: None)
        for number in range(5):
            vault.add(Composition(title=f"Letter {number}", text="a few words " * 40))
        shutil.copytree(ground, crashed)
    (vault_of(crashed) / "vault.db-shm").unlink(missing_ok=True)
    return crashed


def run(every: int, scratch: Path, operation: Operation | None = None) -> list[Figure]:
    """Do all damage, each to a fresh copy, and account for each kind of it."""
    ground, other = scratch / "whole", scratch / "other"
    for place in (ground, other):
        prepare(operation or named("backup"), place)
    crashed = leave_log(ground)
    tried: dict[str, int] = {}
    wrong: dict[str, list[str]] = {}
    for name, whole in (("a whole vault", ground), ("a vault with a log", crashed)):
        copy = scratch / "copy"
        shutil.copytree(whole, copy)
        if noticed(copy):
            wrong["undamaged"] = [f"{name} was called damaged"]
        shutil.rmtree(copy)
    all_cases = chain(
        ((ground, case) for case in cases(ground, other, every)),
        ((ground, case) for case in cases_of_backup(ground, every)),
        ((crashed, case) for case in cases_of_log(crashed, every)),
    )
    for start, case in all_cases:
        here = scratch / "damaged"
        shutil.copytree(start, here)
        case.damage(here)
        tried[case.what] = tried.get(case.what, 0) + 1
        try:
            if not noticed(here):
                wrong.setdefault(case.what, []).append(f"{case.name}: not noticed")
        except Exception as error:  # noqa: BLE001 (an error that is none of our sentences is what we look for)
            wrong.setdefault(case.what, []).append(f"{case.name}: {type(error).__name__}: {error}")
        shutil.rmtree(here)
    return [
        Figure(
            what=what,
            tried=tried.get(what, 1),
            reached=f"{tried.get(what, 1) - len(wrong.get(what, []))} noticed",
            wrong=tuple(wrong.get(what, [])),
        )
        for what in {**tried, **wrong}
    ]


def _flip(what: str, file: str, where: int, bit: int) -> Case:
    def damage(here: Path) -> None:
        with (here / file).open("r+b") as opened:
            opened.seek(where)
            byte = opened.read(1)[0]
            opened.seek(where)
            opened.write(bytes([byte ^ 1 << bit]))

    return Case(what=what, name=f"bit {bit} of byte {where}", damage=damage)


def _take(here: Path, other: Path, *names: str) -> None:
    for name in names:
        shutil.copyfile(vault_of(other) / name, vault_of(here) / name)


def _exchange(content: bytes, block: int) -> bytes:
    one, two = content[block : 2 * block], content[2 * block : 3 * block]
    return content[:block] + two + one + content[3 * block :]


def main(every: int) -> int:
    """Print the figures, and give 1 when anything is wrong."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        return tell(run(every, Path(scratch)))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
