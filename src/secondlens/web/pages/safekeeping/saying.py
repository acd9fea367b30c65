"""Times, sizes and numbers as these pages say them."""

from secondlens.actions.safekeeping import moment
from secondlens.actions.today import today
from secondlens.domain.counting import counted
from secondlens.web.rendering import plain_day


def said_at(at: str) -> str:
    """A moment as this computer's clock says it: "2 March 2026, 14:05"."""
    local = moment(at).astimezone()
    return f"{plain_day(local.date().isoformat())}, {local:%H:%M}"


def days_ago(at: str) -> str:
    """A moment as one says it today: "today", "yesterday", "3 days ago"."""
    days = (today() - moment(at).astimezone().date()).days
    return "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"


def said_size(size: int) -> str:
    """How large a file is."""
    return f"{size / 1_000_000_000:.1f} GB" if size >= 1_000_000_000 else f"{max(size / 1_000_000, 0.1):.1f} MB"


def held(records: int, documents: int) -> str:
    """What a vault or a backup holds: "3 records and 1 original file"."""
    return f"{counted(records, 'record')} and {counted(documents, 'original file')}"
