"""Bringing files in: choose, see what is in them, then keep or throw away. Nothing is stored before that."""

from collections import Counter
from dataclasses import dataclass, replace

from starlette.responses import Response

from secondlens.actions.columns import asks_about_columns, own_tables
from secondlens.actions.importing import ReadFile, keep, new_run, preview, read_files
from secondlens.content import words
from secondlens.domain.receipt import Receipt
from secondlens.importers.incoming import IncomingFile
from secondlens.web.facts import Fact, shown
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.rendering import Visit, go, render

_FIRST_FEW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Importing:
    """The form to choose files with."""

    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one file holds or what became of it: `kinds` are (plural, number), `rows` what is new, same, ...

    `facts` are the first few of its records; `ask` leads to where its columns can be said.
    """

    name: str
    problem: str | None
    kinds: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, int], ...]
    unread: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...] = ()
    remark: str | None = None
    ask: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be kept; `worth` when there is something to keep."""

    accounts: tuple[Account, ...]
    found: int
    new: int
    worth: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was kept, file by file."""

    accounts: tuple[Account, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files that were read and wait for the person to say so."""

    files: tuple[ReadFile, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The receipts of files that were kept."""

    receipts: tuple[Receipt, ...]


def show(visit: Visit) -> Response:
    """Choose files."""
    return render(visit, "importing/choose.html", Importing())


def read(visit: Visit) -> Response:
    """Read the chosen files into memory only."""
    visit.door.open_vault()
    files = tuple(IncomingFile(name=file.name, content=file.content) for file in visit.form.files)
    if not files:
        page = Importing(mistakes=NO_MISTAKES.plus("files", "Choose one file or more."))
        return render(visit, "importing/choose.html", page, status=422)
    return go(
        visit, f"importing/{visit.door.imports.put(Waiting(tuple(read_files(files, own_tables(visit.vault)))))}"
    )


def show_preview(visit: Visit) -> Response:
    """What the files hold, compared with the vault."""
    key = visit.part("key")
    waiting = visit.door.imports.get(key, Waiting)
    receipts = tuple(preview(visit.vault, one) for one in waiting.files)
    page = Preview(
        accounts=tuple(
            replace(_account(receipt, _first_few(one)), ask=_ask(visit, f"importing/{key}/columns/{number}", one))
            for number, (one, receipt) in enumerate(zip(waiting.files, receipts, strict=True))
        ),
        found=sum(receipt.entries + receipt.samples + receipt.samples_same for receipt in receipts),
        new=sum(map(_brought, receipts)),
        worth=any(one.worth_keeping for one in waiting.files),
    )
    return render(visit, "importing/preview.html", page)


def keep_or_throw_away(visit: Visit) -> Response:
    """Keep every file in one step each, or forget all of them."""
    key = visit.part("key")
    waiting = visit.door.imports.get(key, Waiting)
    if visit.form.text("answer") != "keep":
        visit.door.imports.drop(key)
        return go(visit, "importing")
    run = new_run()
    receipts = tuple(keep(visit.vault, one, run) for one in waiting.files)
    visit.door.imports.drop(key)
    return go(visit, f"importing/done/{visit.door.shelf.put(_Kept(receipts))}")


def show_done(visit: Visit) -> Response:
    """The receipt."""
    receipts = visit.door.shelf.get(visit.part("key"), _Kept).receipts
    page = Done(
        accounts=tuple(_account(receipt) for receipt in receipts),
        kept=sum(map(_brought, receipts)),
    )
    return render(visit, "importing/done.html", page)


def _ask(visit: Visit, path: str, one: ReadFile) -> str | None:
    """Lead to the columns of a table: to say what they are, or to see and change what is known of them."""
    known = one.importer == "table" and one.problem is None
    return visit.url(path) if known or asks_about_columns(one.problem) else None


def _brought(receipt: Receipt) -> int:
    return receipt.new + receipt.changed + receipt.as_text + receipt.samples


def _account(receipt: Receipt, facts: tuple[Fact, ...] = ()) -> Account:
    numbers = (
        ("new", receipt.new),
        ("same", receipt.same),
        ("changed", receipt.changed),
        ("as_text", receipt.as_text),
        ("unread", len(receipt.unread)),
    )
    readings = (("Readings of devices, new", receipt.samples), ("Readings, the same", receipt.samples_same))
    rows = (*((words().ending(code).capitalize(), number) for code, number in numbers), *readings)
    return Account(
        name=receipt.path,
        problem=receipt.problem,
        kinds=_kinds(receipt),
        rows=tuple((name, number) for name, number in rows if number),
        unread=tuple((part.where, part.why) for part in receipt.unread),
        facts=facts,
        remark=receipt.remark,
    )


def _kinds(receipt: Receipt) -> tuple[tuple[str, int], ...]:
    """How many of each kind; types that share a word are one line."""
    tally: Counter[str] = Counter()
    for kind, number in receipt.records:
        tally[words().kind(kind).plural] += number
    return tuple(tally.items())


def _first_few(read: ReadFile) -> tuple[Fact, ...]:
    names = {read.file.sha256: read.path} if read.file else {}
    return tuple(shown(record, names) for record in read.records[:_FIRST_FEW])
