"""The words of a note in RTF, without its marks. Pictures, font lists and hidden parts are passed over."""

import re

# Each alternative takes at least one letter and none looks back, so no text makes the search slow.
_PIECE = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]|\\"
)
_NO_WORDS = {
    *(
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "listtable",
        "listoverridetable",
        "themedata",
    ),
    *("datastore", "generator", "header", "footer", "xmlnstbl", "rsidtbl", "latentstyles", "fldinst"),
}
_LETTERS = {
    **dict.fromkeys(("par", "line", "row", "page", "sect"), "\n"),
    "tab": " ",
    "cell": " | ",
    "emdash": "\u2014",
    "endash": "\u2013",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
}
DEEPEST_GROUP = 500


def rtf_words(content: bytes) -> str | None:
    """Give the words of an RTF file, a line for each paragraph; None when it is not RTF or says nothing."""
    if not content.startswith(b"{\\rtf"):
        return None
    lines = "".join(_spoken(content.decode("latin-1"))).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line.strip(" |")) or None


def _spoken(text: str) -> list[str]:
    said: list[str] = []
    silent = [False]
    to_skip = 0  # after a letter by its number stands one for readers of before 1997
    for piece in _PIECE.finditer(text):
        byte, word, number, sign, brace, plain = piece.groups()
        if brace == "{" and len(silent) < DEEPEST_GROUP:
            silent.append(silent[-1])
        elif brace == "}" and len(silent) > 1:
            silent.pop()
        elif word in _NO_WORDS or sign == "*":
            silent[-1] = True
        elif silent[-1]:
            continue
        elif byte or plain:
            letters = bytes.fromhex(byte).decode("cp1252", "replace") if byte else plain
            said.append(letters[to_skip:])
            to_skip = max(0, to_skip - len(letters))
        elif word == "u" and number:
            said.append(_letter(int(number)))
            to_skip = 1
        else:
            said.append(_LETTERS.get(word or "", "") or {"~": " ", "_": "-"}.get(sign or "", ""))
            said.append(sign if sign and sign in "\\{}" else "")
    return said


def _letter(number: int) -> str:
    place = number % 65_536
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= place < 0xE000 else chr(place)
