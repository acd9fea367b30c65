"""What an import comes to, in sentences that a tired person reads once."""

import pytest

from secondlens.domain.counting import counted
from secondlens.domain.receipt import Receipt
from secondlens.domain.receipt_words import brought, by_reason, found, kept, not_all_read
from secondlens.domain.record import Unread

DAMAGED, EMPTY = "This line is damaged.", "There is nothing here."


@pytest.mark.parametrize(
    ("receipts", "sentence"),
    [
        (
            (Receipt(path="a", new=380, same=10), Receipt(path="b", same=20, changed=2), Receipt(path="c", new=0)),
            "Found 412 facts in 2 files. 380 are new, 30 you have already and 2 have changed.",
        ),
        ((Receipt(path="a", new=1),), "Found 1 fact in 1 file. 1 is new."),
        (
            (Receipt(path="a", as_text=1, changed=1),),
            "Found 2 facts in 1 file. 1 is new and kept as text and 1 has changed.",
        ),
        ((Receipt(path="a", new=1200),), "Found 1,200 facts in 1 file. 1,200 are new."),
        (
            (Receipt(path="a", new=1, samples=10_000, samples_same=5),),
            "Found 1 fact in 1 file. 1 is new. Readings of devices: 10,000 are new and 5 you have already.",
        ),
        ((Receipt(path="a", samples=3),), "Readings of devices: 3 are new."),
        ((Receipt(path="a", problem=EMPTY),), "There is nothing in here that can be kept."),
        ((Receipt(path="a", unread=(Unread("x", EMPTY),)),), "There is nothing in here that can be kept."),
        ((), "There is nothing in here that can be kept."),
    ],
)
def test_all_files_together_are_one_account_that_adds_up(receipts: tuple[Receipt, ...], sentence: str) -> None:
    assert found(receipts) == sentence


def test_after_keeping_it_is_said_as_past() -> None:
    receipts = (Receipt(path="a", new=2, same=3),)
    assert kept(receipts) == "Looked at 5 facts in 1 file. 2 are new and 3 you had already."


@pytest.mark.parametrize(
    ("receipts", "sentence"),
    [
        ((Receipt(path="a", new=1),), None),
        ((Receipt(path="a", problem=EMPTY),), "1 file could not be read."),
        ((Receipt(path="a", unread=(Unread("x", EMPTY),) * 2),), "2 parts of files could not be read."),
        (
            (Receipt(path="a", problem=EMPTY), Receipt(path="b", unread=(Unread("x", EMPTY),))),
            "1 file and 1 part of a file could not be read.",
        ),
    ],
)
def test_what_could_not_be_read_is_said_when_there_is_any(
    receipts: tuple[Receipt, ...], sentence: str | None
) -> None:
    assert not_all_read(receipts) == sentence


def test_equal_reasons_are_put_together_the_most_frequent_first() -> None:
    unread = (Unread("3", EMPTY), Unread("line 1", DAMAGED), Unread("line 2", DAMAGED))
    assert by_reason(unread) == ((DAMAGED, ("line 1", "line 2")), (EMPTY, ("3",)))


def test_what_came_counts_all_that_is_new_or_changed() -> None:
    assert brought((Receipt(path="a", new=1, same=9, changed=2, as_text=3), Receipt(path="b", samples=4))) == 10


def test_a_number_is_said_with_its_noun() -> None:
    assert [counted(1, "file"), counted(0, "file"), counted(2, "part of a file", "parts of files")] == [
        "1 file",
        "0 files",
        "2 parts of files",
    ]
