"""Whom files are about: a file about somebody else is pointed out before it is kept."""

from collections.abc import Sequence

from secondlens.domain.people import Patient, has_name, may_be_one
from secondlens.domain.record import Record
from secondlens.vault import Vault

INSIDE_ANOTHER = "This came out of a file that names another person. Keep it only if it is about you."


def remark(about: Sequence[Patient], records: Sequence[Record]) -> str | None:
    """A sentence when the records of a file name somebody who is none of these people."""
    for patient in people_in(records):
        if about and not any(may_be_one(patient, one) for one in about):
            born = f", born {patient.birth.plain()}" if patient.birth else ""
            return f"This file names another person: {patient.title}{born}. Keep it only if it is about you."
    return None


def known_people(vault: Vault) -> tuple[Patient, ...]:
    """Whom the vault is about, as its sources say it. A watch's "Me" counts only while nobody has a name."""
    known = people_in([kept.record for kept in vault.list(Patient.__name__)])
    return tuple(filter(has_name, known)) or known


def most_named(files: Sequence[Sequence[Record]]) -> tuple[Patient, ...]:
    """The person whom most files name, for a vault that knows nobody yet; none when no file names one."""
    named = [patient for records in files for patient in people_in(records)]
    named = list(filter(has_name, named)) or named
    return tuple(sorted(named, key=lambda one: -sum(may_be_one(one, other) for other in named))[:1])


def people_in(records: Sequence[Record]) -> tuple[Patient, ...]:
    """Whom records describe as the patient."""
    return tuple(record for record in records if isinstance(record, Patient))
