"""`secondlens import VAULT FILE...`: preview, then keep, then the receipt."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from secondlens.actions.columns import own_tables
from secondlens.actions.importing import ReadFile, keep, new_run, preview_all, read_paths
from secondlens.cli._bar import bar
from secondlens.cli._lines import printable
from secondlens.cli._receipts import json_of, lines_of, summary
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.domain.receipt import Receipt
from secondlens.domain.receipt_words import found, kept
from secondlens.vault import Vault


@click.command("import")
@vault_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Keep without asking, also files that name another person.")
@secret_options
@json_option
def command(vault: Path, files: tuple[Path, ...], secret: Secret, *, yes: bool, as_json: bool) -> None:
    """Take files into a vault. FILE may be a folder or a zip. Shows what they hold, then asks."""
    with open_asking(vault, secret) as opened:
        receipts = _keep_at_once(opened, files) if yes else _ask_and_keep(opened, files, aside=as_json)
        told: list[Receipt] = []
        try:
            for receipt in receipts:
                told.append(receipt)  # noqa: PERF402  (what was kept is told even when it is stopped)
        finally:
            _show(told, as_json=as_json)
    if any(receipt.problem for receipt in told):
        sys.exit(3)


def _keep_at_once(vault: Vault, files: Sequence[Path]) -> Iterable[Receipt]:
    """Keep each file when it is read, so that only one is in memory."""
    run = new_run()
    with bar("Reading and keeping") as watch:
        for read in read_paths(files, own_tables(vault), watch):
            yield keep(vault, read, run)


def _ask_and_keep(vault: Vault, files: Sequence[Path], *, aside: bool) -> Iterable[Receipt]:
    """Read all, show what keeping would do, ask, and keep. `aside` shows it on the error output."""
    with bar("Reading") as watch:
        reads = tuple(read_paths(files, own_tables(vault), watch))
    receipts = preview_all(vault, reads)
    for receipt in receipts:
        click.echo("\n".join(lines_of(receipt)), err=aside)
    click.echo(summary(receipts, found(receipts)), err=aside)
    wanted = [
        read
        for read, receipt in zip(reads, receipts, strict=True)
        if not receipt.remark or _also(read, aside=aside)
    ]
    if any(read.worth_keeping for read in wanted):
        click.confirm("Keep these in the vault?", abort=True, err=aside)
    run = new_run()
    for read in wanted:
        yield keep(vault, read, run)


def _also(read: ReadFile, *, aside: bool) -> bool:
    return click.confirm(f"{printable(read.path)} is not about you, it seems. Keep it too?", err=aside)


def _show(receipts: Sequence[Receipt], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"files": [json_of(receipt) for receipt in receipts]}, ensure_ascii=False))
        return
    for receipt in receipts:
        click.echo("\n".join(lines_of(receipt)))
    if len(receipts) > 1:
        click.echo(summary(receipts, kept(receipts)))
