"""Backups: where they go, which there are, making one, and proving one by restoring it for real."""

from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from secondlens.actions.safekeeping import back_up
from secondlens.errors import NotFound
from secondlens.vault import Backup, Vault, usual_place
from secondlens.web.folders import on_same_disk, typed_folder
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.keeping import backup_place, backups, keeping_of
from secondlens.web.pages.safekeeping.saying import days_ago, held, said_at, said_size
from secondlens.web.pages.safekeeping.working import begin
from secondlens.web.rendering import Visit, go, render

_WHY = {"asked": "you asked for it", "scheduled": "made by itself", "before-upgrade": "before an upgrade"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBackup:
    """One backup. `proven` is the day a restore of it was last tried for real, None when never."""

    name: str
    made: str
    why: str
    size: str
    holds: str
    proven: str | None
    earlier_key: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """All of them, newest first. `said` is what the last work left to say, `trouble` why it did not work."""

    place: str
    usual: str
    same_disk: bool
    backups: tuple[ShownBackup, ...]
    sample: bool
    said: str | None
    trouble: str | None
    typed: str
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """The list."""
    return _page(visit, NO_MISTAKES)


def make(visit: Visit) -> Response:
    """Make one now."""
    vault = visit.vault
    place = backup_place(visit.door, vault)

    def job() -> str:
        made = back_up(vault, place)
        return f"The backup is made and checked: {held(made.records, made.documents)}."

    return begin(visit, job, title="Making a backup", then="backups")


def prove(visit: Visit) -> Response:
    """Restore one for real into a fresh folder, compare, and throw that folder away."""
    vault, copy = visit.vault, _named(visit, visit.form.text("name"))

    def job() -> str:
        proof = vault.prove_backup(copy)
        back = held(proof.records, proof.documents)
        return f"The backup of {said_at(copy.made_at)} was restored and compared: {back} came back, all there is."

    return begin(visit, job, title="Restoring a backup to prove it", then="backups")


def choose_place(visit: Visit) -> Response:
    """Use another folder from now on; an empty answer goes back to the usual one."""
    typed = visit.form.text("folder")
    mistakes = _place_mistakes(visit.vault, typed)
    if mistakes:
        return _page(visit, mistakes, typed)
    visit.door.remembered.choose_backup_place(visit.vault.folder, typed_folder(typed))
    return go(visit, "backups")


def _named(visit: Visit, name: str) -> Backup:
    found = next((copy for copy in backups(visit) if copy.name == name), None)
    if found is None:
        raise NotFound("This backup is not in its place any more. Look at the list again.")
    return found


def _place_mistakes(vault: Vault, typed: str) -> Mistakes:
    folder = typed_folder(typed)
    if typed and folder is None:
        return NO_MISTAKES.plus(
            "folder", "There is no folder with this name. Is the stick plugged in? Make the folder first."
        )
    if folder and (folder == vault.folder or vault.folder in folder.resolve().parents):
        return NO_MISTAKES.plus("folder", "This is inside the vault, and would be lost with it. Choose another.")
    return NO_MISTAKES


def _page(visit: Visit, mistakes: Mistakes, typed: str = "") -> Response:
    vault, place, keeping = visit.vault, backup_place(visit.door, visit.vault), keeping_of(visit)
    proofs = {line.object: line.at for line in reversed(vault.audit(500, "restore-proven"))}
    epoch = vault.epoch
    work = keeping.bench.work
    mine = work if work and work.then == "backups" and not work.running else None
    page = Backups(
        place=str(place),
        usual=str(usual_place(vault.folder)),
        same_disk=on_same_disk(vault.folder, place),
        backups=tuple(_shown(copy, proofs.get(copy.name), epoch) for copy in backups(visit)),
        sample=visit.door.sample,
        said=mine.outcome if mine and isinstance(mine.outcome, str) else None,
        trouble=mine.trouble if mine else keeping.keeper.trouble,
        typed=typed or ("" if Path(place) == usual_place(vault.folder) else str(place)),
        mistakes=mistakes,
    )
    keeping.bench.clear()
    return render(visit, "safekeeping/backups.html", page, status=422 if mistakes else 200)


def _shown(copy: Backup, proven: str | None, epoch: int) -> ShownBackup:
    return ShownBackup(
        name=copy.name,
        made=said_at(copy.made_at),
        why=_WHY.get(copy.why, copy.why),
        size=said_size(copy.size),
        holds=held(copy.records, copy.documents),
        proven=days_ago(proven) if proven else None,
        earlier_key=copy.epoch != epoch,
    )
