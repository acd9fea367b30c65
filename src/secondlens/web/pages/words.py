"""Words: the hard-conversation library, one script with its gaps filled, and the same as a card for the pocket."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from starlette.responses import Response

from secondlens.actions.cases import case_file
from secondlens.content import Conversation, conversation_blanks, conversations, sources, words
from secondlens.domain.wording import blanks, fill, seconds_to_say
from secondlens.errors import NotFound
from secondlens.web.pages.case.ask import values_for
from secondlens.web.rendering import Visit, plain_day, render

_BRIEF = 20  # seconds, said calmly


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One script in a list."""

    title: str
    summary: str
    tags: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All situations as tiles, or (`chosen`) the scripts of one choice, shelf by shelf.

    `filters` holds (label, ((name, address, whether it is chosen), ...)).
    """

    chosen: str | None
    everything: str
    tiles: tuple[tuple[str, str, str], ...]
    filters: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]
    shelves: tuple[tuple[str, tuple[Row, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A blank to fill in by hand: the name of its field, what goes in, an example, and what stands there."""

    field: str
    label: str
    example: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneScript:
    """One conversation, filled. `replies` holds (what they say, the answer, what to do when that fails)."""

    title: str
    summary: str
    tags: tuple[str, ...]
    say: str
    short: str
    replies: tuple[tuple[str, str, str | None], ...]
    seconds: int
    know: str | None
    sources: tuple[str, ...]
    reviewed: str
    gaps: tuple[Gap, ...]
    open_gaps: bool
    as_text: str
    library: str
    here: str
    card: str


def show(visit: Visit) -> Response:
    """The library by situation, or what a filter leaves of it."""
    chosen, name = _chosen(visit)
    page = Library(
        chosen=name,
        everything=_url(visit),
        tiles=tuple(
            (label.name, label.what, _url(visit, about=place))
            for place, label in enumerate(words().situations.values(), start=1)
        ),
        filters=tuple(
            (
                label,
                tuple((name, _url(visit, **{key: code}), visit.query(key) == code) for code, name in of.items()),
            )
            for key, label, of in _filters()
        ),
        shelves=tuple(
            (words().situations[code].name, tuple(_row(visit, talk) for talk in shelf))
            for code, shelf in groupby(chosen, key=lambda talk: talk.situation)
        ),
    )
    return render(visit, "words/list.html", page)


def show_one(visit: Visit) -> Response:
    """One script, its gaps filled from the case it was opened from, or with what was typed: nothing is kept."""
    return render(visit, "words/script.html", _script(visit))


def show_card(visit: Visit) -> Response:
    """The same in large type, to print or to read from."""
    return render(visit, "words/card.html", _script(visit))


def _filters() -> tuple[tuple[str, str, Mapping[str, str]], ...]:
    """(word in the address, label, codes and their names) of each way to choose beside the situation."""
    return (
        ("audience", "Who you talk to", words().audiences),
        ("tone", "How it sounds", words().tones),
        ("length", "How long it takes", words().lengths),
    )


def _chosen(visit: Visit) -> tuple[tuple[Conversation, ...], str | None]:
    """What to list, and the name of the choice; nothing is chosen at first. A strange choice counts as none."""
    place = visit.query("about")
    situations = tuple(words().situations.items())
    if place.isascii() and place.isdigit() and 1 <= int(place) <= len(situations):
        code, label = situations[int(place) - 1]
        return tuple(talk for talk in conversations() if talk.situation == code), label.name
    for key, choice, of in _filters():
        if (code := visit.query(key)) in of:
            return tuple(talk for talk in conversations() if _codes(talk)[key] == code), f"{choice}: {of[code]}"
    return (), None


def _codes(talk: Conversation) -> Mapping[str, str]:
    length = "brief" if seconds_to_say(talk.say) <= _BRIEF else "longer"
    return {"audience": talk.audience, "tone": talk.tone, "length": length}


def _row(visit: Visit, talk: Conversation) -> Row:
    return Row(
        title=talk.title,
        summary=talk.summary,
        tags=(*_tags(talk), f"{seconds_to_say(talk.say)} seconds"),
        href=_url(visit, f"words/{talk.number}"),
    )


def _tags(talk: Conversation) -> tuple[str, ...]:
    return words().audiences[talk.audience], words().tones[talk.tone]


def _script(visit: Visit) -> OneScript:
    talk = _talk(visit)
    names = tuple(dict.fromkeys(name for text in _texts(talk) for name in blanks(text)))
    values = _values(visit, names)
    labels = {name: blank.label for name, blank in conversation_blanks().items()}
    say, short, *answers = (fill(text, values, labels).text for text in _texts(talk))
    replies = tuple(
        (reply.they_say, answer, reply.then) for reply, answer in zip(talk.replies, answers, strict=True)
    )
    return OneScript(
        title=talk.title,
        summary=talk.summary,
        tags=_tags(talk),
        say=say,
        short=short,
        replies=replies,
        seconds=seconds_to_say(say),
        know=talk.know,
        sources=tuple(sources()[key].title for key in talk.sources),
        reviewed=plain_day(talk.reviewed.isoformat()),
        gaps=tuple(_gap(name, values) for name in names),
        open_gaps=any(name not in values for name in names),
        as_text="\n\n".join((say, *(f"If they say: “{said}”\n{answer}" for said, answer, _ in replies))),
        library=_url(visit),
        here=_url(visit, f"words/{talk.number}"),
        card=_url(visit, f"words/{talk.number}/card"),
    )


def _texts(talk: Conversation) -> tuple[str, ...]:
    return (talk.say, talk.short, *(reply.answer for reply in talk.replies))


def _talk(visit: Visit) -> Conversation:
    talk = next((talk for talk in conversations() if talk.number == visit.part("number")), None)
    if talk is None:
        raise NotFound("There are no such words here. Go to Words and choose from the list.")
    return talk


def _values(visit: Visit, names: tuple[str, ...]) -> dict[str, str]:
    """What is typed; before anything is typed, what the case knows."""
    if visit.form.fields:
        typed = {name: visit.form.text(f"gap-{name}") for name in names}
        return {name: value for name, value in typed.items() if value}
    case = visit.query("case")
    known = values_for(visit.vault, case_file(visit.vault, case)) if case else {}
    return {name: known[name] for name in names if name in known}


def _gap(name: str, values: Mapping[str, str]) -> Gap:
    blank = conversation_blanks()[name]
    label = blank.label[0].upper() + blank.label[1:]
    return Gap(field=f"gap-{name}", label=label, example=blank.example, value=values.get(name, ""))


def _url(visit: Visit, path: str = "words", **query: str | int) -> str:
    """An address of this part; the case it was opened from stays in it."""
    case = {"case": visit.query("case")} if visit.query("case") else {}
    asked = urlencode({**query, **case})
    return visit.url(path) + (f"?{asked}" if asked else "")
