"""Mending a damaged vault: it is copied aside, healed from the newest backup, and what is lost is named."""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from secondlens.domain.counting import counted
from secondlens.errors import NotFound, SecondlensError
from secondlens.vault import CheckReport, Mended, Vault, open_vault, repair_vault
from secondlens.vault.slots import RECOVERY_CODE
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.keeping import backup_place, backups, is_owner, keeping_of
from secondlens.web.pages.safekeeping.proof import asked, proven
from secondlens.web.pages.safekeeping.saying import held, said_at
from secondlens.web.pages.safekeeping.working import begin
from secondlens.web.rendering import Visit, go_in, render

_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found. `copies` are the newest backups in words; the form is for the owner alone."""

    ok: bool
    findings: tuple[str, ...]
    affected: tuple[str, ...]
    read: str
    copies: tuple[str, ...]
    secret: str | None
    here: str
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMended:
    """What came of mending; `healed` is None when no backup was needed."""

    aside: str
    holds: str
    healed: str | None
    lost: tuple[str, ...]


@dataclass(slots=True)
class Checking:
    """A check on the shelf: its report once there is one."""

    report: CheckReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What mending gave: the vault as it opens now, or why it did not work."""

    vault: Vault | None
    mended: Mended | None
    trouble: str | None


def begin_check(visit: Visit) -> Response:
    """Read the whole vault, every byte of it."""
    vault, checking = visit.vault, Checking()

    def job() -> None:
        checking.report = vault.check(full=True)

    return begin(visit, job, title="Checking the vault", then=f"more/checked/{visit.door.shelf.put(checking)}")


def show_checked(visit: Visit, mistakes: Mistakes = NO_MISTAKES) -> Response:
    """What the check found, and what can be done."""
    report = visit.door.shelf.get(visit.part("key"), Checking).report
    if report is None:
        raise NotFound("This check is not finished. Start it again.")
    page = Checked(
        ok=report.ok,
        findings=report.findings,
        affected=report.affected,
        read=held(report.records, report.documents),
        copies=tuple(
            f"{said_at(copy.made_at)}: {counted(copy.records, 'record')}" for copy in backups(visit)[:_FEW]
        ),
        secret=asked(visit) if not report.ok and is_owner(visit) else None,
        here=visit.url(f"more/checked/{visit.part('key')}"),
        mistakes=mistakes,
    )
    return render(visit, "checked.html", page, status=422 if mistakes else 200)


def mend(visit: Visit) -> Response:
    """Close the vault, mend it, and open it again."""
    vault, secret = visit.vault, visit.form.exact("own")
    by_code, place = vault.way.kind == RECOVERY_CODE, backup_place(visit.door, visit.vault)
    if mistakes := proven(visit, NO_MISTAKES):
        return show_checked(visit, mistakes)
    passphrase, code = (None, secret) if by_code else (secret, None)

    def job() -> _Outcome:
        vault.close()
        mended, trouble = None, None
        try:
            mended = repair_vault(vault.folder, passphrase=passphrase, recovery_code=code, backups=place)
        except SecondlensError as error:
            trouble = str(error)
        try:
            opened = open_vault(vault.folder, passphrase=passphrase, recovery_code=code)
        except SecondlensError as error:
            return _Outcome(vault=None, mended=mended, trouble=trouble or str(error))
        return _Outcome(vault=opened, mended=mended, trouble=trouble)

    return begin(visit, job, title="Mending the vault", then="mended")


def go_into(visit: Visit) -> Response:
    """Turn to the vault as it opens now; without one, to the front door."""
    bench = keeping_of(visit).bench
    outcome = bench.work.outcome if bench.work and not bench.work.running else None
    if not isinstance(outcome, _Outcome):
        raise NotFound("This page is no longer held. Who saw what in your vault tells if it was mended.")
    bench.clear()
    if outcome.vault is None:
        visit.door.lock()
        return RedirectResponse("/", status_code=303)
    return go_in(visit.door.take(outcome.vault), f"mended/{visit.door.shelf.put(outcome)}")


def show_mended(visit: Visit) -> Response:
    """What could be saved, and what could not."""
    outcome = visit.door.shelf.get(visit.part("key"), _Outcome)
    if outcome.mended is None:
        raise SecondlensError(outcome.trouble or "")
    page = ShownMended(
        aside=str(outcome.mended.aside),
        holds=held(outcome.mended.records, outcome.mended.documents),
        healed=counted(outcome.mended.healed, "damaged part") if outcome.mended.healed else None,
        lost=outcome.mended.lost,
    )
    return render(visit, "safekeeping/mended.html", page)
