"""The one state of a running web app: who may come in, which vault is open, what waits to be kept.

Cookies of 127.0.0.1 are sent to every other port of the computer, so authority lives in the address: a random
session token that is made at each unlocking and forgotten at locking. Everything here is for one process.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock, Thread
from time import monotonic, time
from typing import Any

from secondlens.actions.reading import Reading
from secondlens.errors import BadInput, Locked
from secondlens.vault import Vault, open_vault
from secondlens.vault.lock import InUse
from secondlens.vault.opening import prove_passphrase
from secondlens.vault.witness import state_folder
from secondlens.web.presence import Presence
from secondlens.web.remembered import Remembered, Settings
from secondlens.web.shelf import Shelf

LONGEST_WAIT = 60
LAUNCH_SECONDS = 60
LONGEST_VISIT_HOURS = 12
# A long import holds the vault. The lock does not wait for it: what is not finished was never kept.
_SECONDS_TO_CLOSE = 1.0


class NoVaultOpen(Locked):
    """No vault is open. Open one first."""


class TooSoon(Locked):
    """Passphrases may not be tried one after the other without a pause."""


@dataclass(frozen=True, slots=True)
class WrongTries:
    """Wrong passphrases in a row, and how many seconds the next try must still wait."""

    number: int = 0
    seconds: float = 0.0


@dataclass(slots=True, kw_only=True)
class Door:
    """`folder` is the vault this process serves, `vault` the same when it is open. `clock` counts seconds.

    `launch` is the one-use token of the program that started the server, `launch_file` the page that brings the
    browser there. `sample` marks the made-up person. `ended`: a vault was locked, so this process must end too,
    because a key cannot be wiped from its memory.
    """

    port: int
    folder: Path | None = None
    vault: Vault | None = None
    sample: bool = False
    remembered: Remembered = field(default_factory=lambda: Remembered(state_folder()))
    clock: Callable[[], float] = monotonic
    wall: Callable[[], float] = time
    launch: str | None = None
    launch_file: Path | None = None
    session: str | None = None
    ended: bool = False
    wrong_tries: WrongTries = WrongTries()
    presence: Presence = field(init=False)
    # Room for two imports: each may hold half a gigabyte of files. One that leaves is not read on.
    imports: Shelf = field(default_factory=lambda: Shelf(2, Reading.stop))
    shelf: Shelf = field(default_factory=lambda: Shelf(100))
    _settings: Settings | None = None
    _launch_until: float = 0.0
    _failures: int = field(init=False)
    _next_try: float = field(init=False)
    _guard: Any = field(default_factory=RLock)

    def __post_init__(self) -> None:
        self.presence = Presence(self.clock, self.wall)
        self._failures = self.wrong_tries.number
        self._next_try = self.clock() + self.wrong_tries.seconds

    @property
    def address(self) -> str:
        """The front door. There is nothing secret in it."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def settings(self) -> Settings:
        """How the pages look, and after how many minutes they lock."""
        if self._settings is None:
            self._settings = self.remembered.settings()
        return self._settings

    def choose_settings(self, settings: Settings) -> None:
        """Use and remember settings."""
        self._settings = settings
        self.remembered.save_settings(settings)

    def let_in_once(self) -> str:
        """Make the address that lets one browser in, once, within a minute. For whoever starts the server."""
        self.launch = secrets.token_urlsafe(32)
        self._launch_until = self.clock() + LAUNCH_SECONDS
        return f"{self.address}enter/{self.launch}"

    def enter(self, launch: str) -> str | None:
        """Spend the launch token: a session token, or None when the token is wrong, was used or is too old."""
        with self._guard:
            if self.launch is None or self.clock() >= self._launch_until or not _same(self.launch, launch):
                return None
            self.end_launch()
            return self._new_session()

    def end_launch(self) -> None:
        """Let nobody in by the launch token any more, and take its file away."""
        self.launch = None
        if self.launch_file is not None:
            with suppress(OSError):
                self.launch_file.unlink(missing_ok=True)
            self.launch_file = None

    def admits(self, token: str) -> bool:
        """Tell whether a session token is the one that is good now."""
        session = self.session
        return session is not None and _same(session, token) and not self.is_left()

    def is_left(self) -> bool:
        """Tell whether the open vault was left alone so long that it must lock, or is open since half a day."""
        if self.vault is None or self.session is None:
            return False
        quiet, lasts = self.presence.quiet_for(), self.presence.lasts()
        return quiet >= self.settings.lock_minutes * 60 or lasts >= LONGEST_VISIT_HOURS * 3600

    def open_vault(self) -> Vault:
        """The open vault. Raises NoVaultOpen."""
        vault = self.vault
        if vault is None:
            raise NoVaultOpen("No vault is open. Open one, then go on.")
        return vault

    def unlock(
        self,
        *,
        passphrase: str | None = None,
        recovery_code: str | None = None,
        identity: str | None = None,
    ) -> str:
        """Open the vault and give a new session token. Raises Locked, Damaged, NotFound, BadInput, TooSoon.

        One try at a time; after each wrong one the next must wait 1, 2, 4 ... seconds, at most a minute. A vault
        that is open here stays open: whoever proves the secret gets the session, and the one before ends.
        """
        with self._guard:
            self._refuse_too_soon()
            if self.folder is None:
                raise NoVaultOpen("There is no vault to open here. Start Secondlens again from its program.")
            secret = {"passphrase": passphrase, "recovery_code": recovery_code, "identity": identity}
            try:
                vault = self._as_whom(secret, self.vault) if self.vault else open_vault(self.folder, **secret)
            except InUse:  # said only after the secret was found right
                raise
            except (Locked, BadInput):
                self._failures += 1
                self._next_try = self.clock() + min(2 ** (self._failures - 1), LONGEST_WAIT)
                raise
            self._failures = 0
            return self.take(vault)

    def _as_whom(self, secret: dict[str, str | None], vault: Vault) -> Vault:
        """The open vault, for who came in as the same; opened anew for a helper at the owner's screen, or back."""
        way = prove_passphrase(vault.folder, **secret)
        if way.whose == vault.way.whose:
            return vault
        vault.close()
        self.vault = None
        return open_vault(vault.folder, **secret)

    def take(self, vault: Vault, *, sample: bool = False) -> str:
        """Serve this open vault from now on; the one before is closed. Gives a new session token."""
        with self._guard:
            if self.vault is not None and self.vault is not vault:
                self.lock()
            self.folder, self.vault, self.ended = vault.folder, vault, False
            self.sample = sample or (self.sample and self.folder == vault.folder)
            if not self.sample:
                self.remembered.opened(vault.folder, datetime.now(UTC).date())
            return self._new_session()

    def choose(self, folder: Path) -> None:
        """Serve another vault, still locked."""
        with self._guard:
            self.lock()
            self.folder, self.sample = folder, False

    def lock(self) -> None:
        """End the session, forget all that was held in memory and close the vault."""
        with self._guard:
            self.session = None
            self.end_launch()
            self.imports.clear()
            self.shelf.clear()
            if self.vault is not None:
                closing = Thread(target=self.vault.close, daemon=True)
                self.vault, self.ended = None, True
                closing.start()
                closing.join(_SECONDS_TO_CLOSE)

    def keep_time(self) -> bool:
        """Asked several times a second: an old way in ends, a vault that was left locks. Gives `ended`."""
        if self.launch and self.clock() >= self._launch_until:
            self.end_launch()
        if self.is_left():
            self.lock()
        return self.ended

    def tries_so_far(self) -> WrongTries:
        """What the next process must know, so that a lock does not shorten the wait."""
        return WrongTries(self._failures, max(0.0, self._next_try - self.clock()))

    def _refuse_too_soon(self) -> None:
        seconds = int(self._next_try - self.clock() + 0.999)
        if seconds > 0:
            plural = "" if seconds == 1 else "s"
            raise TooSoon(f"Wait {seconds} second{plural}, then try again. Your vault is safe.")

    def _new_session(self) -> str:
        self.presence.begin()
        self.session = secrets.token_urlsafe(32)
        return self.session


def _same(left: str, right: str) -> bool:
    return secrets.compare_digest(left.encode(), right.encode())
