"""Load the texts, each folder when it is first asked for, and only once.

A folder holds Markdown files; their names begin with a number that gives the order. `sources.toml` holds every
source once; a head names the ones its text stands on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from secondlens.content._reading import bad, convert, names, read_markdown, read_toml
from secondlens.content._texts import (
    Blank,
    Conversation,
    EmergencyNumber,
    EvidenceCard,
    Guide,
    QuestionFile,
    QuestionText,
    RedFlagCard,
    Reply,
    ScriptFile,
    ScriptText,
    Source,
    Text,
)

_T = TypeVar("_T", bound=Text)
# One folder a language; a translation keeps the names of the files.
_CONVERSATIONS = "conversations/en"
_IF_NOT = ", if not"
_SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)


@cache
def sources() -> Mapping[str, Source]:
    """Every source our texts stand on, by key."""
    return read_toml("sources.toml", dict[str, Source])


@cache
def guides() -> tuple[Guide, ...]:
    """The guides, in the order of the steps; the general one first."""
    return tuple(_texts("guides", Guide))


@cache
def evidence() -> tuple[EvidenceCard, ...]:
    """The evidence cards, the most telling first."""
    return tuple(_texts("evidence", EvidenceCard))


@cache
def red_flags() -> tuple[RedFlagCard, ...]:
    """The red-flag cards, the general one first."""
    return tuple(_texts("redflags", RedFlagCard))


def emergency_numbers() -> tuple[EmergencyNumber, ...]:
    """The emergency number of each country we checked."""
    return _numbers().numbers


def emergency_sources() -> tuple[str, ...]:
    """The sources the emergency numbers stand on."""
    return _numbers().sources


@cache
def question_files() -> tuple[QuestionFile, ...]:
    """The packs of questions, the general one first."""
    return tuple(_texts("questions", QuestionFile))


@cache
def questions() -> tuple[QuestionText, ...]:
    """Every question, pack by pack."""
    return tuple(
        QuestionText(pack=file.pack, theme=ask.theme, text=ask.text, why=ask.why)
        for file in question_files()
        for ask in file.ask
    )


@cache
def script_files() -> tuple[ScriptFile, ...]:
    """The frames with all their words."""
    return tuple(_texts("scripts", ScriptFile))


@cache
def scripts() -> tuple[ScriptText, ...]:
    """Every script: each frame in each channel."""
    shared = read_toml("scripts/replies.toml", _Replies).replies
    return tuple(script for file in script_files() for script in _scripts_of(file, shared))


@cache
def conversations() -> tuple[Conversation, ...]:
    """The hard-conversation library, situation by situation."""
    return tuple(_texts(_CONVERSATIONS, Conversation))


@cache
def conversation_blanks() -> Mapping[str, Blank]:
    """The blanks of the hard conversations, by name."""
    return read_toml(f"{_CONVERSATIONS}/blanks.toml", dict[str, Blank])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    sources: tuple[str, ...]
    numbers: tuple[EmergencyNumber, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replies:
    replies: tuple[Reply, ...]


@cache
def _numbers() -> _Numbers:
    return read_toml("redflags/numbers.toml", _Numbers)


def _texts(folder: str, kind: type[_T]) -> Iterator[_T]:
    for name in names(folder):
        head, body = read_markdown(name)
        if clash := head.keys() & {"name", "body"}:
            raise bad(name, f"it has unknown keys: {', '.join(sorted(clash))}")
        yield convert(name, {**head, "name": name, "body": body}, kind)


def _scripts_of(file: ScriptFile, shared: tuple[Reply, ...]) -> Iterator[ScriptText]:
    own = {reply.code: reply for reply in file.replies}
    sections = _sections(file)
    for channel, text in sections.items():
        if channel.endswith(_IF_NOT):
            continue
        yield ScriptText(
            frame=file.frame,
            channel=channel,
            title=file.title,
            summary=file.summary,
            text=text,
            blanks=file.blanks,
            replies=tuple(own.get(reply.code, reply) for reply in shared),
            only_if_true=file.only_if_true,
            otherwise=sections.get(channel + _IF_NOT),
        )


def _sections(file: ScriptFile) -> dict[str, str]:
    before, *rest = _SECTION.split(file.body)
    if before.strip() or not rest:
        raise bad(file.name, "every text must stand under the name of its channel")
    return {name.strip(): text.strip() for name, text in zip(rest[::2], rest[1::2], strict=True)}
