"""`secondlens keys VAULT ...`: who can open a vault, and changing that."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from secondlens.cli._lines import printable
from secondlens.cli._vault import (
    Secret,
    json_option,
    open_asking,
    read_passphrase,
    refuse_no_keyboard,
    secret_options,
    vault_argument,
)
from secondlens.errors import Locked
from secondlens.vault import Vault, Way, new_recovery_code, same_code, usual_place

_KINDS = {"passphrase": "Passphrase", "recovery-code": "Recovery code", "age-x25519": "Trusted person"}
_OLD_COPIES = (
    "Copies of the folder and backups that others hold already still open the old way. "
    "What really ends that: secondlens keys VAULT rotate"
)

_new_passphrase = click.option(
    "--new-passphrase-file", type=click.Path(path_type=Path), help="Read the new passphrase from a file."
)
_no_retyping = click.option(
    "--without-retyping", is_flag=True, help="Do not ask for the code again. Only when it is on paper already."
)


@click.group("keys")
@vault_argument
@click.pass_context
def command(context: click.Context, vault: Path) -> None:
    """See and change who can open a vault."""
    context.obj = vault


@command.command("list")
@secret_options
@json_option
@click.pass_obj
def list_ways(vault: Path, secret: Secret, *, as_json: bool) -> None:
    """List the ways in."""
    with open_asking(vault, secret) as opened:
        for way in opened.ways():
            click.echo(json.dumps(asdict(way), ensure_ascii=False) if as_json else _line(way, opened))


@command.group("add")
def add() -> None:
    """Let one more person or passphrase in."""


@add.command("passphrase")
@click.option("--label", default="", help="Whose it is. Not locked: whoever has the folder can read it.")
@click.option("--for-helper", is_flag=True, help="It is for somebody who helps: what they read is listed.")
@_new_passphrase
@secret_options
@click.pass_obj
def add_passphrase(
    vault: Path, label: str, secret: Secret, new_passphrase_file: Path | None, *, for_helper: bool
) -> None:
    """Add a passphrase."""
    with open_asking(vault, secret) as opened:
        passphrase = _new(new_passphrase_file)
        way = opened.add_passphrase(passphrase, label=label, whose="helper" if for_helper else "owner")
        click.echo(f"Added: {_line(way, opened)}")


@add.command("person")
@click.option("--recipient", required=True, help='The public half of their age key: it begins with "age1".')
@click.option("--label", default="", help="Who it is. Not locked: whoever has the folder can read it.")
@secret_options
@click.pass_obj
def add_person(vault: Path, recipient: str, label: str, secret: Secret) -> None:
    """Add a trusted person by their age key. Any age tool opens what they get."""
    with open_asking(vault, secret) as opened:
        way = opened.add_person(recipient, label=label)
        click.echo(f"Added: {_line(way, opened)}")


@command.command("passphrase")
@click.option("--way", "way_id", help="Which passphrase, by its id; without it your own first one.")
@_new_passphrase
@secret_options
@click.pass_obj
def change_passphrase(vault: Path, way_id: str | None, secret: Secret, new_passphrase_file: Path | None) -> None:
    """Change a passphrase."""
    with open_asking(vault, secret) as opened:
        own = (way.id for way in opened.ways() if (way.kind, way.whose) == ("passphrase", "owner"))
        opened.change_passphrase(way_id or next(own), _new(new_passphrase_file))
    click.echo(f"The passphrase is changed. {_OLD_COPIES}")


@command.command("remove")
@click.argument("way_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@secret_options
@click.pass_obj
def remove(vault: Path, way_id: str, secret: Secret, *, yes: bool) -> None:
    """Take a way in away."""
    with open_asking(vault, secret) as opened:
        if not yes:
            click.echo(_OLD_COPIES)
            click.confirm("Remove this way in?", abort=True)
        way = opened.remove_way(way_id)
    click.echo(f"Removed: {_KINDS.get(way.kind, way.kind)} {printable(way.label)}".rstrip())


@command.command("rotate")
@click.option("--new-code", is_flag=True, help="Make a new recovery code instead of keeping the one you have.")
@click.option(
    "--backups", type=click.Path(path_type=Path), help="Where the backups are; they are encrypted anew too."
)
@_no_retyping
@secret_options
@json_option
@click.pass_obj
def rotate(
    vault: Path, secret: Secret, backups: Path | None, *, new_code: bool, without_retyping: bool, as_json: bool
) -> None:
    """Replace the vault's key and encrypt everything anew: what others know of the old key ends here."""
    with open_asking(vault, secret) as opened:
        passphrase = _owners(secret)
        code = _confirmed_code(as_json=as_json, retyping=not without_retyping) if new_code else _known_code(secret)
        before = [way for way in opened.ways() if way.kind == "passphrase"]
        own = next(way for way in before if way.whose == "owner")
        opened.rotate(passphrase, code)
        place = backups.absolute() if backups else usual_place(opened.folder)
        wrapped = opened.rewrap_backups(place, passphrase) if place.is_dir() else ()
    if not as_json:
        click.echo("The key of the vault is replaced, and everything is encrypted anew.")
        for way in (way for way in before if way is not own):
            click.echo(f"No longer opens it, add it again if it should: {_KINDS[way.kind]} {printable(way.label)}")
        click.echo(f"Backups encrypted anew: {len(wrapped)}. Copies elsewhere still open the old way.")


