"""Kill -9 a program while it imports, again and again: nothing acknowledged is lost, nothing is half there.

python -m tests.attack.vault_kills 200
"""

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import count
from pathlib import Path

from secondlens.vault import LEAST_COST, Vault, create_vault, open_vault
from tests.vault.making import PASSPHRASE, fingerprint, results

RECORDS = 60
_SIZE = 300_000


def content_of(number: int) -> bytes:
    """The bytes of import number N."""
    return number.to_bytes(4, "big") * (_SIZE // 4)


def import_for_ever(folder: Path, recovery_code: str, start: int) -> None:
    """Keep one file after another, and say its number only when the vault said it is kept."""
    vault = open_vault(folder, recovery_code=recovery_code)
    print("open", flush=True)  # noqa: T201 - the parent listens
    for number in count(start):
        content = content_of(number)
        vault.keep(f"{number}", content, fingerprint(content), tuple(results(content, RECORDS, f"{number}")))
        print(number, flush=True)  # noqa: T201 - the parent listens


def kill_while_importing(folder: Path, recovery_code: str, start: int, chance: random.Random) -> set[int]:
    """Start an importer, kill it at a random moment, and give the numbers it had acknowledged."""
    command = [sys.executable, "-m", "tests.attack.vault_kills", str(folder), recovery_code, str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout
        assert child.stdout.readline() == "open\n"
        told = {int(child.stdout.readline()) for _ in range(chance.randint(0, 3))}
        time.sleep(chance.uniform(0, 0.15))
        child.kill()
        return told | {int(line) for line in child.stdout.read().splitlines()}


def wrong_after(vault: Vault, acknowledged: set[int]) -> list[str]:
    """Say what is lost or half there."""
    # Each import brings a new version of the same facts: so count versions by the file that brought them.
    ids = [kept.id for kept in vault.list()]
    brought = Counter(
        past.record.source.sha256 for one in ids for past in vault.history(one) if past.record.source
    )
    documents = {document.sha256 for document in vault.documents()}
    wrong = [f"{number} lost" for number in acknowledged if fingerprint(content_of(number)) not in documents]
    wrong += [f"{name} has {brought[name]} records" for name in documents if brought[name] != RECORDS]
    wrong += [f"{name} has records and no file" for name in brought.keys() - documents]
    return wrong + list(vault.check(full=True).findings)


def run(rounds: int, folder: Path, seed: int = 1) -> tuple[int, int, list[str]]:
    """Give how many imports were acknowledged, how many kills fell inside one, and what went wrong."""
    new = create_vault(folder, PASSPHRASE, cost=LEAST_COST)
    new.vault.close()
    chance = random.Random(seed)  # noqa: S311 - kill times need no secrecy
    acknowledged: set[int] = set()
    inside = 0
    for _ in range(rounds):
        start = len(acknowledged) + inside
        told = kill_while_importing(folder, new.recovery_code, start, chance)
        acknowledged |= told
        inside += 1
        with open_vault(folder, recovery_code=new.recovery_code) as vault:
            wrong = wrong_after(vault, acknowledged)
        if wrong:
            return len(acknowledged), inside, wrong
    return len(acknowledged), inside, []


if __name__ == "__main__":
    if len(sys.argv) == 4:
        import_for_ever(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    for seed in range(int(sys.argv[1]) // 20):
        with tempfile.TemporaryDirectory() as place:
            kept, kills, wrong = run(20, Path(place) / "killed.vault", seed)
        print(f"{kills} kills, {kept} imports acknowledged, wrong: {wrong or 'nothing'}", flush=True)  # noqa: T201 - the report
        if wrong:
            sys.exit(1)
