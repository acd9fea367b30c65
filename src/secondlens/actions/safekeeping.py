"""Keeping a vault safe while the app is open: backups, restores that prove them, and what was not checked yet."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from time import monotonic

from secondlens.actions.working import Busy, Work, Workbench
from secondlens.vault import Backup, Vault, list_backups, prune
from secondlens.vault.audit import Action
from secondlens.vault.slots import OWNER, RECOVERY_CODE

BACKUP_AFTER = timedelta(days=1)
DRILL_AFTER = timedelta(days=7)
LOOK_AFTER = 3600.0
_KEY_CHANGES: tuple[Action, ...] = ("way-added", "way-changed", "way-removed", "key-replaced")
_SECONDS_BETWEEN_LOOKS = 60.0


class Due(StrEnum):
    """What should be done now."""

    BACKUP = "backup"
    DRILL = "drill"


def due(now: datetime, *, newest: datetime | None, changed: bool, proven: datetime | None) -> tuple[Due, ...]:
    """Tell what is due. `newest` is when the newest backup was made, `proven` when one was last restored for real.

    `changed` tells whether there is anything that the newest backup does not hold. A time that lies in the future
    came from a wrong clock, and counts as long ago.
    """
    backup = changed and (newest is None or not timedelta(0) <= now - newest < BACKUP_AFTER)
    there_is_one = backup or newest is not None
    drill = there_is_one and (proven is None or not timedelta(0) <= now - proven < DRILL_AFTER)
    return ((Due.BACKUP,) if backup else ()) + ((Due.DRILL,) if drill else ())


def due_now(vault: Vault, place: Path, now: datetime) -> tuple[Due, ...]:
    """Tell what is due for an open vault whose backups go to a place."""
    newest = next(iter(_usable(vault, place)), None)
    made_at = moment(newest.made_at) if newest else None
    recent = made_at is not None and timedelta(0) <= now - made_at < BACKUP_AFTER
    # Reading everything only to see if it changed is worth it once a day, not once an hour.
    changed = not recent and _differs(vault, newest)
    return due(now, newest=made_at, changed=changed, proven=last(vault, "restore-proven"))


def back_up(vault: Vault, place: Path, *, why: str = "asked") -> Backup:
    """Make a backup, then remove those that the rotation no longer wants. Raises Damaged, NotAllowed."""
    made = vault.back_up(place, why=why)
    proven = next((line.object for line in vault.audit(1, "restore-proven")), None)
    prune(list_backups(place, made.vault_id), datetime.now(UTC).date(), proven)
    return made


def tend(vault: Vault, place: Path, now: datetime) -> None:
    """Do what is due. Raises Damaged, NotAllowed, OSError."""
    for task in due_now(vault, place, now):
        if task is Due.BACKUP:
            back_up(vault, place, why="scheduled")
        elif newest := next(iter(_usable(vault, place)), None):
            vault.prove_backup(newest)


def last(vault: Vault, action: Action) -> datetime | None:
    """When something was last done to a vault; None when never."""
    return next((moment(line.at) for line in vault.audit(1, action)), None)


def moment(at: str) -> datetime:
    """A time as the vault writes it."""
    return datetime.fromisoformat(at)


def backups_of(vault: Vault, place: Path) -> tuple[Backup, ...]:
    """The backups of this vault in a place, newest first. A place that cannot be read holds none."""
    with suppress(OSError):
        return list_backups(place, vault.vault_id)
    return ()


def code_was_checked(vault: Vault) -> bool:
    """Tell whether somebody typed the recovery code of now from paper since it was made."""
    codes = {way.id: way.created for way in vault.ways() if way.kind == RECOVERY_CODE}
    if any(line.object in codes for line in vault.audit(100, "code-checked")):
        return True
    # Whoever replaced the key had to type the code that came along.
    replaced = next((line.at for line in vault.audit(1, "key-replaced")), "")
    return bool(replaced) and any(replaced >= created for created in codes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A vault to look after, and where its backups go."""

    vault: Vault
    place: Path


class Safekeeper:
    """A small thread that looks once an hour if something is due. `kept` gives the vault, None when there is none.

    It starts with the app and ends with it. What goes wrong is said in `trouble`, and tried again an hour later.
    """

    def __init__(
        self, kept: Callable[[], Kept | None], bench: Workbench, clock: Callable[[], float] = monotonic
    ) -> None:
        self.trouble: str | None = None
        self._kept = kept
        self._bench = bench
        self._clock = clock
        self._looked: tuple[Path, float] | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to look, from time to time."""
        threading.Thread(target=self._go_on, daemon=True).start()

    def stop(self) -> None:
        """Look no more. What is being done is not waited for: it is whole or it does not count."""
        self._stopping.set()

    def look(self) -> Work | None:
        """Begin what is due, when an hour has passed or another vault was opened; None when nothing is begun."""
        kept = self._kept()
        if kept is None or kept.vault.way.whose != OWNER:
            return None
        folder, now = kept.vault.folder, self._clock()
        if self._looked and self._looked[0] == folder and now - self._looked[1] < LOOK_AFTER:
            return None
        if self._looked and self._looked[0] != folder:
            self.trouble = None
        self._looked = (folder, now)
        return self._begin(kept)

    def _begin(self, kept: Kept) -> Work | None:
        def job() -> None:
            tend(kept.vault, kept.place, datetime.now(UTC))

        with suppress(Busy):
            return self._bench.begin(job, title="Looking after your backups", then="backups")
        return None

    def _go_on(self) -> None:
        while not self._stopping.wait(_SECONDS_BETWEEN_LOOKS):
            work = self.look()
            if work is not None:
                work.wait(LOOK_AFTER)
                self.trouble = work.trouble


def _usable(vault: Vault, place: Path) -> tuple[Backup, ...]:
    """The backups that the key of now opens, newest first."""
    epoch = vault.epoch
    return tuple(copy for copy in backups_of(vault, place) if copy.epoch == epoch)


def _differs(vault: Vault, newest: Backup | None) -> bool:
    """Tell whether a vault holds, or is opened by, anything else than its newest backup.

    The ledger's end cannot tell: merely opening a vault adds a line to it.
    """
    holds = vault.holds()
    if newest is None:
        return any(holds)
    then = newest.made_at[:19]
    return (
        holds != (newest.records, newest.documents)
        or any(kept.recorded_at[:19] >= then for kept in vault.list())
        or any(line.at[:19] >= then for change in _KEY_CHANGES for line in vault.audit(1, change))
    )
