"""Every error a person can meet, in five families.

A subclass sits beside the code that raises it; its message is the sentence shown. Each door (web, command
line) maps the five families once. Messages say what happened, in plain words, and what to do next, and never
hold health facts.
"""


class SecondlensError(Exception):
    """Something went wrong that we can put into words."""


class BadInput(SecondlensError):
    """A file or an answer cannot be used as it is."""


class NotFound(SecondlensError):
    """What was asked for is not here."""


class Locked(SecondlensError):
    """The vault stays closed: wrong passphrase, or another program holds it."""


class Damaged(SecondlensError):
    """The vault is here but its bytes are not what was written."""


class NotAllowed(SecondlensError):
    """It could be done, but it must not be."""
