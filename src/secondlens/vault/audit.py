"""Who saw what: unlocks, also failed ones, key changes, what was taken out, and what anybody but the owner read.

The lines lie in the vault and are entered in its ledger. They name records by id, never by content.
"""

import platform
from dataclasses import dataclass
from typing import Any, Literal

from secondlens.vault.keyring import Way
from secondlens.vault.ledger import COLUMNS, Ledger

Action = Literal[
    "opened",
    "open-failed",
    "read",
    "exported",
    "shared",
    "way-added",
    "way-changed",
    "way-removed",
    "code-checked",
    "key-replaced",
    "backed-up",
    "restore-proven",
    "restored",
    "copy-accepted",
    "repaired",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One line. `way` is the id of the way in that was used, `who` its label or kind, `at` UTC in ISO 8601."""

    at: str
    way: str
    who: str
    action: str
    object: str
    device: str


def audited(at: str, way: Way, action: Action, about: str = "") -> Audited:
    """A line of what somebody does now, on this device."""
    who = way.label or way.kind
    return Audited(at=at, way=way.id, who=who, action=action, object=about, device=platform.node())


def write_audit(database: Any, ledger: Ledger, line: Audited) -> None:
    """Add one line; the caller has begun the transaction."""
    values = (line.at, line.way, line.who, line.action, line.object, line.device)
    row = database.execute(
        "INSERT INTO audit (at, way, who, action, object, device) VALUES (?, ?, ?, ?, ?, ?)", values
    ).lastrowid
    ledger.write(database, "audit", [(row, *values)], line.at)


def read_audit(database: Any, most: int, action: Action | None = None) -> tuple[Audited, ...]:
    """Give the newest lines first, all or those of one action."""
    chosen, arguments = ("WHERE action = ?", (action, most)) if action else ("", (most,))
    rows = database.execute(
        f"SELECT {COLUMNS['audit']} FROM audit {chosen} ORDER BY row DESC LIMIT ?",  # noqa: S608 - our own names
        arguments,
    )
    return tuple(
        Audited(at=at, way=way, who=who, action=done, object=about, device=device)
        for _, at, way, who, done, about, device in rows
    )
