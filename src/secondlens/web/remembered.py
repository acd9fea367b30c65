"""The little that is remembered outside the vault: where vaults are, when they were opened, and the settings.

Nothing about health is written here. The files are for this person's account on this computer only.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar, get_args

import msgspec

Theme = Literal["system", "light", "dark", "sepia"]
THEMES: tuple[str, ...] = get_args(Theme)
LOCK_MINUTES = (2, 5, 10, 20, 30, 60)
_MOST_RECENTS = 12
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A vault that was opened: its folder and the day, ISO 8601."""

    folder: str
    opened: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the pages look, and after how many minutes without use the vault locks."""

    theme: str = "system"
    lock_minutes: int = 10


@dataclass(frozen=True, slots=True)
class Remembered:
    """Reads and writes the small files. A file that is missing or not ours reads as nothing remembered."""

    folder: Path

    def recents(self) -> tuple[Recent, ...]:
        """Vaults whose folder is still there, opened last first."""
        found = self._read("recents.json", tuple[Recent, ...]) or ()
        return tuple(recent for recent in found if Path(recent.folder).is_dir())

    def opened(self, folder: Path, day: date) -> None:
        """Remember that a vault was opened."""
        this = Recent(folder=str(folder.resolve()), opened=day.isoformat())
        others = (recent for recent in self.recents() if recent.folder != this.folder)
        self._write("recents.json", (this, *others)[:_MOST_RECENTS])

    def forget(self, folder: str) -> None:
        """Take a vault off the list; the vault itself stays where it is."""
        self._write("recents.json", tuple(recent for recent in self.recents() if recent.folder != folder))

    def backup_place(self, vault: Path) -> Path | None:
        """Where the backups of a vault go; None when nothing was said."""
        place = (self._read("backups.json", dict[str, str]) or {}).get(str(vault.resolve()))
        return Path(place) if place else None

    def choose_backup_place(self, vault: Path, place: Path | None) -> None:
        """Remember where the backups of a vault go; None goes back to the usual place."""
        places = self._read("backups.json", dict[str, str]) or {}
        others = {folder: kept for folder, kept in places.items() if folder != str(vault.resolve())}
        self._write("backups.json", {**others, **({str(vault.resolve()): str(place)} if place else {})})

    def settings(self) -> Settings:
        """The settings, or the usual ones."""
        settings = self._read("settings.json", Settings)
        whole = settings and settings.theme in THEMES and settings.lock_minutes in LOCK_MINUTES
        return settings if settings and whole else Settings()

    def save_settings(self, settings: Settings) -> None:
        """Remember the settings."""
        self._write("settings.json", settings)

    def _read(self, name: str, kind: type[_Kind]) -> _Kind | None:
        try:
            return msgspec.json.decode((self.folder / name).read_bytes(), type=kind)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _write(self, name: str, thing: object) -> None:
        # A full or read-only disk must not keep anyone from opening their vault, so a failure is let go.
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self.folder / f"{name}.new"
            new.unlink(missing_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(thing))
            new.replace(self.folder / name)
