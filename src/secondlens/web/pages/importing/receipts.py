"""The receipt: what was kept, where to find it, and each place that could not be read."""

from dataclasses import dataclass, field, replace
from functools import partial

from starlette.responses import Response

from secondlens.actions.importing import new_run
from secondlens.domain.receipt import Receipt
from secondlens.domain.receipt_words import brought, kept, not_all_read
from secondlens.errors import NotFound
from secondlens.importers.incoming import IncomingFile
from secondlens.web.pages.importing.accounts import Account, account
from secondlens.web.pages.records import Listing, save_original, show_listing
from secondlens.web.places import Place, cut_out
from secondlens.web.rendering import Visit, render


@dataclass(slots=True)
class Kept:
    """An import, while it is kept and after. `run` is its name in the vault, `all` when it came to its end."""

    run: str = field(default_factory=new_run)
    receipts: list[Receipt] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was kept, file by file. `left_out` are names, `back` is where to take it back."""

    accounts: tuple[Account, ...]
    sentence: str
    unread: str | None
    anything: bool
    all: bool
    left_out: tuple[str, ...]
    back: str | None


def show(visit: Visit) -> Response:
    """The receipt."""
    key = visit.part("key")
    import_ = visit.door.shelf.get(key, Kept)
    receipts = tuple(import_.receipts)
    runs = {one.run for one in visit.vault.imports()}
    originals = {document.sha256 for document in visit.vault.documents()}

    def card(number: int, receipt: Receipt) -> Account:
        here = receipt.sha256 in originals
        shown = account(number, receipt, partial(_address, visit, key, number) if here else None)
        records = visit.url(f"importing/done/{key}/{number}") if here and receipt.records else None
        return replace(shown, records=records)

    page = Done(
        accounts=tuple(card(number, receipt) for number, receipt in enumerate(receipts)),
        sentence=kept(receipts),
        unread=not_all_read(receipts),
        anything=brought(receipts) > 0,
        all=import_.all,
        left_out=tuple(import_.left_out),
        back=visit.url(f"imports/{import_.run}") if import_.run in runs else None,
    )
    return render(visit, "importing/done.html", page)


def show_records(visit: Visit) -> Response:
    """The records that one file brought."""
    receipt = _receipt(visit)
    found = visit.vault.brought_by(receipt.sha256 or "")
    address = visit.url(f"importing/done/{visit.part('key')}/{visit.part('file')}")
    listing = Listing(
        title="Kept from one file",
        what=f"These records came from {receipt.path}.",
        count=len(found),
        address=f"{address}?page=",
    )
    return show_listing(visit, found, listing)


def show_place(visit: Visit) -> Response:
    """What could not be read, where it stands in the original."""
    receipt = _receipt(visit)
    try:
        part = receipt.unread[int(visit.part("part"))]
    except (ValueError, IndexError):
        raise _no_place() from None
    done = f"importing/done/{visit.part('key')}"
    page = Place(
        title="What we could not read",
        file=receipt.path,
        where=part.where,
        why=part.why,
        cut=cut_out(IncomingFile(receipt.path, visit.vault.document(receipt.sha256 or "")), part.where),
        back=("Back to the receipt", visit.url(done)),
        original=visit.url(f"{done}/{visit.part('file')}/original"),
    )
    return render(visit, "records/place.html", page)


def download_original(visit: Visit) -> Response:
    """The file itself, byte for byte."""
    return save_original(visit, _receipt(visit).sha256 or "")


def _receipt(visit: Visit) -> Receipt:
    try:
        return visit.door.shelf.get(visit.part("key"), Kept).receipts[int(visit.part("file"))]
    except (ValueError, IndexError):
        raise _no_place() from None


def _no_place() -> NotFound:
    return NotFound("There is no such place on this receipt. Go back to the receipt.")


def _address(visit: Visit, key: str, file: int, part: int) -> str:
    return visit.url(f"importing/done/{key}/{file}/{part}")
