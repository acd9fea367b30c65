"""`secondlens add VAULT KIND NAME`: write one thing down, as the person's own word."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import click

from secondlens.actions.today import today
from secondlens.cli._lines import json_line, plain_line
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.content import words
from secondlens.domain.handwriting import STATUSES, WRITTEN, asked, write
from secondlens.domain.record import Record
from secondlens.errors import BadInput

# Option and the answer it gives, with what --help says of it.
_OPTIONS = (
    ("value", "value", "The result, exactly as printed."),
    ("unit", "unit", "The unit of the result."),
    ("range", "reference_range", "The lab's range, as printed."),
    ("dose", "dose", "How much of a medicine."),
    ("how-often", "timing", "How often a medicine is taken."),
    ("start", "start", 'When it was or began, as vague as you know: "spring 2019".'),
    ("end", "end", "When it ended."),
    ("status", "status", "How it stands: a FHIR code such as active."),
    ("reaction", "reactions", "What happened on contact."),
    ("reason", "reason", "Why."),
    ("who", "participants", "Doctor, laboratory or clinic."),
    ("place", "place", "Where a visit was."),
    ("phone", "telecom", "Phone or email."),
    ("text", "text", "The words of a note."),
    ("note", "note", "Anything else."),
)


class UnknownKind(BadInput):
    """The kind of a thing to write down is not one that can be written."""


class AnswerRefused(BadInput):
    """An answer cannot be kept as it is."""


def _with_options(function: Callable[..., Any]) -> Callable[..., Any]:
    options = [click.option(f"--{name}", answer, help=told) for name, answer, told in reversed(_OPTIONS)]
    return reduce(lambda made, option: option(made), options, function)


@click.command("add")
@vault_argument
@click.argument("kind")
@click.argument("name")
@_with_options
@secret_options
@json_option
def command(vault: Path, kind: str, name: str, secret: Secret, *, as_json: bool, **given: str | None) -> None:
    """Write one thing down, as your own word.

    KIND is what it is: "health problem", medicine, allergy, "test result", procedure, vaccination, visit, doctor,
    clinic or note. NAME is what it is called. Your shell may remember what you type here.
    """
    meant = _kind(kind)
    answers = {"title": name.strip()} | {answer: typed.strip() for answer, typed in given.items() if typed}
    _refuse_others(meant, answers)
    written = write(meant, answers, today())
    if written.record is None:
        raise AnswerRefused(" ".join(sentence for _, sentence in written.mistakes))
    with open_asking(vault, secret) as opened:
        kept = opened.add(written.record)
    click.echo(json_line(kept) if as_json else plain_line(kept))


def _kind(said: str) -> type[Record]:
    """The kind that is meant by its FHIR name, or by the beginning of its plain one."""
    plain = {kind: words().written_as[kind.__name__].casefold() for kind in WRITTEN}
    typed = said.casefold().strip()
    for kind in WRITTEN:
        if typed and (typed == kind.__name__.casefold() or plain[kind].startswith(typed)):
            return kind
    raise UnknownKind(f"This kind cannot be written down. Choose one of: {', '.join(plain.values())}.")


def _refuse_others(kind: type[Record], answers: dict[str, str]) -> None:
    """What a kind has no place for must not be dropped in silence."""
    for name, answer, _ in _OPTIONS:
        if answer in answers and answer not in asked(kind):
            raise AnswerRefused(f"--{name} has no place in this kind of record. Put it in --note or leave it out.")
    if answers.get("status") and answers["status"] not in STATUSES[kind]:
        raise AnswerRefused(f"--status must be one of: {', '.join(STATUSES[kind])}.")
