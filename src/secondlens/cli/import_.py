"""`secondlens import VAULT FILE...`: preview, then keep, then the receipt."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from secondlens.actions.columns import asks_about_columns, own_tables
from secondlens.actions.importing import ReadFile, keep, new_run, preview, read_paths
from secondlens.cli._lines import printable
from secondlens.cli._vault import Secret, json_option, open_asking, secret_options, vault_argument
from secondlens.content import words
from secondlens.domain.receipt import Receipt

_HOW_TO_SAY = "secondlens columns VAULT FILE"


@click.command("import")
@vault_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Keep without asking.")
@secret_options
@json_option
def command(vault: Path, files: tuple[Path, ...], secret: Secret, *, yes: bool, as_json: bool) -> None:
    """Take files into a vault. FILE may be a folder or a zip. Shows what they hold, then asks."""
    with open_asking(vault, secret) as opened:
        reads: Iterable[ReadFile] = read_paths(files, own_tables(opened))
        if not yes:
            reads = tuple(reads)
            _show(tuple(preview(opened, read) for read in reads), as_json=False, err=as_json)
            if any(read.worth_keeping for read in reads):
                click.confirm("Keep these in the vault?", abort=True, err=as_json)
        receipts: list[Receipt] = []
        run = new_run()
        try:
            for read in reads:
                receipts.append(keep(opened, read, run))  # noqa: PERF401  (what was kept is told even when it is stopped)
        finally:
            _show(tuple(receipts), as_json=as_json)
    if any(receipt.problem for receipt in receipts):
        sys.exit(3)


def _show(receipts: tuple[Receipt, ...], *, as_json: bool, err: bool = False) -> None:
    if as_json:
        click.echo(json.dumps({"files": [_as_json(receipt) for receipt in receipts]}, ensure_ascii=False))
        return
    for receipt in receipts:
        click.echo("\n".join(_as_text(receipt)), err=err)


def _as_json(receipt: Receipt) -> dict[str, Any]:
    return {
        "path": receipt.path,
        "sha256": receipt.sha256,
        "importer": receipt.importer,
        "records": dict(receipt.records),
        "new": receipt.new,
        "same": receipt.same,
        "changed": receipt.changed,
        "as_text": receipt.as_text,
        "unread": [{"where": unread.where, "why": unread.why} for unread in receipt.unread],
        "samples": receipt.samples,
        "samples_same": receipt.samples_same,
    } | {name: said for name in ("problem", "remark") if (said := getattr(receipt, name))}


def _as_text(receipt: Receipt) -> Iterable[str]:
    yield f"\n{printable(receipt.path)}"
    if receipt.problem:
        yield f"  {receipt.problem}"
        if asks_about_columns(receipt.problem):
            outside = Path(receipt.path).is_file()
            yield f"  {'To say it' if outside else 'Take it out of the zip first, then'}: {_HOW_TO_SAY}"
        return
    if receipt.remark:
        yield f"  {printable(receipt.remark)}"
    for kind, number in receipt.records:
        word = words().kind(kind)
        yield f"  {number:>5} {word.plain if number == 1 else word.plural}"
    yield (
        f"  {receipt.new} new, {receipt.same} the same, {receipt.changed} changed, "
        f"{receipt.as_text} kept as text, {len(receipt.unread)} not read"
    )
    if receipt.samples or receipt.samples_same:
        yield f"  Readings of devices: {receipt.samples} new, {receipt.samples_same} the same"
    for unread in receipt.unread:
        yield f"  Not read: {printable(unread.where)}: {printable(unread.why)}"
