"""What home says of the vault itself: the one thing that waits, and when a restore was last proven."""

from collections.abc import Iterator
from dataclasses import dataclass

from secondlens.actions.safekeeping import code_was_checked
from secondlens.domain.counting import counted
from secondlens.vault import Vault
from secondlens.vault.slots import RECOVERY_CODE
from secondlens.web.keeping import is_owner, keeping_of
from secondlens.web.pages.safekeeping.saying import days_ago
from secondlens.web.pages.safekeeping.seen import FAILED, failed_tries
from secondlens.web.rendering import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A calm sentence and where to go."""

    sentence: str
    action: str
    href: str


def waiting(visit: Visit) -> Waiting | None:
    """The one thing that matters most; the next one shows when this one is settled. Nothing for the sample."""
    return None if visit.door.sample else next(_all_waiting(visit), None)


def proof_line(visit: Visit) -> tuple[str, str, str] | None:
    """When a backup was last restored for real."""
    if visit.door.sample:
        return None
    at = next((line.at for line in visit.vault.audit(1, "restore-proven")), None)
    sentence = f"Last proven restore: {days_ago(at)}." if at else "No backup was proven by restoring it yet."
    return sentence, "Backups", visit.url("backups")


def _all_waiting(visit: Visit) -> Iterator[Waiting]:
    vault = visit.vault
    if vault.older:
        yield _waiting(visit, "This may be an older copy of your vault.", "See what this means", "older")
    if not is_owner(visit):
        return
    if number := _failed(visit, vault):
        sentence = f"{counted(number, 'try')} to open this vault failed before you came in."
        yield _waiting(visit, sentence, "See who saw what", "seen")
    if keeping_of(visit).keeper.trouble:
        yield _waiting(visit, "The last backup by itself did not work.", "See why", "backups")
    if vault.way.kind != RECOVERY_CODE and not code_was_checked(vault):
        sentence = "Nobody has checked yet that the recovery code on your paper is right."
        yield _waiting(visit, sentence, "Check it", "ways/check")


def _failed(visit: Visit, vault: Vault) -> int:
    if keeping_of(visit).was_told(vault, FAILED):
        return 0
    return len(failed_tries(vault.audit(200)))


def _waiting(visit: Visit, sentence: str, action: str, page: str) -> Waiting:
    return Waiting(sentence=sentence, action=action, href=visit.url(page))
