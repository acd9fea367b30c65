"""Originals and readings that pass by: what is held of them is what came, and no more than may be."""

import os
from hashlib import sha256

import pytest

from secondlens.errors import Damaged, NotFound
from secondlens.vault import Gathered, PassingOriginal, Vault, gathering
from secondlens.vault._columns import pack, unpack
from secondlens.vault.gathering import TooManyReadings
from secondlens.vault.passing import CHUNK, ChangedOriginal, Original
from tests.vault.making import samples

CONTENT = os.urandom(2 * CHUNK + 12_345)
DAY = 86400


def passed(content: bytes, *, piece: int) -> Original:
    passing = PassingOriginal()
    for start in range(0, len(content), piece):
        passing.take(content[start : start + piece])
    return passing.end(lambda take: take(content))


@pytest.mark.parametrize("piece", [1000, 700_001, CHUNK, 3 * CHUNK])
def test_an_original_that_passed_in_pieces_of_any_size_is_kept_byte_for_byte(vault: Vault, piece: int) -> None:
    original = passed(CONTENT, piece=piece)
    assert (original.size, original.sha256) == (len(CONTENT), sha256(CONTENT).hexdigest())
    vault.keep_file("f", original, original.sha256, ())
    assert vault.document(original.sha256) == CONTENT
    assert vault.check(full=True).ok


def test_an_original_is_read_from_any_place(vault: Vault) -> None:
    original = passed(CONTENT, piece=CHUNK)
    vault.keep_file("f", original, original.sha256, ())
    for begin, size in ((0, 1), (CHUNK - 1, 2), (5, 2 * CHUNK), (len(CONTENT) - 7, 7), (CHUNK, CHUNK)):
        assert vault.document_part(original.sha256, begin, size) == CONTENT[begin : begin + size]
    with pytest.raises(NotFound):
        vault.document_part("0" * 64, 0, 1)
    with pytest.raises(Damaged):
        vault.document_part(original.sha256, len(CONTENT) - 1, 2)
    vault._database.execute("DELETE FROM document_chunk WHERE n = 1")
    with pytest.raises(Damaged):
        vault.document_part(original.sha256, CHUNK - 1, 2)
    assert not vault.check(full=True).ok


def test_an_original_of_another_fingerprint_is_not_kept(vault: Vault) -> None:
    with pytest.raises(ChangedOriginal):
        vault.keep_file("f", passed(CONTENT, piece=CHUNK), "0" * 64, ())
    assert vault.documents() == ()


def test_readings_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "_MOST_OF_ONE", 10)
    monkeypatch.setattr(gathering, "_MOST_HELD", 10_000)
    days = (samples(*((day * DAY + n, day * DAY + n, 1.5) for n in range(20))) for day in range(100_000))
    with pytest.raises(TooManyReadings):
        Gathered(days)


def test_gathered_readings_are_the_same_however_often_they_were_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [samples((place * DAY, place * DAY, float(place)), (0, 0, 1.0)) for place in range(90)]
    told = []
    for most in (1, 7, 1000):
        monkeypatch.setattr(gathering, "_MOST_OF_ONE", most)
        ((name, months),) = Gathered(batches).by_series()
        readings = {
            (start, value)
            for _, parts in months
            for part in parts
            for columns in (unpack(part.content),)
            for start, value in zip(columns.starts.tolist(), columns.values.tolist(), strict=True)
        }
        told.append((name, readings))
    assert told[0] == told[1] == told[2]
    assert len(told[0][1]) == 91


def test_a_chunk_of_one_batch_and_of_several_say_which_brought_what(vault: Vault) -> None:
    for number in (1, 2):
        content = b"<HealthData>" * number
        batch = samples((number, number, 1.0), ((number + 40) * DAY, (number + 40) * DAY, 2.0))
        vault.keep_file("f", content, sha256(content).hexdigest(), [batch])
    chunks = [unpack(row[0]) for row in vault._database.execute("SELECT content FROM series_chunk ORDER BY month")]
    assert [columns.batches.tolist() for columns in chunks] == [[1, 2], [1, 2]]
    assert [unpack(pack(columns)).batches.tolist() for columns in chunks] == [[1, 2], [1, 2]]
    assert unpack(pack(chunks[0].at(chunks[0].batches == 2))).batches.tolist() == [2]
