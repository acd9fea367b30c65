"""The one state of a running web app: who may come in, which vault is open, what waits to be kept.

Cookies of 127.0.0.1 are sent to every other port of the computer, so authority lives in the address: a random
session token that is made at each unlocking and forgotten at locking. Everything here is for one process.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from time import monotonic
from typing import Any, TypeVar

from secondlens.errors import BadInput, Locked, NotFound
from secondlens.vault import Vault, open_vault
from secondlens.vault.lock import InUse
from secondlens.vault.opening import prove_passphrase
from secondlens.web.remembered import Remembered, Settings, state_folder

LONGEST_WAIT = 60
_Thing = TypeVar("_Thing")


class NoVaultOpen(Locked):
    """No vault is open. Open one first."""


class TooSoon(Locked):
    """Passphrases may not be tried one after the other without a pause."""


class Gone(NotFound):
    """What a page held in memory is no longer there."""


class Shelf:
    """Things a page holds between two requests, in memory only, under keys that say nothing about them."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = RLock()
        self._things: OrderedDict[str, Any] = OrderedDict()

    def put(self, thing: object) -> str:
        """Hold a thing and give its key. The oldest thing leaves when there is no room."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._things[key] = thing
            while len(self._things) > self._room:
                self._things.popitem(last=False)
        return key

    def get(self, key: str, kind: type[_Thing]) -> _Thing:
        """Give back what is held under a key. Raises Gone."""
        with self._lock:
            thing = self._things.get(key)
        if thing is None or not isinstance(thing, kind):
            raise Gone("This page is no longer held. Nothing was lost from your vault. Start this part again.")
        return thing

    def drop(self, key: str) -> None:
        """Forget one thing."""
        with self._lock:
            self._things.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._things.clear()


@dataclass(slots=True, kw_only=True)
class Door:
    """`folder` is the vault this process serves, `vault` the same when it is open. `clock` counts seconds.

    `launch` is the one-use token of the program that started the server. `sample` marks the made-up person.
    """

    port: int
    folder: Path | None = None
    vault: Vault | None = None
    sample: bool = False
    remembered: Remembered = field(default_factory=lambda: Remembered(state_folder()))
    clock: Callable[[], float] = monotonic
    launch: str | None = field(default_factory=lambda: secrets.token_urlsafe(32))
    session: str | None = None
    # Room for two imports: each may hold half a gigabyte of files.
    imports: Shelf = field(default_factory=lambda: Shelf(2))
    shelf: Shelf = field(default_factory=lambda: Shelf(100))
    _settings: Settings | None = None
    _failures: int = 0
    _next_try: float = 0.0
    _guard: Any = field(default_factory=RLock)

    @property
    def address(self) -> str:
        """Where the browser goes first: the one-use way in, or the plain door once that is used."""
        return f"http://127.0.0.1:{self.port}/" + (f"enter/{self.launch}" if self.launch else "")

    @property
    def theme(self) -> str:
        """system, light, dark or sepia."""
        if self._settings is None:
            self._settings = self.remembered.settings()
        return self._settings.theme

    def choose_theme(self, theme: str) -> None:
        """Use and remember a theme."""
        self._settings = Settings(theme=theme)
        self.remembered.save_settings(self._settings)

    def enter(self, launch: str) -> str | None:
        """Spend the launch token: a session token, or None when the token is wrong or was used."""
        with self._guard:
            if self.launch is None or not _same(self.launch, launch):
                return None
            self.launch = None
            return self._new_session()

    def admits(self, token: str) -> bool:
        """Tell whether a session token is the one that is good now."""
        session = self.session
        return session is not None and _same(session, token)

    def open_vault(self) -> Vault:
        """The open vault. Raises NoVaultOpen."""
        vault = self.vault
        if vault is None:
            raise NoVaultOpen("No vault is open. Open one, then go on.")
        return vault

    def unlock(self, *, passphrase: str | None = None, recovery_code: str | None = None) -> str:
        """Open the vault and give a new session token. Raises Locked, Damaged, NotFound, BadInput, TooSoon.

        One try at a time; after each wrong one the next must wait 1, 2, 4 ... seconds, at most a minute. A vault
        that is open here stays open: whoever proves the secret gets the session, and the one before ends.
        """
        with self._guard:
            self._wait_over()
            if self.folder is None:
                raise NoVaultOpen("There is no vault to open here. Start Secondlens again from its program.")
            try:
                if self.vault is None:
                    vault = open_vault(self.folder, passphrase=passphrase, recovery_code=recovery_code)
                else:
                    vault = self.vault
                    prove_passphrase(vault.folder, passphrase=passphrase, recovery_code=recovery_code)
            except InUse:  # said only after the secret was found right
                raise
            except (Locked, BadInput):
                self._failures += 1
                self._next_try = self.clock() + min(2 ** (self._failures - 1), LONGEST_WAIT)
                raise
            self._failures = 0
            return self.take(vault)

    def take(self, vault: Vault, *, sample: bool = False) -> str:
        """Serve this open vault from now on; the one before is closed. Gives a new session token."""
        with self._guard:
            if self.vault is not None and self.vault is not vault:
                self.lock()
            self.folder, self.vault = vault.folder, vault
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
        """Close the vault, end the session and forget all that was held in memory."""
        with self._guard:
            self.session = self.launch = None
            self.imports.clear()
            self.shelf.clear()
            if self.vault is not None:
                self.vault.close()
                self.vault = None

    def _wait_over(self) -> None:
        seconds = int(self._next_try - self.clock() + 0.999)
        if seconds > 0:
            plural = "" if seconds == 1 else "s"
            raise TooSoon(f"Wait {seconds} second{plural}, then try again. Your vault is safe.")

    def _new_session(self) -> str:
        self.session = secrets.token_urlsafe(32)
        return self.session


def _same(left: str, right: str) -> bool:
    return secrets.compare_digest(left.encode(), right.encode())
