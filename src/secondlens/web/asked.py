"""The form for one record: a field for each answer, with its label, its value and words to choose from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from secondlens.content import laboratory_tests, suggestions, words
from secondlens.domain.clinical import MedicationStatement, Observation
from secondlens.domain.handwriting import DENIABLE, LISTS, PART, STATUSES, WHENS, Answers, asked
from secondlens.domain.kinds import KINDS
from secondlens.domain.record import Record
from secondlens.vault import Vault
from secondlens.web.forms import Form

# The rest is folded away: a short form is one that a tired person begins.
_IN_SIGHT = 4
_LONG = frozenset(("note", "text", "address"))
_PEOPLE_AND_PLACES = ("Practitioner", "Organization")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One field. `shape` is line, lines, when or choice; `options` are those of a choice, as `choices` takes them.

    `suggest` names the list of words to choose from.
    """

    name: str
    label: str
    shape: str
    value: str
    hint: str | None = None
    options: tuple[tuple[str, str, str | None], ...] = ()
    suggest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """All fields of a form: those in sight, those folded away, and the words that they offer, by list."""

    shown: tuple[Ask, ...]
    folded: tuple[Ask, ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]


def answers_in(form: Form, kind: type[Record], before: Record | None = None) -> dict[str, str]:
    """What was sent for a kind of record."""
    return {name: form.text(name) for name in ("title", "negated", *asked(kind, before))}


def fields_of(vault: Vault, kind: type[Record], answers: Answers, before: Record | None = None) -> Fields:
    """The form of a kind with these answers in it."""
    asks = tuple(_ask(name, kind, answers, before) for name in ("title", *asked(kind, before)))
    if before and (kind in DENIABLE or before.negated):
        asks = (*asks, _denial(answers))
    wanted = dict.fromkeys(ask.suggest for ask in asks if ask.suggest)
    lists = tuple((name, found) for name in wanted if (found := tuple(_words(vault, kind, name))))
    return Fields(shown=asks[:_IN_SIGHT], folded=asks[_IN_SIGHT:], lists=lists)


def names_in_use(vault: Vault, kind: type[Record]) -> tuple[str, ...]:
    """Names to choose from for a kind of record: those in the vault, then ours."""
    kinds = [one for one in KINDS if issubclass(one, kind)] if kind is MedicationStatement else [kind]
    ours = suggestions().names.get(kind.__name__, ())
    if kind is Observation:
        ours = (*ours, *(test.spellings[0] for test in laboratory_tests()))
    return tuple(dict.fromkeys((*(title for one in kinds for title in vault.titles(one.__name__)), *ours)))


def _ask(name: str, kind: type[Record], answers: Answers, before: Record | None) -> Ask:
    value = answers.get(name, "")
    if name.startswith(PART) and isinstance(before, Observation):
        part = before.components[int(name.removeprefix(PART))]
        return Ask(name=name, label=part.title, shape="line", value=value)
    return Ask(
        name=name,
        label=words().asked_for(name, kind.__name__),
        shape=_shape(name, value),
        value=value,
        hint=words().asked_hint(name, kind.__name__),
        options=_statuses(kind, value) if name == "status" else (),
        suggest=_LISTS_OF.get(name),
    )


def _shape(name: str, value: str) -> str:
    if name == "status":
        return "choice"
    if name in WHENS:
        return "when"
    # One person or one reaction is a line with words to choose from; several need several lines.
    return "lines" if name in _LONG or name == "telecom" or (name in LISTS and "\n" in value) else "line"


def _statuses(kind: type[Record], value: str) -> tuple[tuple[str, str, str | None], ...]:
    codes = dict.fromkeys((*STATUSES[kind], *([value] if value else [])))
    said = (words().status(code, kind.__name__) for code in codes)
    return (
        *((code, plain[:1].upper() + plain[1:], None) for code, plain in zip(codes, said, strict=True)),
        ("", "I do not know, or it does not fit", None),
    )


def _denial(answers: Answers) -> Ask:
    return Ask(
        name="negated",
        label="Is it so?",
        shape="choice",
        value=answers.get("negated", ""),
        hint="A record may say something of you that is not true.",
        options=(("", "Yes", None), ("yes", "No, this is not so", None)),
    )


# Which list of words a field offers: names of the kind, people and places, or the usual answers to the field.
_LISTS_OF: Mapping[str, str] = {
    "title": "names",
    "participants": "people",
    "place": "places",
    "organization": "places",
    **{name: name for name in ("timing", "route", "severity", "unit", "specialty")},
}


def _words(vault: Vault, kind: type[Record], name: str) -> Iterator[str]:
    found: dict[str, Callable[[], tuple[str, ...]]] = {
        "names": lambda: names_in_use(vault, kind),
        "people": lambda: tuple(title for one in _PEOPLE_AND_PLACES for title in vault.titles(one)),
        "places": lambda: vault.titles("Organization"),
    }
    yield from found[name]() if name in found else suggestions().answers.get(name, ())
