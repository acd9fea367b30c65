"""Options and answers that several verbs share."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from secondlens.errors import BadInput, NotFound
from secondlens.vault import Vault, open_vault

_LONGEST_LINE = 4096  # bytes; a film or a device given by mistake must not fill the memory
_Function = TypeVar("_Function", bound=Callable[..., Any])

vault_argument = click.argument("vault", type=click.Path(path_type=Path))
json_option = click.option("--json", "as_json", is_flag=True, help="Print facts as JSON.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What opens a vault here: files that hold it, or the keyboard when there is none."""

    passphrase: Path | None = None
    recovery_code: Path | None = None
    identity: Path | None = None

    def read(self, ask: str = "Passphrase") -> dict[str, str]:
        """The one secret, as `open_vault` takes it."""
        for name, file in (("recovery_code", self.recovery_code), ("passphrase", self.passphrase)):
            if file:
                return {name: read_passphrase(file)}
        if self.identity:
            return {"identity": _read_small(self.identity, "age key file", lines=20)}
        refuse_no_keyboard()
        return {"passphrase": click.prompt(ask, hide_input=True)}

    @property
    def asks(self) -> bool:
        """Tell whether somebody must type."""
        return not (self.passphrase or self.recovery_code or self.identity)


def secret_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the files a secret can come from; the verb gets them as one `secret`."""

    @click.option("--passphrase-file", type=click.Path(path_type=Path), help="Read the passphrase from a file.")
    @click.option("--recovery-code-file", type=click.Path(path_type=Path), help="Open with a recovery code.")
    @click.option("--identity", type=click.Path(path_type=Path), help="Open as a trusted person: an age key file.")
    @wraps(function)
    def with_secret(
        *arguments: Any,
        passphrase_file: Path | None,
        recovery_code_file: Path | None,
        identity: Path | None,
        **options: Any,
    ) -> Any:
        secret = Secret(passphrase=passphrase_file, recovery_code=recovery_code_file, identity=identity)
        return function(*arguments, secret=secret, **options)

    return with_secret


def passphrase_option(function: _Function) -> _Function:
    """Add --passphrase-file; without it the passphrase is asked for."""
    return click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path),
        help="Read the passphrase from a file instead of asking.",
    )(function)


def read_passphrase(file: Path) -> str:
    """The first line of a file, without its line end."""
    return _read_small(file, "passphrase file", lines=1).removesuffix("\r")


def _read_small(file: Path, name: str, *, lines: int) -> str:
    try:
        with file.open("rb") as opened:
            first = opened.read(_LONGEST_LINE).split(b"\n")[:lines]
        return b"\n".join(first).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"The {name} cannot be read. Check its name, and that it is plain text.") from error


def open_asking(folder: Path, secret: Secret) -> Vault:
    """Open a vault with the secret from a file or the keyboard, and say when an older copy was put back."""
    if secret.asks and not folder.exists():
        raise NotFound(f"There is no vault at {folder}. Check the name and the folder.")
    vault = open_vault(folder, **secret.read())
    if vault.older:
        click.echo(f"{vault.older}\nTo go on with this copy: secondlens check VAULT --accept-copy", err=True)
    return vault


def refuse_no_keyboard() -> None:
    """Raise BadInput when nobody can type a passphrase here."""
    if not sys.stdin.isatty():
        raise BadInput("There is no keyboard here. Use --passphrase-file FILE.")
