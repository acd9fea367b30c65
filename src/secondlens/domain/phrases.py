"""Phrases as people write them down, found in a sentence: "sorry to bother/trouble (you)".

The marks: `one/other` either word, `in_time` two words that are one choice, `(word)` may be missing,
`sorr*` any ending, `<day>` a word of a named list, `#` a number, `..` up to three words, `...` up to twelve,
`^` where the sentence begins, `$` where it ends. Capitals and apostrophes do not matter.
"""

import re
from collections.abc import Mapping

Lists = Mapping[str, tuple[str, ...]]
_APOSTROPHES = r"'\u2019"
_WORD = rf"[^\W_][\w{_APOSTROPHES}]*"
_TYPED = {"you": "(?:you|u)", "your": "(?:your|ur)"}
_BETWEEN = r"(?:[\s,;:\"\u201c\u201d()\u2013\u2014-]+|(?=[.?!\u2026]|\Z))"


class UnreadablePhrase(ValueError):
    """A phrase of a rule has a mark that is not known, or names a list that is not there."""


def compile_phrases(phrases: tuple[str, ...], lists: Lists) -> re.Pattern[str] | None:
    """Make one pattern of some phrases, to be searched in one sentence; None when there are none.

    Raises UnreadablePhrase.
    """
    if not phrases:
        return None
    return re.compile("|".join(_phrase(phrase, lists) for phrase in phrases), re.IGNORECASE)


def _phrase(phrase: str, lists: Lists) -> str:
    marks = phrase.split()
    if not any(mark[0] not in "(.^$" for mark in marks):
        raise UnreadablePhrase(f"the phrase “{phrase}” would be found everywhere")
    start = "" if marks[0] == "^" else rf"(?<![\w{_APOSTROPHES}])"
    return f"(?:{start}{''.join(_mark(mark, lists) for mark in marks)})"


def _mark(mark: str, lists: Lists) -> str:
    match mark:
        case "^":
            return r"\A[\s\"\u201c(]*"
        case "$":
            return r"(?=[.?!\u2026\"\u201d)]*\Z)"
        case "..":
            return f"(?:{_WORD}{_BETWEEN}){{0,3}}?"
        case "...":
            return f"(?:{_WORD}{_BETWEEN}){{0,12}}?"
    optional = mark.startswith("(") and mark.endswith(")")
    choices = (mark[1:-1] if optional else mark).split("/")
    words = "|".join(word for choice in choices for word in _choices(choice, lists))
    return rf"(?:(?:{words})(?![\w{_APOSTROPHES}]){_BETWEEN})" + ("?" if optional else "")


def _choices(choice: str, lists: Lists) -> list[str]:
    if choice == "#":
        return [r"\d[\d.:]*"]
    if choice.startswith("<") and choice.endswith(">"):
        if choice[1:-1] not in lists:
            raise UnreadablePhrase(f"there is no list named {choice[1:-1]}")
        return [word for listed in lists[choice[1:-1]] for word in _choices(listed, {})]
    return [r"\s+".join(_word(part, choice) for part in choice.split("_"))]


def _word(part: str, choice: str) -> str:
    if not re.fullmatch(r"[^\W\d_]+(?:['-][^\W\d_]+)*\*?", part):
        raise UnreadablePhrase(f"{choice} is not a word or a mark")
    # "Im" and "dont" are how many people type; a curly apostrophe is how many phones do.
    word = _TYPED.get(part) or re.escape(part.removesuffix("*")).replace("'", f"[{_APOSTROPHES}]?")
    return word + (rf"[\w{_APOSTROPHES}]*" if part.endswith("*") else "")
