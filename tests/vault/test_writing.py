from functools import partial

import pytest

from secondlens.domain.clinical import Composition
from secondlens.errors import NotAllowed
from secondlens.vault import Vault, writing
from tests.vault.making import fingerprint

FILE = b"a long letter in many parts"
keep = partial(Vault.keep, name="letter.txt", content=FILE, sha256=fingerprint(FILE))


def _parts(count: int, *, long: range = range(0)) -> list[Composition]:
    return [
        Composition(title=f"Part {number}", text=("word " * 20_000 if number in long else "word") + f" p{number}")
        for number in range(count)
    ]


def test_a_file_of_several_statements_is_kept_whole_and_in_order(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_TOGETHER", 7)
    keep(vault, records=_parts(50))
    assert [kept.record.title for kept in vault.list()] == [f"Part {number}" for number in range(50)]
    assert [found.kept.record.title for found in vault.search("p33")] == ["Part 33"]
    assert vault.check(full=True).ok


def test_nothing_is_written_after_a_statement_that_failed(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk makes the database end the transaction by itself: a later small statement would stay."""
    monkeypatch.setattr(writing, "_TOGETHER", 10)
    pages = vault._database.execute("PRAGMA page_count").fetchone()[0]
    vault._database.execute(f"PRAGMA max_page_count = {pages + 50:d}")
    with pytest.raises(NotAllowed):
        keep(vault, records=_parts(40, long=range(10, 20)))
    vault._database.execute("PRAGMA max_page_count = 1000000")
    assert not list(vault.list())
    assert not vault.documents()
    assert vault.check(full=True).ok
