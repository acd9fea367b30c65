"""The person's own calendar day."""

from datetime import date


def today() -> date:
    """Give the day it is where the person is."""
    return date.today()  # noqa: DTZ011  (where they are, not in Greenwich)
