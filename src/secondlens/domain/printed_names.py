"""Fold what laboratories print, so that two ways of writing one name or unit become one key."""

import re
import unicodedata
from collections.abc import Sequence

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[%#/]")
# Unicode spells the eleventh letter "lamda".
_LETTERS = {
    "ALPHA": "alpha",
    "BETA": "beta",
    "GAMMA": "gamma",
    "DELTA": "delta",
    "KAPPA": "kappa",
    "LAMDA": "lambda",
}
_GREEK = str.maketrans(
    {unicodedata.lookup(f"GREEK SMALL LETTER {name}"): f"{word} " for name, word in _LETTERS.items()}
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def name_key(printed: str) -> str:
    """Fold a name so that case, commas, accents and the order of words do not count.

    Around a slash the order does count: AST/ALT is not ALT/AST.
    """
    return key_of(words_of(printed))


def words_of(text: str) -> list[str]:
    """Words, numbers and the signs that mean something, folded."""
    plain = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").translate(_RAISED)
    folded = unicodedata.normalize("NFKD", plain.casefold().translate(_GREEK))
    spelled = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return _TOKEN.findall(spelled.strip().rstrip(":").replace(":", "/"))


def key_of(words: Sequence[str]) -> str:
    """The key of a name that is already cut into words."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "/":
            parts.append([])
        else:
            parts[-1].append(word)
    filled = [part for part in parts if part]
    if len(filled) > 1:
        filled = [left for part in filled if (left := [kept for kept in part if kept != "ratio"])]
    return " / ".join(" ".join(sorted(part)) for part in filled)


def unit_key(printed: str) -> str:
    """Fold a printed unit: spaces, raised figures and the two signs for micro. Case stays, for it counts."""
    raised = re.sub(r"[⁰¹²³⁴-⁹]+", lambda found: "^" + found[0].translate(_RAISED), printed)
    return re.sub(r"\s+", "", raised).replace("µ", "u").replace("μ", "u").replace("\N{MULTIPLICATION SIGN}", "x")
