"""Options and answers that several verbs share."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from secondlens.errors import BadInput, NotFound
from secondlens.vault import Vault, open_vault

_LONGEST_LINE = 4096  # bytes; a film or a device given by mistake must not fill the memory
_Function = TypeVar("_Function", bound=Callable[..., Any])

vault_argument = click.argument("vault", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


def passphrase_option(function: _Function) -> _Function:
    """Add --passphrase-file; without it the passphrase is asked for."""
    return click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path),
        help="Read the passphrase from a file instead of asking.",
    )(function)


def read_passphrase(file: Path) -> str:
    """The first line of a file, without its line end."""
    try:
        with file.open("rb") as opened:
            line = opened.read(_LONGEST_LINE).split(b"\n", 1)[0]
        return line.decode("utf-8-sig").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound("The passphrase file cannot be read. Check its name, and that it is plain text.") from error


def open_asking(folder: Path, passphrase_file: Path | None) -> Vault:
    """Open a vault with the passphrase from the file or the keyboard."""
    if passphrase_file:
        return open_vault(folder, passphrase=read_passphrase(passphrase_file))
    if not folder.exists():
        raise NotFound(f"There is no vault at {folder}. Check the name and the folder.")
    refuse_no_keyboard()
    return open_vault(folder, passphrase=click.prompt("Passphrase", hide_input=True))


def refuse_no_keyboard() -> None:
    """Raise BadInput when nobody can type a passphrase here."""
    if not sys.stdin.isatty():
        raise BadInput("There is no keyboard here. Use --passphrase-file FILE.")
