"""Put a person's own words into a text so that the result reads right, and measure how it reads."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

BLANK = re.compile(r"\{([a-z][a-z-]*)\}")
_WORDS_A_MINUTE = 130  # calm speech: slower than talk among friends, about 150
# Capitals that only mark the beginning of a sentence; any other capital may be a name and stays.
_SMALL_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "because", "but", "can", "could", "do", "does", "for", "how", "if", "in", "is"),
        *("it", "my", "no", "not", "on", "or", "our", "since", "some", "that", "the", "then", "there", "these"),
        *("they", "this", "to", "was", "we", "what", "when", "where", "whether", "which", "who", "why", "with"),
    ),
)
_TITLES = frozenset(("dr", "prof", "mr", "mrs", "ms", "st", "jr", "sr", "vs"))


@dataclass(frozen=True, slots=True)
class Filled:
    """`text` ready to read; `missing` the blanks nobody has filled yet, each once, in the order they come."""

    text: str
    missing: tuple[str, ...]


def fill(text: str, values: Mapping[str, str], labels: Mapping[str, str] | None = None) -> Filled:
    """Put `values` into blanks such as {doctor}; an unfilled one shows its label: "[your doctor's name]".

    Values are one run of words: line breaks become spaces. What a person typed is never read for blanks.
    """
    done, place, missing = "", 0, dict[str, None]()
    for blank in BLANK.finditer(text):
        name = blank[1]
        done += text[place : blank.start()]
        rest, value = text[blank.end() :], " ".join(values.get(name, "").split())
        place = blank.end()
        if value:
            value = _fit(value, done, rest)
            place += value.endswith(("?", "!", "...")) and rest.startswith((".", "?"))
        else:
            missing[name] = None
            value = f"[{(labels or {}).get(name) or name.replace('-', ' ')}]"
        done += value
    return Filled(done + text[place:], tuple(missing))


def blanks(text: str) -> tuple[str, ...]:
    """Name the blanks of a text, each once, in the order they come."""
    return tuple(dict.fromkeys(BLANK.findall(text)))


def word_count(text: str) -> int:
    """Count the words: "5.4", "well-known" and "can't" are one each."""
    return sum(any(letter.isalnum() for letter in word) for word in text.split())


def seconds_to_say(text: str) -> int:
    """How long it takes to say aloud, calmly, in whole seconds."""
    return round(word_count(text) * 60 / _WORDS_A_MINUTE)


def sentences(text: str) -> tuple[str, ...]:
    """Cut a text into sentences; a line of a list and a paragraph end one too."""
    return tuple(" ".join(text[start:end].splitlines()) for start, end in sentence_spans(text))


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Say where each sentence stands in the text: (start, end), the marks of lists left out."""
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", _WRAP.sub(" ", text)):
        mark = re.match(r"\s*(?:[-*#>]+|\d+\.)\s+", line[0])
        place = mark.end() if mark else 0
        for end in (*_SENTENCE_END.finditer(line[0], place), None):
            part = line[0][place : end.start() if end else None]
            start = line.start() + place + len(part) - len(part.lstrip())
            if word_count(part):
                found.append((start, start + len(part.strip())))
            place = end.end() if end else place
    return tuple(found)


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid 1975) with syllables counted by rule: a hint, not a verdict on a text."""
    words, parts = re.findall(r"[A-Za-zÀ-ÿ']+", text), len(sentences(text))
    if not words or not parts:
        return 0.0
    return round(0.39 * len(words) / parts + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59, 1)


_SENTENCE_END = re.compile(
    r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bSt\.)(?<!\bMrs\.)(?<!\bProf\.)"
    r"(?:(?<=[.?!])|(?<=[.?!][\"')\]]))\s+(?=[\"'(\[{]?[A-Z0-9{\[])",
)


# A line that only wraps; the items of a list and paragraphs stay apart. One sign long, as is the space put there.
_WRAP = re.compile(r"(?<=\S)\n(?=[^\s\-*#>\d])")


def _fit(value: str, before: str, after: str) -> str:
    """Give a value the capital and the ending its place asks for."""
    first, _, others = value.partition(" ")
    said = before.split()[-1:]
    if others and said and said[0].casefold() == first.casefold() and before[-1:] == " ":
        value, (first, _, _) = others, others.partition(" ")
    if _begins_sentence(before):
        value = value[0].upper() + value[1:] if value[1:2].islower() or len(first) == 1 else value
    elif first.casefold() in _SMALL_WORDS and first[1:] == first[1:].lower():
        value = value[0].lower() + value[1:]
    return _without_stop(value, after)


def _begins_sentence(before: str) -> bool:
    return re.search(r"(?:^|\n|[.?!][\"')\]]?\s)\s*$", before) is not None


def _without_stop(value: str, after: str) -> str:
    """Take off a full stop that would stand before more of the sentence; "a.m." and "Dr." keep theirs."""
    if not value.endswith(".") or value.endswith("...") or not re.match(r"[.,;:?!]| +[^A-Z\s]", after):
        return value
    last = value.rsplit(maxsplit=1)[-1].rstrip(".")
    abbreviated = "." in last or last.casefold() in _TITLES
    return value if abbreviated and not after.startswith(".") else value[:-1]


def _syllables(word: str) -> int:
    word = re.sub(r"(?:[^laeiouy]es|[^td]ed|[^l]e)$", "", word.lower().replace("'", "")) or "a"
    return max(1, len(re.findall(r"[aeiouyà-ÿ]+", word)))
