"""Asking for the secret once more before the ways in change: an open vault may have been left alone a minute."""

from secondlens.errors import BadInput, Damaged, Locked, NotFound
from secondlens.vault.safekeeping import OwnersOnly
from secondlens.vault.slots import RECOVERY_CODE
from secondlens.web.forms import Mistakes
from secondlens.web.keeping import is_owner
from secondlens.web.rendering import Visit


def asked(visit: Visit) -> str:
    """What is asked for: the kind of secret that this vault was opened with. Raises OwnersOnly for a helper."""
    if not is_owner(visit):
        raise OwnersOnly("Only the owner can change this. Ask them to open the vault with their own passphrase.")
    return "Your recovery code" if visit.vault.way.kind == RECOVERY_CODE else "Your passphrase"


def proven(visit: Visit, mistakes: Mistakes) -> Mistakes:
    """These mistakes, and one more when the secret is wrong. It is tried only when all else is right."""
    if mistakes:
        return mistakes
    wanted, secret = asked(visit), visit.form.exact("own")
    if not secret:
        return mistakes.plus("own", f"Type {wanted[0].lower()}{wanted[1:]} once more.")
    session = visit.door.session
    try:
        if visit.vault.way.kind == RECOVERY_CODE:
            visit.door.unlock(recovery_code=secret)
        else:
            visit.door.unlock(passphrase=secret)
    except (Locked, BadInput, Damaged, NotFound) as error:
        return mistakes.plus("own", str(error))
    visit.door.session = session  # whoever proved the secret goes on with the address they have
    return mistakes
