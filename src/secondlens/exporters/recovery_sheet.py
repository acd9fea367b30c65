"""The recovery sheet: one page of paper with the recovery code, for the day the passphrase is lost.

Made in memory and never kept: whoever has the sheet has the vault. So it does not say whose it is unless asked to.
"""

from datetime import date
from typing import Literal

import typst

from secondlens.domain.when import When
from secondlens.exporters._letters import printable, printed, simple
from secondlens.exporters._typesetting import typeset

Paper = Literal["a4", "us-letter"]


def recovery_sheet(code: str, made_on: date, *, paper: Paper = "a4", vault_name: str | None = None) -> bytes:
    """Give the sheet as a PDF of one page (PDF/UA-1). `code` is written in groups, "0123-4567-..."."""
    letters = printable()
    try:
        return _typeset(code, made_on, paper, vault_name and printed(vault_name, letters))
    except typst.TypstError:
        # Some marks have no place on some letters in any one font; as codes they can always be printed.
        return _typeset(code, made_on, paper, vault_name and printed(vault_name, simple(letters)))


def _typeset(code: str, made_on: date, paper: Paper, vault_name: str | None) -> bytes:
    values = {
        "groups": code.split("-"),
        "made_on": When(made_on.isoformat()).plain(),
        "paper": paper,
        "name": vault_name,
    }
    return typeset("recovery_sheet.typ", "sheet", values, made_on)