@command.command("recovery")
@click.option("--keep-others", is_flag=True, help="Let the codes before this one go on opening the vault.")
@_no_retyping
@secret_options
@json_option
@click.pass_obj
def recovery(vault: Path, secret: Secret, *, keep_others: bool, without_retyping: bool, as_json: bool) -> None:
    """Make a new recovery code. It counts once you have typed it from your paper."""
    with open_asking(vault, secret) as opened:
        code = _confirmed_code(as_json=as_json, retyping=not without_retyping)
        opened.set_recovery_code(code, keep_others=keep_others)
        if not without_retyping:
            opened.check_recovery_code(code)
    if not as_json:
        click.echo("The new recovery code opens the vault." + ("" if keep_others else " The old one does not."))


def _line(way: Way, opened: Vault) -> str:
    since = f"since {way.created[:10]}"
    whose = "yours" if way.whose == "owner" else "a helper's"
    now = " (used now)" if way.id == opened.way.id else ""
    words = (_KINDS.get(way.kind, way.kind), printable(way.label), whose, since)
    return ", ".join(word for word in words if word) + f"  [{way.id}]{now}"


def _new(file: Path | None) -> str:
    if file:
        return read_passphrase(file)
    refuse_no_keyboard()
    passphrase: str = click.prompt("New passphrase", hide_input=True, confirmation_prompt="The same again")
    return passphrase


def _owners(secret: Secret) -> str:
    if secret.passphrase:
        return read_passphrase(secret.passphrase)
    refuse_no_keyboard()
    passphrase: str = click.prompt("Your own passphrase once more", hide_input=True)
    return passphrase


def _known_code(secret: Secret) -> str:
    if secret.recovery_code:
        return read_passphrase(secret.recovery_code)
    refuse_no_keyboard()
    code: str = click.prompt("Your recovery code, from the paper")
    return code


def _confirmed_code(*, as_json: bool, retyping: bool) -> str:
    """Show a new code, and give it once it was typed again from paper."""
    code = new_recovery_code()
    if as_json:
        click.echo(json.dumps({"recovery_code": code}))
    else:
        click.echo(f"Your new recovery code. Write it on paper now; it is shown only this once:\n\n    {code}\n")
    if retyping:
        confirm_code(code)
    return code


def confirm_code(code: str) -> None:
    """Ask for a code until it is typed as it is."""
    refuse_no_keyboard()
    while True:
        typed: str = click.prompt("Type it once more, from your paper")
        try:
            if same_code(typed, code):
                return
        except Locked as slip:
            click.echo(str(slip))
        else:
            click.echo("This is another code. Read it once more from your paper.")
