"""Correct a record, remove it, and undo either: nothing is ever written over."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.actions.today import today
from secondlens.content import words
from secondlens.domain.handwriting import ASKED, Answers, answers_of, write
from secondlens.domain.matching import same_content
from secondlens.domain.record import Kept
from secondlens.errors import NotAllowed
from secondlens.vault import Version
from secondlens.web.asked import Fields, answers_in, fields_of
from secondlens.web.facts import OF_THE_CASE, Fact, shown
from secondlens.web.forms import NO_MISTAKES, Mistakes
from secondlens.web.rendering import Visit, go, plain_day, render


class NotToCorrect(NotAllowed):
    """A part of a case is changed on the pages of its case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correcting:
    """The form with what the record says now. `from_file` tells that the words of a file stay beside it."""

    title: str
    here: str
    back: str
    fields: Fields
    why: str
    from_file: bool
    mistakes: Mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Removing:
    """Asked once before a record is removed. `others` tells that other files say the same."""

    title: str
    kind: str
    here: str
    back: str
    others: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was removed: each as a row, the address that puts it back, its version there, and when it went."""

    rows: tuple[tuple[Fact, str, int, str], ...]


def show(visit: Visit) -> Response:
    """The form with what the record says now."""
    kept = _kept(visit)
    return _page(visit, kept, answers_of(kept.record), NO_MISTAKES)


def correct(visit: Visit) -> Response:
    """Put the corrected record in front; what stood there before stays in its history."""
    kept = _kept(visit)
    answers = answers_in(visit.form, type(kept.record), kept.record)
    written = write(type(kept.record), answers, today(), kept.record)
    if written.record is None:
        return _page(visit, kept, answers, Mistakes(written.mistakes))
    if same_content(written.record, kept.record):
        return go(visit, f"records/{kept.id}?done=same")
    visit.vault.revise(kept.id, written.record, visit.form.optional("why"))
    return go(visit, f"records/{kept.id}?done=corrected")


def show_removing(visit: Visit) -> Response:
    """Ask once."""
    kept = _kept(visit)
    page = Removing(
        title=_title(kept),
        kind=words().kind(kept.record.kind).plain,
        here=visit.url(f"records/{kept.id}/remove"),
        back=visit.url(f"records/{kept.id}"),
        others=len(visit.vault.tellings(kept.id)) > 1,
    )
    return render(visit, "records/remove.html", page)


def remove(visit: Visit) -> Response:
    """Take a record out of sight."""
    kept = _kept(visit)
    visit.vault.remove(kept.id, visit.form.optional("why"))
    return go(visit, f"records/{kept.id}")


def put_back(visit: Visit) -> Response:
    """Put one version of a record in front again."""
    typed = visit.form.text("version")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
    kept = visit.vault.put_back(visit.part("id"), number)
    return go(visit, f"records/{kept.id}?done=back")


def show_removed(visit: Visit) -> Response:
    """List what was removed, each with the way back."""
    documents = visit.vault.document_names()
    removed = [one for one in visit.vault.removed() if one.record.kind not in OF_THE_CASE]
    rows = tuple(
        (
            shown(one.record, documents, id_=one.id, href=visit.url(f"records/{one.id}")),
            visit.url(f"records/{one.id}/put-back"),
            before_removal(visit.vault.history(one.id)),
            plain_day(one.recorded_at),
        )
        for one in removed
    )
    return render(visit, "records/removed.html", Removed(rows=rows))


def before_removal(history: tuple[Version, ...]) -> int:
    """The number of the version that stood before a record was removed."""
    return next((one.version for one in reversed(history) if not one.removed), 0)


def _kept(visit: Visit) -> Kept:
    kept = visit.vault.get(visit.part("id"))
    if type(kept.record) not in ASKED:
        raise NotToCorrect("This is a part of your case. Go to your case to change it.")
    return kept


def _title(kept: Kept) -> str:
    return kept.record.title or words().kind(kept.record.kind).plain


def _page(visit: Visit, kept: Kept, answers: Answers, mistakes: Mistakes) -> Response:
    page = Correcting(
        title=_title(kept),
        here=visit.url(f"records/{kept.id}/correct"),
        back=visit.url(f"records/{kept.id}"),
        fields=fields_of(visit.vault, type(kept.record), answers, kept.record),
        why=visit.form.text("why"),
        from_file=any(one.record.source for one in visit.vault.history(kept.id)),
        mistakes=mistakes,
    )
    return render(visit, "records/correct.html", page, status=422 if mistakes else 200)
