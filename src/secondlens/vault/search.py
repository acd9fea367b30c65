"""Finding records by words, whatever a person types."""

from dataclasses import dataclass
from typing import Any

from secondlens.domain.record import Kept
from secondlens.vault.rows import SELECT, kept_of
from secondlens.vault.tellings import first_of

_MOST_CHARACTERS = 1000
_EXCERPT_WORDS = 16


@dataclass(frozen=True, slots=True)
class Found:
    """A record that has the words, and the piece of its text where they are."""

    kept: Kept
    excerpt: str


def find(database: Any, words: str, limit: int) -> tuple[Found, ...]:
    """Find live records that have all the words, best first (bm25); the last word may be unfinished."""
    query = _query(words)
    if not query:
        return ()
    excerpts = database.execute(
        "SELECT rowid, snippet(record_words, 0, '', '', '…', ?) "
        "FROM record_words WHERE record_words MATCH ? ORDER BY rank, rowid LIMIT ?",
        (_EXCERPT_WORDS, query, max(limit, 0)),
    ).fetchall()
    # What another file says of a fact leads to the record that is shown for it.
    shown: dict[int, str] = {}
    for row, excerpt in excerpts:
        shown.setdefault(first_of(database, row), excerpt)
    return tuple(
        Found(kept_of(database.execute(SELECT + " WHERE row = ?", (row,)).fetchone()), excerpt)
        for row, excerpt in shown.items()
    )


def _query(words: str) -> str:
    """Quote every word, so that nothing a person types is read as an operator."""
    typed = words[:_MOST_CHARACTERS].replace("\0", " ").split()
    quoted = " ".join('"' + word.replace('"', '""') + '"' for word in typed)
    return quoted and quoted + " *"
