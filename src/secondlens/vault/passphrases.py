"""Which passphrases a vault takes."""

from itertools import pairwise

from secondlens.errors import NotAllowed

_LONGEST = 1024


def refuse_weak(passphrase: str) -> None:
    """Raise NotAllowed for a passphrase that is easy to guess or cannot be typed again."""
    if len(passphrase) > _LONGEST:
        raise NotAllowed("This passphrase is longer than 1024 characters. Choose a shorter one.")
    if not _is_text(passphrase):
        raise NotAllowed("This passphrase has characters that cannot be typed again. Choose other ones.")
    letters = passphrase.strip().casefold()
    if not letters:
        raise NotAllowed("The passphrase is empty. Choose four or more words that only you would put together.")
    if len(letters) < 12:
        raise NotAllowed("This passphrase is too short. Use at least 12 characters, such as four unrelated words.")
    steps = {ord(after) - ord(before) for before, after in pairwise(letters)}
    if len(set(letters)) < 6 or len(steps) < 4:
        raise NotAllowed("This passphrase is easy to guess: it repeats or counts. Use four unrelated words.")


def can_be_one(passphrase: str) -> bool:
    """Tell whether this could be anybody's passphrase; only then is it worth the time of a derivation."""
    return 0 < len(passphrase) <= _LONGEST and _is_text(passphrase)


def _is_text(passphrase: str) -> bool:
    """Half characters, left over from a broken keyboard or terminal, have no bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in passphrase)
