"""One record: everything it holds, whose word it is, what other files say, and how it read before."""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from secondlens.content import laboratory_names, loinc_notice, words
from secondlens.domain.clinical import Observation
from secondlens.domain.handwriting import WRITTEN
from secondlens.domain.laboratory_names import PrintedResult, match_name
from secondlens.domain.record import Kept, Record
from secondlens.vault import Version
from secondlens.web.facts import OF_THE_CASE, codes, parts
from secondlens.web.pages.originals import told_by_file
from secondlens.web.rendering import Visit, plain_day, render

_FEW = 5
Parts = tuple[tuple[str, tuple[str, ...]], ...]

# What was just done, by the word in the address: the sentence that says so.
_DONE = {
    "written": "It is kept, as your own words.",
    "corrected": "Your correction is kept. How it read before is further down.",
    "same": "Nothing was changed, so nothing was written.",
    "back": "It is back as it was.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """An older state of a record. `back` puts it in front again, None where it was removed then."""

    number: int
    recorded: str
    parts: Parts
    mine: bool
    why: str | None
    back: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """Where a record comes from. `around` is the file its original was taken out of, and the place there.

    `says` is what the file says, where the person corrected it; it is empty where the record says just that.
    """

    file: str
    section: str | None
    where: str
    around: tuple[str, str] | None
    since: str
    says: Parts
    original: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Another file that tells the same fact, and its own words where they are not the same ones."""

    file: str
    section: str | None
    parts: Parts
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a result without a code may be called elsewhere: (plain name, official name, code) of each."""

    tests: tuple[tuple[str, str, str], ...]
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRecord:
    """Everything one record holds, in plain words. `mine` tells that it is the person's own word.

    `done` says what was just done; `another` leads to a form for one more, for a moment after writing one down.
    """

    title: str
    kind: str
    medical: str
    negated: bool
    done: str | None
    another: str | None
    parts: Parts
    codes: Parts
    called: Called | None
    recorded: str
    mine: bool
    why: str | None
    source: From | None
    also: tuple[Also, ...]
    older: tuple[Older, ...]
    correct: str
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A record that was removed, and the way to put it back."""

    title: str
    kind: str
    removed: str
    why: str | None
    parts: Parts
    back: str
    version: int


def show(visit: Visit) -> Response:
    """One record with its source and its older versions. Parts of the case open in the case."""
    history = visit.vault.history(visit.part("id"))
    now = history[-1]
    if now.record.kind in OF_THE_CASE:
        return RedirectResponse(visit.url("case"), status_code=303)
    if now.removed:
        return _show_gone(visit, history)
    word, done = words().kind(now.record.kind), visit.query("done")
    page = OneRecord(
        title=now.record.title or word.plain,
        kind=word.plain,
        medical=word.medical if now.record.kind in words().kinds else now.record.kind,
        negated=now.record.negated,
        done=_DONE.get(done),
        another=_another(visit, now.record) if done == "written" else None,
        parts=parts(now.record),
        codes=codes(now.record),
        called=_called(now.record),
        recorded=plain_day(now.recorded_at),
        mine=now.record.source is None,
        why=now.why,
        source=_from(visit, history),
        also=_also(visit, now),
        older=tuple(_older(visit, one) for one in reversed(history[:-1])),
        correct=visit.url(f"records/{now.id}/correct"),
        remove=visit.url(f"records/{now.id}/remove"),
    )
    return render(visit, "records/record.html", page)


def _called(record: Record) -> Called | None:
    """Offer the names of tests that a result's printed name may stand for. Nothing is coded by it."""
    if not isinstance(record, Observation) or record.codes or record.components or record.category == "activity":
        return None
    value, unit = (record.value.text, record.value.unit or "") if record.value else ("", "")
    match = match_name(laboratory_names(), PrintedResult(name=record.title, value=value, unit=unit))
    if match is None:
        return None
    tests = (match.test,) if match.test else match.candidates
    return Called(
        tests=tuple((test.plain, test.official, test.code) for test in tests[:_FEW]), notice=loinc_notice()
    )


def _show_gone(visit: Visit, history: tuple[Version, ...]) -> Response:
    gone = history[-1]
    word = words().kind(gone.record.kind)
    page = Gone(
        title=gone.record.title or word.plain,
        kind=word.plain,
        removed=plain_day(gone.recorded_at),
        why=gone.why,
        parts=parts(gone.record),
        back=visit.url(f"records/{gone.id}/put-back"),
        version=next((one.version for one in reversed(history) if not one.removed), 0),
    )
    return render(visit, "records/gone.html", page)


def _another(visit: Visit, record: Record) -> str | None:
    return visit.url(f"records/write/{record.kind}") if type(record) in WRITTEN else None


def _older(visit: Visit, version: Version) -> Older:
    name = (("Name", (version.record.title,)),) if version.record.title else ()
    return Older(
        number=version.version,
        recorded=plain_day(version.recorded_at),
        parts=(*name, *parts(version.record)),
        mine=version.record.source is None,
        why=version.why,
        back=None if version.removed else visit.url(f"records/{version.id}/put-back"),
    )


def _from(visit: Visit, history: tuple[Version, ...]) -> From | None:
    told = told_by_file(history)
    if told is None or told.record.source is None:
        return None
    documents, source = visit.vault.document_names(), told.record.source
    name = (("Name", (told.record.title,)),)
    return From(
        file=documents.get(source.sha256, "a file"),
        section=source.section,
        where=source.where,
        around=(documents.get(source.within.sha256, "a file"), source.within.where) if source.within else None,
        since=plain_day(told.recorded_at),
        says=() if history[-1].record.source else (*name, *parts(told.record)),
        original=visit.url(f"records/{told.id}/original"),
        place=visit.url(f"records/{told.id}/place"),
    )


def _also(visit: Visit, kept: Kept) -> tuple[Also, ...]:
    """Give every other file that tells the fact of a record."""
    documents = visit.vault.document_names()
    return tuple(
        Also(
            file=documents.get(told.source.sha256, "a file"),
            section=told.source.section,
            parts=() if told.kept.id == kept.id else parts(told.kept.record),
            address=None if told.kept.id == kept.id else visit.url(f"records/{told.kept.id}"),
        )
        for told in visit.vault.tellings(kept.id)
        if told.source and told.source != kept.record.source
    )
