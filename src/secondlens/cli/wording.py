"""`secondlens wording [TEXT|-]`: check how words come across. It needs no vault and keeps nothing."""

import sys

import click
import msgspec

from secondlens.content import tone
from secondlens.domain.tone import Checked, check_wording
from secondlens.errors import BadInput

_MOST_CHARACTERS = 20_000


class NothingToCheck(BadInput):
    """There are no words to check, or far too many. Give some, up to 20,000 characters, or `-` to paste them."""


@click.command("wording")
@click.argument("text", default="-")
@click.option(
    "--message", is_flag=True, help="It is a whole message: look for thanks, a request and a next step too."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(text: str, *, message: bool, as_json: bool) -> None:
    """Check how words come across: TEXT, or standard input for `-`. It offers; you decide."""
    words = sys.stdin.read(_MOST_CHARACTERS + 1) if text == "-" else text
    if not words.strip() or len(words) > _MOST_CHARACTERS:
        raise NothingToCheck(NothingToCheck.__doc__)
    checked = check_wording(words, tone(), message=message)
    click.echo(msgspec.json.encode(checked).decode() if as_json else _plain(checked))


def _plain(checked: Checked) -> str:
    lines = [f"{checked.words} words, school grade {checked.grade}."]
    for finding in checked.findings:
        about = tone().kinds[finding.kind].name
        lines += [
            "",
            f"{about}: “{finding.text}”" if finding.text else about,
            f"  {finding.why}",
            f"  {finding.instead}",
        ]
    return "\n".join(lines if checked.findings else [*lines, "Nothing found that weakens these words."])
