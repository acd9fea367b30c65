"""What must hold for all our texts together, on a given day. The tests and the monthly check both ask here."""

import re
from collections.abc import Iterator
from datetime import date

from secondlens.content._laboratory_checks import check_laboratory
from secondlens.content._loading import (
    emergency_sources,
    evidence,
    guides,
    question_files,
    red_flags,
    script_files,
    scripts,
    sources,
)
from secondlens.content._texts import (
    EvidenceCard,
    RedFlagCard,
    ScriptFile,
    ScriptText,
    Text,
)
from secondlens.content._words import words
from secondlens.domain.wording import blanks

# A figure or the word of a study is a medical statement: somebody must be able to look it up.
_CLAIM = re.compile(r"%|°|\b(?:in|of|out of) 100\b|\b\d+ hours\b|\bstud(?:y|ies)\b|\bresearch\b", re.IGNORECASE)


def check(today: date) -> tuple[str, ...]:
    """Say what is wrong with our texts on a day, a sentence each; nothing means all is well.

    Raises BadContent when a file cannot even be read.
    """
    texts = all_texts()
    return (
        *(problem for text in texts for problem in _dates(text, today)),
        *(problem for text in texts for problem in _standing(text)),
        *_sources(texts, today),
        *(problem for file in script_files() for problem in _blanks(file)),
        *_complete(scripts()),
        *check_laboratory(today),
    )


def all_texts() -> tuple[Text, ...]:
    """Every Markdown file we ship."""
    return (*guides(), *evidence(), *red_flags(), *question_files(), *script_files())


def _dates(text: Text, today: date) -> Iterator[str]:
    if text.review_by < today:
        yield f"{text.name}: its review was due on {text.review_by}. Read it again, then change both dates."
    if not 0 < (text.review_by - text.reviewed).days <= 366:
        yield f"{text.name}: its next review must come within 12 months of the last."


def _standing(text: Text) -> Iterator[str]:
    """A medical statement stands on a source, and every source named is known."""
    medical = isinstance(text, EvidenceCard | RedFlagCard) or _CLAIM.search(f"{text.summary}\n{text.body}")
    if medical and not text.sources:
        yield f"{text.name}: it makes a medical statement and names no source."
    for key in text.sources:
        if key not in sources():
            yield f"{text.name}: its source {key} is not in sources.toml."


def _sources(texts: tuple[Text, ...], today: date) -> Iterator[str]:
    used = {key for text in texts for key in text.sources} | set(emergency_sources())
    for key, source in sources().items():
        if source.check_again < today:
            yield f"sources.toml: {key} was to be checked again by {source.check_again}."
        if key not in used:
            yield f"sources.toml: nothing uses {key}. Remove it."


def _blanks(file: ScriptFile) -> Iterator[str]:
    used = set(blanks(file.body))
    for name in sorted(used - set(file.blanks)):
        yield f"{file.name}: its blank {name} is not explained in the head."
    for name in sorted(set(file.blanks) - used):
        yield f"{file.name}: no text uses its blank {name}."
    if re.search(r"[{}]", re.sub(r"\{[a-z][a-z-]*\}", "", file.body)):
        yield f"{file.name}: a brace stands alone or holds something that is not a blank's name."


def _complete(ours: tuple[ScriptText, ...]) -> Iterator[str]:
    """Every frame has words for every channel, and an answer to every reply."""
    wanted = {(frame, channel) for frame in words().frames for channel in words().channels}
    have = {(script.frame, script.channel) for script in ours}
    for frame, channel in sorted(wanted ^ have):
        yield f"scripts: {frame}, {channel}: it is missing, or words.toml does not know it."
    for script in ours:
        if {reply.code for reply in script.replies} != set(words().replies):
            yield f"scripts: {script.frame}: its replies are not those of words.toml."
        if (script.only_if_true is None) != (script.otherwise is None):
            yield f"scripts: {script.frame}, {script.channel}: words that must be true need others beside them."
