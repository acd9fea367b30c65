"""A vault of years of scans: adding one document, unlocking, checking, backing up, replacing the key."""

import os
import random
import statistics
import tempfile
from pathlib import Path

from secondlens.domain.clinical import DocumentReference
from secondlens.sample.journey import PASSPHRASE
from secondlens.vault import Vault, create_vault, open_vault
from secondlens.vault.documents import fingerprint
from tests.bench.timing import seconds

MEGABYTE = 1024 * 1024


def large_vault(megabytes: int) -> dict[str, float]:
    """Seconds for what a person waits for in a vault of this size; a document of 5 MB is added five times."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_STATE_HOME"] = f"{place}/state"
        made = create_vault(Path(place, "large.vault"), PASSPHRASE)
        chance = random.Random(1)  # noqa: S311 - the same bytes every time
        with made.vault as vault:
            for _ in range(megabytes // 50):
                _keep(vault, chance.randbytes(50 * MEGABYTE))
            added = [_seconds_to_add(vault, chance.randbytes(5 * MEGABYTE)) for _ in range(5)]
            kept = [_seconds_to_write(vault) for _ in range(20)]
            backup = seconds(lambda: vault.back_up(Path(place, "backups")))
            check = seconds(lambda: vault.check(full=True))
            rotate = seconds(lambda: vault.rotate(PASSPHRASE, made.recovery_code))
        unlock = statistics.median(_seconds_to_open(made.vault.folder) for _ in range(3))
    return {
        "megabytes": megabytes,
        "add_5_mb_median_s": statistics.median(added),
        "add_5_mb_slowest_s": max(added),
        "small_write_median_s": statistics.median(kept),
        "unlock_median_s": unlock,
        "full_check_s": check,
        "verified_backup_s": backup,
        "replace_key_s": rotate,
    }


def _keep(vault: Vault, content: bytes) -> None:
    vault.keep("scan.pdf", content, fingerprint(content), (DocumentReference(title="Scan"),))


def _seconds_to_add(vault: Vault, content: bytes) -> float:
    return seconds(lambda: _keep(vault, content))


def _seconds_to_write(vault: Vault) -> float:
    return seconds(lambda: vault.add(DocumentReference(title="A short note")))


def _seconds_to_open(folder: Path) -> float:
    return seconds(lambda: open_vault(folder, passphrase=PASSPHRASE).close())
