"""The wording check: what in a person's words may weaken them, why, and what to say instead.

Rules anyone can read, no guessing: a finding names the words it stands on. It knows words, not people,
so it offers and never judges. The phrases and sentences come in as a value; they are content.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from secondlens.domain.phrases import compile_phrases
from secondlens.domain.wording import reading_grade, sentence_spans, word_count

# In the order they are shown when several stand at one place.
SENTENCE_KINDS = (
    *("needless-apology", "self-belittling", "blame", "ultimatum", "over-explaining"),
    *("too-long", "hard-to-read"),
)
_TAIL = re.compile(r"\W+\Z")
MESSAGE_KINDS = ("missing-thanks", "missing-ask", "missing-next-step")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is said of a kind of finding: a short `name`, `why` it matters, and what to say `instead`."""

    name: str
    why: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Phrases of one kind, and phrases that, where they overlap one, make it harmless.

    `why` and `instead` are said in place of those of the kind.
    """

    kind: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    why: str | None = None
    instead: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tone:
    """All the rules. `stiff` holds stiff words and what to say for them, `present` what a whole message needs.

    `longest_sentence` and `longest_message` are in words. A sentence of at least `grade_from` words
    is hard to read from `hardest_grade` on; words with one of `medical_endings` do not count there.
    """

    longest_sentence: int
    longest_message: int
    grade_from: int
    hardest_grade: float
    medical_endings: tuple[str, ...]
    kinds: Mapping[str, Advice]
    lists: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    stiff: Mapping[str, str]
    present: Mapping[str, tuple[str, ...]]

    @cached_property
    def looked_for(self) -> Mapping[str, re.Pattern[str] | None]:
        """What shows that a message has thanks, a request, a next step. Raises UnreadablePhrase."""
        return {kind: compile_phrases(phrases, self.lists) for kind, phrases in self.present.items()}

    @cached_property
    def compiled(self) -> tuple[tuple[Rule, re.Pattern[str], re.Pattern[str] | None], ...]:
        """Each rule with its patterns. Raises UnreadablePhrase."""
        plain = tuple(
            Rule(kind="hard-to-read", phrases=(stiff,), instead=f"Say “{word}”.")
            for stiff, word in self.stiff.items()
        )
        return tuple(
            (rule, pattern, compile_phrases(rule.unless, self.lists))
            for rule in (*self.rules, *plain)
            if (pattern := compile_phrases(rule.phrases, self.lists))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Words of the text, from `start` to `end`, that may weaken it. Of what is missing both are its length."""

    kind: str
    start: int
    end: int
    text: str
    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many words a text has, its reading grade, and what was found, in the order of the text."""

    words: int
    grade: float
    findings: tuple[Finding, ...]


def check_wording(text: str, tone: Tone, *, message: bool = False) -> Checked:
    """Check a text; a whole `message` must also thank, ask, and say what comes next."""
    found = [finding for span in sentence_spans(text) for finding in _in_sentence(text, span, tone)]
    if message:
        found += _whole(text, tone)
    return Checked(word_count(text), reading_grade(text), tuple(found))


def _in_sentence(text: str, span: tuple[int, int], tone: Tone) -> list[Finding]:
    start, end = span
    sentence = text[start:end].replace("\n", " ")
    found = [
        _finding(text, (start + place[0], start + place[1]), kind, _of(rule, tone))
        for kind in SENTENCE_KINDS
        for rule, place in _firsts(sentence, kind, tone)
    ]
    hard = any(finding.kind == "hard-to-read" for finding in found)
    if (words := word_count(sentence)) > tone.longest_sentence:
        found.append(_finding(text, span, "too-long", _too_long(words, tone)))
    elif not hard and words >= tone.grade_from and _grade(sentence, tone) >= tone.hardest_grade:
        found.append(_finding(text, span, "hard-to-read", tone.kinds["hard-to-read"]))
    return sorted(found, key=lambda one: (one.start, SENTENCE_KINDS.index(one.kind)))


def _firsts(sentence: str, kind: str, tone: Tone) -> Iterator[tuple[Rule, tuple[int, int]]]:
    """What the rules of a kind find in a sentence; words that overlap are named once."""
    taken: list[tuple[int, int]] = []
    for rule, pattern, unless in tone.compiled:
        if rule.kind != kind:
            continue
        harmless = [match.span() for match in unless.finditer(sentence)] if unless else []
        for match in pattern.finditer(sentence):
            place = match.start(), match.start() + len(_TAIL.sub("", match[0]))
            if not _overlaps(place, harmless) and not _overlaps(place, taken):
                taken.append(place)
                yield rule, place


def _overlaps(place: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(start < place[1] and place[0] < end for start, end in others)


def _whole(text: str, tone: Tone) -> Iterator[Finding]:
    if (words := word_count(text)) > tone.longest_message:
        yield _finding(text, (0, len(text)), "too-long", _too_long(words, tone))
    for kind, pattern in tone.looked_for.items():
        asks = kind == "missing-ask" and "?" in text
        there = (pattern and pattern.search(text[start:end]) for start, end in sentence_spans(text))
        if not asks and not any(there):
            yield _finding(text, (len(text), len(text)), kind, tone.kinds[kind])


def _grade(sentence: str, tone: Tone) -> float:
    """The grade without medical words and names: a person cannot choose those."""
    first, *others = sentence.split()
    chosen = (word for word in others if not word[0].isupper() and not _medical(word, tone))
    return reading_grade(" ".join((first, *chosen)))


def _medical(word: str, tone: Tone) -> bool:
    return word.rstrip(".,;:?!").lower().endswith(tone.medical_endings)


def _finding(text: str, span: tuple[int, int], kind: str, advice: Advice) -> Finding:
    start, end = span
    return Finding(kind=kind, start=start, end=end, text=text[start:end], why=advice.why, instead=advice.instead)


def _of(rule: Rule, tone: Tone) -> Advice:
    usual = tone.kinds[rule.kind]
    return replace(usual, why=rule.why or usual.why, instead=rule.instead or usual.instead)


def _too_long(words: int, tone: Tone) -> Advice:
    usual = tone.kinds["too-long"]
    return replace(usual, why=f"{usual.why} It has {words} words.")
