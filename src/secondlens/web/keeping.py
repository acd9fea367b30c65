"""What the pages about safekeeping hold in memory: the long work that goes on, and what was told already."""

from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from secondlens.actions.safekeeping import Kept, Safekeeper, backups_of
from secondlens.actions.working import Workbench
from secondlens.vault import Backup, Vault, usual_place
from secondlens.vault.slots import OWNER
from secondlens.web.door import Door
from secondlens.web.rendering import Visit


@dataclass(slots=True)
class Keeping:
    """One for the whole app. `told` holds, for each opening of a vault, what the person has seen."""

    bench: Workbench
    keeper: Safekeeper
    told: WeakKeyDictionary[Vault, set[str]] = field(default_factory=WeakKeyDictionary)

    def tell(self, vault: Vault, what: str) -> None:
        """Remember that this was seen since the vault was opened."""
        self.told.setdefault(vault, set()).add(what)

    def was_told(self, vault: Vault, what: str) -> bool:
        """Whether this was seen since the vault was opened."""
        return what in self.told.get(vault, set())


def new_keeping(door: Door) -> Keeping:
    """The keeping of one door; its safekeeper is not started."""
    bench = Workbench()

    def kept() -> Kept | None:
        vault = door.vault
        return Kept(vault=vault, place=backup_place(door, vault)) if vault and not door.sample else None

    return Keeping(bench=bench, keeper=Safekeeper(kept, bench))


def keeping_of(visit: Visit) -> Keeping:
    """The keeping of the app that answers this request."""
    keeping = visit.request.app.state.keeping
    assert isinstance(keeping, Keeping)  # noqa: S101  (a fault of ours: create_app puts it there)
    return keeping


def backup_place(door: Door, vault: Vault) -> Path:
    """Where the backups of a vault go: the folder that was chosen, or the usual one beside it."""
    return door.remembered.backup_place(vault.folder) or usual_place(vault.folder)


def backups(visit: Visit) -> tuple[Backup, ...]:
    """The backups of the open vault, newest first."""
    return backups_of(visit.vault, backup_place(visit.door, visit.vault))


def is_owner(visit: Visit) -> bool:
    """Whether the open vault was opened by its owner's own passphrase or code."""
    return visit.vault.way.whose == OWNER
