"""Telling whether an older copy was put back: of the vault, its database, its key file or its write-ahead log."""

from typing import Any

from secondlens.vault.keyring import Keyring
from secondlens.vault.ledger import Anchor, Ledger
from secondlens.vault.witness import Witness

_ADVICE = (
    "An older copy may have been put in its place, or the disk lost what was written. If you did not do this, "
    "compare it with your backups before you go on."
)


def find_rollback(database: Any, ledger: Ledger, keyring: Keyring, witness: Witness) -> str | None:
    """Say in words what is older than it should be; None when nothing is.

    Three places know how far the vault had come: the database, the key file, and this computer. They are written
    in this order, so each may be behind the one before it after a crash, and none may be ahead.
    """
    seen = witness.seen()
    end = ledger.end(database)
    for anchor in (keyring.anchor, seen and seen.anchor):
        if anchor and not ledger.holds(database, anchor):
            return _older(end, anchor) if end.seq < anchor.seq else _parted(anchor)
    known = read_serial(database)
    if keyring.serial < max(known, seen.serial if seen else 0):
        return (
            "The key file of this vault (vault.keys) is older than the vault itself. Ways in that you removed may "
            "open it again, and newer ones may be missing. Look at the list of ways in before you go on."
        )
    if seen and keyring.anchor and keyring.anchor.seq < seen.anchor.seq:
        return f"The key file of this vault (vault.keys) is an older one than this computer saw last. {_ADVICE}"
    return None


def read_serial(database: Any) -> int:
    """How often the keys had been changed when the database was last told."""
    row = database.execute("SELECT value FROM meta WHERE name = 'keys_serial'").fetchone()
    return int(row[0]) if row else 0


def _older(end: Anchor, anchor: Anchor) -> str:
    return (
        f"Something is missing from this vault: it was last changed on {_moment(anchor.at)}, "
        f"but what is here ends on {_moment(end.at)}. {_ADVICE}"
    )


def _parted(anchor: Anchor) -> str:
    return (
        f"This is another copy than the one that was changed on {_moment(anchor.at)}: both went on after they "
        f"parted, and what was written in the other one is not here. {_ADVICE}"
    )


def _moment(at: str) -> str:
    """A moment as people read it, in the same time everywhere: "2026-11-24 at 21:54 (UTC)"."""
    return f"{at[:10]} at {at[11:16]} (UTC)" if at else "a day that is not known"
