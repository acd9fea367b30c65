"""The recovery sheet: one page on either paper, every group as it is, and nobody's name unless asked for."""

from datetime import date
from typing import get_args

import pypdfium2
import pytest

from secondlens.exporters.recovery_sheet import Paper, recovery_sheet
from secondlens.vault import new_recovery_code
from tests.exporters.packets import bare, pages_of

MADE_ON = date(2026, 11, 24)
CODE = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ-0A1B"
SIZES = {"a4": (595, 842), "us-letter": (612, 792)}


@pytest.mark.parametrize("paper", get_args(Paper))
@pytest.mark.parametrize("name", [None, "My papers", "W" * 60, "林 " * 30, "\u0607\U0001f06b\u1df0"])
def test_it_is_one_page_of_its_paper_with_every_group_in_order(paper: Paper, name: str | None) -> None:
    pdf = recovery_sheet(CODE, MADE_ON, paper=paper, vault_name=name)
    pages = pages_of(pdf)
    places = [pages[0].index(group) for group in CODE.split("-")]
    assert (len(pages), places) == (1, sorted(places))
    document = pypdfium2.PdfDocument(pdf)
    assert tuple(round(side) for side in document[0].get_size()) == SIZES[paper]
    document.close()


def test_it_says_what_it_is_where_to_keep_it_and_what_a_finder_does() -> None:
    text = " ".join(pages_of(recovery_sheet(CODE, MADE_ON))[0].split())
    for words in (
        "24 November 2026",
        "Not beside the computer",
        "Not as a photo",
        "I do not have my passphrase",
        "README-RECOVERY.txt",
        "If you find this: it opens somebody",
        "Please return or destroy it.",
    ):
        assert words in text


def test_it_names_the_vault_only_when_asked_to() -> None:
    assert "Nora" not in pages_of(recovery_sheet(CODE, MADE_ON))[0]
    assert "The vault: Nora" in pages_of(recovery_sheet(CODE, MADE_ON, vault_name="Nora"))[0]


def test_a_name_cannot_become_markup() -> None:
    name = '#panic("out") *bold* @reference'
    assert bare(name) in bare(pages_of(recovery_sheet(CODE, MADE_ON, vault_name=name))[0])


def test_it_is_tagged_titled_and_without_the_code_in_its_title() -> None:
    pdf = recovery_sheet(new_recovery_code(), MADE_ON)
    document = pypdfium2.PdfDocument(pdf)
    assert b"pdfuaid:part" in pdf
    assert document.is_tagged()
    assert document.get_metadata_value("Title") == "Recovery code of a Secondlens vault"
    document.close()
