"""Replacing the key of the vault, and encrypting the old backups anew."""

import shutil
from dataclasses import dataclass

from starlette.responses import Response

from secondlens.errors import Locked
from secondlens.vault.keys import DATABASE
from secondlens.vault.slots import OWNER, PASSPHRASE, PERSON
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.keeping import backup_place, backups
from secondlens.web.pages.safekeeping.proof import asked, proven
from secondlens.web.pages.safekeeping.saying import said_size
from secondlens.web.pages.safekeeping.ways import name_of
from secondlens.web.pages.safekeeping.working import begin
from secondlens.web.rendering import Visit, plain_day, render

_BYTES_A_SECOND = 40_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacing:
    """What a new key ends and what goes along. `opened_by_code`: the passphrase is lost, so it must come first."""

    ending: tuple[str, ...]
    going_along: tuple[str, ...]
    takes: str
    room: str
    enough_room: bool
    opened_by_code: bool
    here: str
    secret: str
    typed: str
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What is left after a new key: `old` are the days of backups that the old ways still open."""

    old: tuple[str, ...]
    here: str
    secret: str
    opened_by_code: bool = False
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """What it means, before it is done."""
    return render(visit, "safekeeping/replace.html", _page(visit, NO_MISTAKES))


def replace_key(visit: Visit) -> Response:
    """Check the passphrase and the code, then encrypt everything anew."""
    vault, passphrase, code = visit.vault, visit.form.exact("own"), visit.form.text("code")
    mistakes = NO_MISTAKES.missing(visit.form, "code", "Type the recovery code from your paper.")
    if not mistakes:
        try:
            vault.check_recovery_code(code)
        except Locked as error:
            mistakes = mistakes.plus("code", str(error))
    mistakes = proven(visit, mistakes)
    if mistakes:
        return render(visit, "safekeeping/replace.html", _page(visit, mistakes), status=422)
    return begin(visit, lambda: vault.rotate(passphrase, code), title="Replacing the key", then="ways/replaced")


def show_replaced(visit: Visit) -> Response:
    """What to do with the backups that the old ways still open."""
    return render(visit, "safekeeping/replaced.html", _replaced_page(visit, NO_MISTAKES))


def rewrap(visit: Visit) -> Response:
    """Encrypt the old backups anew, so that the ways that ended end there too."""
    vault, passphrase = visit.vault, visit.form.exact("own")
    place = backup_place(visit.door, vault)
    if mistakes := proven(visit, NO_MISTAKES):
        return render(visit, "safekeeping/replaced.html", _replaced_page(visit, mistakes), status=422)
    return begin(
        visit,
        lambda: vault.rewrap_backups(place, passphrase),
        title="Encrypting the old backups anew",
        then="backups",
    )


def old_backups(visit: Visit) -> tuple[str, ...]:
    """The days of backups that were made under an earlier key, as people say them."""
    epoch = visit.vault.epoch
    return tuple(plain_day(copy.made_at) for copy in backups(visit) if copy.epoch != epoch)


def _page(visit: Visit, mistakes: Mistakes) -> Replacing:
    vault, ways = visit.vault, visit.vault.ways()
    mine = next((way for way in ways if way.kind == PASSPHRASE and way.whose == OWNER), None)
    size = (vault.folder / DATABASE).stat().st_size
    seconds = 3 + 2 * size // _BYTES_A_SECOND
    return Replacing(
        ending=tuple(name_of(way) for way in ways if way.kind == PASSPHRASE and way != mine),
        going_along=tuple(name_of(way) for way in ways if way.kind == PERSON),
        takes=f"about {seconds} seconds" if seconds < 60 else f"about {seconds // 60 + 1} minutes",
        room=said_size(2 * size),
        enough_room=shutil.disk_usage(vault.folder).free > 2 * size,
        opened_by_code=vault.way.kind != PASSPHRASE,
        here=visit.url("ways/replace"),
        secret=asked(visit),
        typed=visit.form.text("code"),
        mistakes=mistakes,
    )


def _replaced_page(visit: Visit, mistakes: Mistakes) -> Replaced:
    return Replaced(
        old=old_backups(visit),
        here=visit.url("ways/rewrap"),
        secret=asked(visit),
        opened_by_code=visit.vault.way.kind != PASSPHRASE,
        mistakes=mistakes,
    )
