"""Folders and names as people type them."""

from contextlib import suppress
from pathlib import Path

_NEVER_IN_A_NAME = '<>:"/\\|?*'
NAME_MISTAKE = "Give a short name of letters, numbers and spaces."
FOLDER_MISTAKE = "There is no folder with this name. Choose one that is there."


def typed_folder(typed: str) -> Path | None:
    """The folder that was typed; None when it is not there, or cannot be: a name too long, no such person's ~."""
    with suppress(OSError, RuntimeError, ValueError):
        folder = Path(typed).expanduser()
        return folder.absolute() if typed and folder.is_dir() else None
    return None


def is_plain_name(name: str) -> bool:
    """Whether this can be the name of a folder on any computer."""
    whole = bool(name) and not name.startswith(".") and len(name) <= 60 and name.isprintable()
    return whole and not set(name) & set(_NEVER_IN_A_NAME)


def usual_folder() -> Path:
    """Where a person keeps their things."""
    documents = Path.home() / "Documents"
    return documents if documents.is_dir() else Path.home()


def on_same_disk(one: Path, other: Path) -> bool:
    """Whether two places lie on one disk, as far as the system tells; a place that is not there yet counts too."""
    with suppress(OSError):
        return _there(one).stat().st_dev == _there(other).stat().st_dev
    return False


def _there(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())
