"""Between choosing and keeping: how far reading has come, what the files hold, and the person's answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from starlette.responses import Response

from secondlens.actions.columns import asks_about_columns
from secondlens.actions.importing import ReadFile, keep, preview_all, remarks
from secondlens.actions.reading import Reading, Stage, Standing
from secondlens.domain.counting import counted
from secondlens.domain.receipt_words import found, not_all_read
from secondlens.errors import NotFound
from secondlens.importers.incoming import IncomingFile
from secondlens.vault import Vault
from secondlens.web.facts import Fact, shown
from secondlens.web.pages.importing.accounts import Account, account
from secondlens.web.pages.importing.receipts import Kept
from secondlens.web.pages.safekeeping.working import begin
from secondlens.web.places import Cut, Place, cut_out
from secondlens.web.rendering import Visit, go, render

_FIRST_FEW = 5
# Most files are read within a second: then nobody needs to see how it goes on.
_SECONDS_TO_WAIT = 1.0
_SECONDS_TO_NEXT_LOOK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How far it has come: `files` are (name, words, tone of the tag). `now` is the file at work."""

    done: int
    known: int
    now: str
    files: tuple[tuple[str, str, str], ...]
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be kept; `worth` when there is anything to keep. `unread` says what could not be read.

    `others` tells how many files name another person.
    """

    accounts: tuple[Account, ...]
    sentence: str
    unread: str | None
    others: str | None
    worth: bool


def show(visit: Visit) -> Response:
    """How far reading has come; then what the files hold, compared with the vault."""
    key = visit.part("key")
    reading = visit.door.imports.get(key, Reading)
    if not reading.work.wait(_SECONDS_TO_WAIT) or reading.work.trouble:
        return _watch(visit, reading)
    receipts = preview_all(visit.vault, reading.reads)

    def card(number: int, read: ReadFile) -> Account:
        place = partial(_address, visit, key, number) if read.worth_keeping else None
        shown = account(number, receipts[number], place)
        ask = visit.url(f"importing/{key}/columns/{number}") if _is_table(read) else None
        return replace(shown, facts=_first_few(read), asks=read.worth_keeping, ask=ask)

    others = sum(receipt.remark is not None for receipt in receipts)
    accounts = (card(number, read) for number, read in enumerate(reading.reads))
    page = Preview(
        accounts=tuple(sorted(accounts, key=lambda one: (one.remark is None, one.number))),
        sentence=found(receipts),
        unread=not_all_read(receipts),
        others=counted(others, "file may", "files may") if others else None,
        worth=any(read.worth_keeping for read in reading.reads),
    )
    return render(visit, "importing/preview.html", page)


def answer(visit: Visit) -> Response:
    """Keep the files in one step each, but those left out; or forget all of them."""
    key = visit.part("key")
    reading = visit.door.imports.get(key, Reading)
    if visit.form.text("answer") != "keep" or reading.work.running:
        visit.door.imports.drop(key)
        return go(visit, "importing")
    kept = Kept()
    wanted = _wanted(visit, reading.reads, kept)
    then = f"importing/done/{visit.door.shelf.put(kept)}"
    leading = begin(visit, partial(_keep, visit.vault, wanted, kept), title="Keeping your files", then=then)
    visit.door.imports.drop(key)
    return leading


TOO_LARGE = "This file is too large to show a place in it here. Open it with another program to see it."


def show_place(visit: Visit) -> Response:
    """What could not be read, where it stands in a file that waits."""
    key = visit.part("key")
    reads = visit.door.imports.get(key, Reading).reads
    try:
        read = reads[int(visit.part("file"))]
        part = read.unread[int(visit.part("part"))]
    except (ValueError, IndexError):
        raise NotFound("There is no such place. Go back to what is in your files.") from None
    if read.file is None:
        raise NotFound("This file is not held any more. Choose it again to look at it.")
    page = Place(
        title="What we could not read",
        file=read.path,
        where=part.where,
        why=part.why,
        cut=cut_out(read.file, part.where) if isinstance(read.file, IncomingFile) else Cut(problem=TOO_LARGE),
        back=("Back to what is in your files", visit.url(f"importing/{key}")),
        original=None,
    )
    return render(visit, "records/place.html", page)


def _watch(visit: Visit, reading: Reading) -> Response:
    step = reading.step
    page = Watching(
        done=step.done,
        known=step.known,
        now=step.path,
        files=tuple(map(_said, reading.standings)),
        trouble=reading.work.trouble,
    )
    looking = render(visit, "importing/watch.html", page)
    if reading.work.running:
        looking.headers["refresh"] = str(_SECONDS_TO_NEXT_LOOK)
    return looking


def _said(standing: Standing) -> tuple[str, str, str]:
    match standing.stage:
        case Stage.WAITING:
            said, tone = "Waiting", "plain"
        case Stage.READING:
            said, tone = "Reading now", "plain"
        case Stage.READ:
            said, tone = f"Read: {counted(standing.entries, 'fact')}", "tint"
        case Stage.UNREADABLE:
            said, tone = "Could not be read", "warm"
    return standing.name, said, tone


def _wanted(visit: Visit, reads: Sequence[ReadFile], kept: Kept) -> tuple[ReadFile, ...]:
    """The files to keep. One about another person only when its box is ticked, the others unless theirs is."""
    also, left_out = set(visit.form.many("also")), set(visit.form.many("leave"))
    wanted = []
    for number, (read, remark) in enumerate(zip(reads, remarks(visit.vault, reads), strict=True)):
        if str(number) in also if remark else str(number) not in left_out:
            wanted.append(read)
        else:
            kept.left_out.append(read.path)
    return tuple(wanted)


def _keep(vault: Vault, reads: Sequence[ReadFile], kept: Kept) -> None:
    for read in reads:
        kept.receipts.append(keep(vault, read, kept.run))
    kept.all = True


def _is_table(read: ReadFile) -> bool:
    """Whether its columns can be said, or what is known of them seen and changed."""
    return asks_about_columns(read.problem) or (read.importer == "table" and read.problem is None)


def _address(visit: Visit, key: str, file: int, part: int) -> str:
    return visit.url(f"importing/{key}/{file}/{part}")


def _first_few(read: ReadFile) -> tuple[Fact, ...]:
    names = {read.file.sha256: read.path} if read.file else {}
    return tuple(shown(record, names) for record in read.records[:_FIRST_FEW])
