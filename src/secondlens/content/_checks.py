"""What must hold for all our texts together, on a given day. The tests and the monthly check both ask here."""

import re
from collections.abc import Iterator
from datetime import date

from secondlens.content._devices import DeviceFile, device_files
from secondlens.content._laboratory_checks import check_laboratory
from secondlens.content._loading import (
    conversation_blanks,
    conversations,
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
    Conversation,
    EvidenceCard,
    RedFlagCard,
    ScriptFile,
    ScriptText,
    Text,
)
from secondlens.content._tone import tone
from secondlens.content._words import words
from secondlens.domain.tone import check_wording
from secondlens.domain.wording import blanks, fill

# A figure or the word of a study is a medical statement: somebody must be able to look it up.
_CLAIM = re.compile(r"%|°|\b(?:in|of|out of) 100\b|\b\d+ hours\b|\bstud(?:y|ies)\b|\bresearch\b", re.IGNORECASE)


def check(today: date) -> tuple[str, ...]:
    """Say what is wrong with our texts on a day, a sentence each; nothing means all is well.

    Raises BadContent when a file cannot even be read.
    """
    texts = all_texts()
    return (
        *(problem for text in texts for problem in _dates(text.name, text, today)),
        *(problem for name, file in device_files().items() for problem in _dates(name, file, today)),
        *(problem for text in texts for problem in _standing(text)),
        *_sources(texts, today),
        *(problem for file in script_files() for problem in _blanks(file)),
        *_complete(scripts()),
        *(problem for text in conversations() for problem in _conversation(text)),
        *_conversation_blanks(conversations()),
        *check_laboratory(today),
    )


def all_texts() -> tuple[Text, ...]:
    """Every Markdown file we ship."""
    return (*guides(), *evidence(), *red_flags(), *question_files(), *script_files(), *conversations())


def _dates(name: str, text: Text | DeviceFile, today: date) -> Iterator[str]:
    if text.review_by < today:
        yield f"{name}: its review was due on {text.review_by}. Read it again, then change both dates."
    if not 0 < (text.review_by - text.reviewed).days <= 366:
        yield f"{name}: its next review must come within 12 months of the last."


def _standing(text: Text) -> Iterator[str]:
    """A medical statement stands on a source, and every source named is known."""
    beside = isinstance(text, Conversation) and text.know is not None
    claims = _CLAIM.search(f"{text.summary}\n{text.body}") is not None
    medical = isinstance(text, EvidenceCard | RedFlagCard) or beside or claims
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


def _conversation(text: Conversation) -> Iterator[str]:
    """It has both sections, an answer for what they might say, and words for its shelf; it weakens nobody."""
    if not text.body.startswith("## say\n") or not text.say or not text.short or text.body.count("\n## ") != 1:
        yield f"{text.name}: its body needs the sections say and short, and no other."
    if not text.replies:
        yield f"{text.name}: it has no answer to what they might say."
    for code, known in (
        (text.situation, words().situations),
        (text.audience, words().audiences),
        (text.tone, words().tones),
    ):
        if code not in known:
            yield f"{text.name}: words.toml does not know {code}."
    examples = {name: blank.example for name, blank in conversation_blanks().items()}
    for said in spoken_of(text):
        for finding in check_wording(fill(said, examples).text, tone()).findings:
            yield f"{text.name}: the wording check finds {finding.kind} in “{finding.text}”."


def spoken_of(text: Conversation) -> tuple[str, ...]:
    """Everything of a conversation that the person says, with blanks."""
    return (text.say, text.short, *(reply.answer for reply in text.replies))


def _conversation_blanks(ours: tuple[Conversation, ...]) -> Iterator[str]:
    used = {(name, text.name) for text in ours for said in spoken_of(text) for name in blanks(said)}
    for name, file in sorted(used):
        if name not in conversation_blanks():
            yield f"{file}: its blank {name} is not explained in blanks.toml."
    for name in sorted(set(conversation_blanks()) - {name for name, _ in used}):
        yield f"conversations: no text uses the blank {name}."


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
