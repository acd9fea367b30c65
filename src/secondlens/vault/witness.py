"""What this computer remembers of a vault outside of it: where its ledger ended, and who could not get in.

Whoever holds the whole folder can put back an older one, key file and all. What is kept here tells. It holds no
health facts: numbers, fingerprints and times. It is for one account on one computer.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secondlens.vault._files import save_privately
from secondlens.vault.ledger import Anchor

_MOST_TRIES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was last seen of a vault here: `serial` counts the changes of its keys."""

    anchor: Anchor
    serial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTry:
    """A try to open the vault that failed: when (UTC, ISO 8601), and with what kind of secret."""

    at: str
    kind: str


@dataclass(frozen=True, slots=True)
class Witness:
    """Reads and writes the two small files of one vault. A disk that refuses must keep nobody from their vault."""

    folder: Path
    vault_id: str

    def seen(self) -> Seen | None:
        """What was last seen, None when nothing is remembered."""
        try:
            return msgspec.json.decode(self._path("seen").read_bytes(), type=Seen)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def remember(self, seen: Seen) -> None:
        """Remember what is seen now."""
        self._save("seen", msgspec.json.encode(seen))

    def tries(self) -> tuple[FailedTry, ...]:
        """Tries that failed since they were last taken over, oldest first."""
        try:
            return tuple(msgspec.json.decode(self._path("tries").read_bytes(), type=list[FailedTry]))
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return ()

    def tried(self, failed: FailedTry) -> None:
        """Remember a try that failed; of very many the first are dropped."""
        self._save("tries", msgspec.json.encode([*self.tries(), failed][-_MOST_TRIES:]))

    def taken_over(self) -> None:
        """Forget the failed tries: they are in the vault's own list now."""
        with suppress(OSError):
            self._path("tries").unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{self.vault_id}.{name}.json"

    def _save(self, name: str, content: bytes) -> None:
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            save_privately(self._path(name), content)


def witness_of(vault_id: str) -> Witness:
    """The witness of one vault for this account on this computer."""
    return Witness(state_folder() / "seen", vault_id)


def state_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where this kind of computer keeps what programs remember for one person."""
    home = Path.home()
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Secondlens"
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Secondlens"
    return Path(environment.get("XDG_STATE_HOME") or home / ".local" / "state") / "secondlens"
