"""The terminal door: one file a verb, loaded only when it is used, so that --help comes at once.

Exit status: 0 done and all accounted for; 2 usage; 3 bad input; 4 not found; 5 locked or wrong passphrase;
6 damaged; 7 not allowed.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from secondlens.errors import BadInput, Damaged, Locked, NotAllowed, NotFound, SecondlensError
from secondlens.web import process

# Verb and what --help says of it. The verb's module has the same name and holds a click command, `command`.
COMMANDS = (
    ("demo", "Look at the sample person: builds a made-up vault and opens it."),
    ("new", "Make a vault, and show its recovery code once."),
    ("open", "Open a vault in the browser."),
    ("read", "Show what files hold, without a vault."),
    ("import", "Take files into a vault: preview, then keep."),
    ("columns", "Say once what the columns of a table are."),
    ("imports", "List what was brought in, or take an import back."),
    ("list", "List the records of a vault."),
    ("search", "Find records by words."),
    ("series", "List the readings of devices, one by one or day by day."),
    ("packet", "Print the packet of a case as PDF."),
    ("wording", "Check how words come across, before you say or send them."),
    ("check", "Check that a vault is whole."),
    ("backup", "Write a locked copy of a vault, and check all of it."),
    ("restore", "Make a vault from a backup."),
    ("repair", "Mend a damaged vault."),
    ("keys", "See and change who can open a vault."),
    ("seen", "List who saw what."),
)
EXIT_STATUS = ((BadInput, 3), (NotFound, 4), (Locked, 5), (Damaged, 6), (NotAllowed, 7))


class FilesRefused(NotAllowed):
    """The operating system refused to read or write a file, a folder or the output."""


class Verbs(click.Group):
    """A group that knows its verbs by name and imports one only when it runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Name the verbs in the order of COMMANDS."""
        return [verb for verb, _ in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  (the same)
        """Load the module of one verb."""
        if cmd_name not in dict(COMMANDS):
            return None
        command = import_module(f"secondlens.cli.{module_of(cmd_name)}").command
        assert isinstance(command, click.Command)  # noqa: S101  (a fault of ours, not of the person)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; what the operating system refuses becomes a sentence. A reader that left is no error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            ctx.exit(0)
        except OSError as error:
            raise FilesRefused(
                "A file or folder could not be read or written. "
                "Check its name, your rights and the room on the disk.",
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  (the same)
        """List the verbs without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(COMMANDS)


@click.group(cls=Verbs, invoke_without_command=True)
@click.option("--version", is_flag=True, help="Show the version and leave.")
@click.pass_context
def verbs(context: click.Context, *, version: bool) -> None:
    """Secondlens takes you from a doubt to a second opinion. Without a command it opens the start page."""
    if version:
        click.echo(f"secondlens {import_module('importlib.metadata').version('secondlens')}")
    elif context.invoked_subcommand is None:
        import_module("secondlens.cli.start").start()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command (from sys.argv when None is given); say an error as a sentence and leave with its status."""
    process.keep_memory_private()
    try:
        verbs.main(arguments, prog_name="secondlens", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped. Nothing more was changed.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SecondlensError as error:
        click.echo(str(error), err=True)
        sys.exit(status_of(error))
    finally:
        _let_go_of_output()


def _let_go_of_output() -> None:
    """Send what cannot be printed nowhere: Python tries once more when it ends, and would then say so itself."""
    try:
        sys.stdout.flush()
    except OSError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def module_of(verb: str) -> str:
    """The module of a verb: its name, with a line under it where Python keeps the word for itself."""
    return f"{verb}_" if iskeyword(verb) else verb


def status_of(error: SecondlensError) -> int:
    """The exit status of an error's family."""
    return next(status for family, status in EXIT_STATUS if isinstance(error, family))
