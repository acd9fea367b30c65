"""Guides, scripts, questions, red-flag cards and evidence, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact comes from. `read` says whether we read it itself or a page that quotes it.

    `checked` is when, `check_again` by when it must be looked at anew.
    """

    title: str
    where: str
    read: Literal["itself", "through a page that quotes it"]
    checked: date
    check_again: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What every content file has. `name` is its path below the content folder; `body` is Markdown.

    `sources` are keys of `sources()`.
    """

    name: str
    title: str
    summary: str
    sources: tuple[str, ...]
    reviewed: date
    review_by: date
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide(Text):
    """A short guide to one step, or (`step` None) to second opinions as such. `takes` is the time to read it."""

    takes: str
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCard(Text):
    """What one study found. `people` is how many and who, `limits` what it cannot tell."""

    design: str
    people: str
    dates: str
    limits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlagCard(Text):
    """Signs that cannot wait. `do` is the one action; `soon` "now" or "today".

    `body` is a list of signs, a line each, and then advice. Everybody sees the same cards in the same order.
    """

    do: str
    soon: Literal["now", "today"]

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs, in plain text."""
        return tuple(line.removeprefix("- ") for line in self.body.partition("\n\n")[0].splitlines())

    @property
    def advice(self) -> str:
        """What to know beside the signs, as Markdown; may be empty."""
        return self.body.partition("\n\n")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyNumber:
    """The number to call in one country. `crisis` is a line for thoughts of suicide, where we checked one."""

    country: str
    place: str
    emergency: str
    crisis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A gap in a script: what goes in, said in a few words, and an example."""

    label: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to say back. `code` is one of the replies of words.toml, `they_say` what the doctor might say.

    `answer` is for saying; `then` is advice to the person for when that is not enough.
    """

    code: str
    they_say: str
    answer: str
    then: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptText:
    """Words for one frame and one channel, with blanks such as {doctor}.

    `blanks` holds those of the frame. Where `only_if_true` is a sentence, the person must say
    it is true before `text` is offered; `otherwise` is what to offer instead.
    """

    frame: str
    channel: str
    title: str
    summary: str
    text: str
    blanks: Mapping[str, Blank]
    replies: tuple[Reply, ...]
    only_if_true: str | None = None
    otherwise: str | None = None

    @property
    def labels(self) -> Mapping[str, str]:
        """What stands in an unfilled blank."""
        return {name: blank.label for name, blank in self.blanks.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFile(Text):
    """All the words of one frame: a section of the body for each channel, "spoken", "portal", "phone", "letter".

    Sections such as "spoken, if not" hold what to say when `only_if_true` is not true. Replies of this file come
    before those every frame shares.
    """

    frame: str
    blanks: Mapping[str, Blank]
    only_if_true: str | None = None
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What they might say in a hard conversation, and what to say back. `then` is advice for when that fails."""

    they_say: str
    answer: str
    then: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation(Text):
    """Words for one hard conversation. The body has a section "say" and a section "short", with blanks.

    `situation`, `audience` and `tone` are words of words.toml; `know` is a fact beside the words, which needs a
    source. Without sources the words stand on experience.
    """

    situation: str
    audience: str
    tone: str
    replies: tuple[Branch, ...]
    know: str | None = None

    @property
    def number(self) -> str:
        """What it is called in an address, the same in every language. A browser's memory of it tells nothing."""
        return self.name.rpartition("/")[2].partition("-")[0]

    @property
    def say(self) -> str:
        """The words to say, with blanks."""
        return self.body.removeprefix("## say").partition("\n## short\n")[0].strip()

    @property
    def short(self) -> str:
        """The same in one or two breaths, with blanks."""
        return self.body.partition("\n## short\n")[2].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionText:
    """A question to ask a second doctor, and why one might. `pack` and `theme` are words of words.toml."""

    pack: str
    theme: str
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question as its file has it."""

    theme: str
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFile(Text):
    """The questions of one pack. `body` says a word about them."""

    pack: str
    ask: tuple[Ask, ...]
