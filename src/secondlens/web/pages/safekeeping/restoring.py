"""Restoring a vault from a backup into a new place.

No other vault is touched, and the one that is open stays so until the restored one was checked from end to end.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from secondlens.domain.counting import counted
from secondlens.errors import Damaged, Locked, NotAllowed, NotFound
from secondlens.vault import Backup, Vault, list_backups, read_backup, restore_vault, usual_place
from secondlens.vault.opening import prove_passphrase
from secondlens.web.folders import FOLDER_MISTAKE, NAME_MISTAKE, is_plain_name, typed_folder, usual_folder
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.keeping import keeping_of
from secondlens.web.pages.safekeeping.saying import said_at, said_size
from secondlens.web.pages.safekeeping.working import begin
from secondlens.web.rendering import Visit, go_in, render

_MOST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """The form. `choices` are (folder, label, hint) of the backups that were found."""

    choices: tuple[tuple[str, str, str], ...]
    chosen: str
    elsewhere: str
    code: str
    name: str
    folder: str
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """The backups that were found in the usual places, and the form."""
    return _page(visit, NO_MISTAKES, _found(visit))


def restore(visit: Visit) -> Response:
    """Restore it, check all of it, and only then turn to it."""
    form = visit.form
    found = (*_found(visit), *_backups_in(typed_folder(form.text("elsewhere"))))
    copy = _chosen(form.text("backup"), form.text("elsewhere"), found)
    place, name, code = typed_folder(form.text("folder")), form.text("name"), form.optional("code")
    passphrase = None if code else form.exact("passphrase")
    mistakes = NO_MISTAKES if copy else NO_MISTAKES.plus("elsewhere", _which(form.text("elsewhere"), found))
    mistakes = mistakes if is_plain_name(name) else mistakes.plus("name", NAME_MISTAKE)
    mistakes = mistakes if place else mistakes.plus("folder", FOLDER_MISTAKE)
    if place and (place / f"{name}.vault").exists():
        mistakes = mistakes.plus("name", "There is already something with this name. Choose another.")
    mistakes = _secret_mistakes(mistakes, copy, passphrase, code)
    if mistakes or not copy or not place:
        return _page(visit, mistakes, found)

    def job() -> Vault:
        new = place / f"{name}.vault"
        return restore_vault(copy.folder, new, passphrase=passphrase, recovery_code=code)

    return begin(visit, job, title="Restoring the vault and checking all of it", then="restore/go-in")


def go_into(visit: Visit) -> Response:
    """Turn to the restored vault; the one that was open is closed now."""
    bench = keeping_of(visit).bench
    vault = bench.work.outcome if bench.work and not bench.work.running else None
    if not isinstance(vault, Vault):
        return _page(visit, NO_MISTAKES, _found(visit))
    bench.clear()
    return go_in(visit.door.take(vault))


def _found(visit: Visit) -> tuple[Backup, ...]:
    """Backups in the places of the vaults that were opened here, and beside other ones, newest first."""
    folders = [Path(recent.folder) for recent in visit.door.remembered.recents()]
    places = {usual_place(folder): None for folder in folders}
    places |= {place: None for folder in folders if (place := visit.door.remembered.backup_place(folder))}
    places |= dict.fromkeys(_usual_places(usual_folder()))
    found = {copy.folder: copy for place in places for copy in _backups_in(place)}
    return tuple(sorted(found.values(), key=lambda copy: copy.made_at, reverse=True))[:_MOST]


def _usual_places(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from folder.glob("*.backups")


def _backups_in(place: Path | None) -> tuple[Backup, ...]:
    """The backup that a folder is, or the backups in it."""
    if place is None:
        return ()
    with suppress(OSError):
        one = read_backup(place)
        return (one,) if one else list_backups(place)
    return ()


def _chosen(picked: str, elsewhere: str, found: tuple[Backup, ...]) -> Backup | None:
    typed = typed_folder(elsewhere)
    if typed:
        inside = [copy for copy in found if copy.folder == typed]
        if inside:
            return inside[0]
    return next((copy for copy in found if str(copy.folder) == picked), None)


def _which(elsewhere: str, found: tuple[Backup, ...]) -> str:
    if elsewhere and typed_folder(elsewhere) is None:
        return "There is no folder with this name. Check it, and type the whole of it."
    if elsewhere and not any(typed_folder(elsewhere) in copy.folder.parents for copy in found):
        return "There is no whole backup in this folder. Choose one whose name ends in .backup."
    return "Choose one of the backups above." if found else "Type the folder of the backup."


def _secret_mistakes(
    mistakes: Mistakes, copy: Backup | None, passphrase: str | None, code: str | None
) -> Mistakes:
    """What is wrong with the secret; it is tried here, so that the rest of the form is not lost for a slip."""
    if not (passphrase or code):
        return mistakes.plus("passphrase", "Type the passphrase of this backup, or the recovery code below.")
    if mistakes or not copy:
        return mistakes
    try:
        prove_passphrase(copy.folder, passphrase=passphrase, recovery_code=code)
    except (Locked, Damaged, NotFound, NotAllowed) as error:
        return mistakes.plus("code" if code else "passphrase", str(error))
    return mistakes


def _page(visit: Visit, mistakes: Mistakes, found: tuple[Backup, ...]) -> Response:
    form, newest = visit.form, found[0] if found else None
    page = Restore(
        choices=tuple((str(copy.folder), said_at(copy.made_at), _hint(copy)) for copy in found),
        chosen=form.text("backup") or (str(newest.folder) if newest else ""),
        elsewhere=form.text("elsewhere"),
        code=form.text("code"),
        name=form.text("name") or "My papers restored",
        folder=form.text("folder") or str(usual_folder()),
        mistakes=mistakes,
    )
    return render(visit, "safekeeping/restore.html", page, status=422 if mistakes else 200)


def _hint(copy: Backup) -> str:
    vault = copy.name.partition(".")[0]
    return f"{vault}: {counted(copy.records, 'record')}, {said_size(copy.size)}. It lies in {copy.folder.parent}."
