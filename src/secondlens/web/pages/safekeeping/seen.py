"""Who saw what: every opening, failed try, copy taken out, change of the ways in, and what a helper looked at."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from secondlens.actions.safekeeping import moment
from secondlens.content import words
from secondlens.domain.counting import counted
from secondlens.domain.kinds import KINDS
from secondlens.errors import Damaged, NotFound
from secondlens.vault import Audited, Vault, Way
from secondlens.vault.slots import OWNER
from secondlens.web.keeping import is_owner, keeping_of
from secondlens.web.rendering import Visit, plain_day, render

_MOST = 500
FAILED = "failed"
_KINDS = {kind.__name__ for kind in KINDS}
# Their objects are numbers, ids and names of folders, which tell a person nothing.
_WITHOUT_OBJECT = (
    *("opened", "open-failed", "code-checked", "copy-accepted", "key-replaced"),
    *("backed-up", "restore-proven", "restored", "repaired"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: the time of day, who it was, what they did, with what, and on which other computer."""

    time: str
    who: str
    did: str
    what: str
    where: str | None
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Lines by day, newest first; `people` are (name, address, whether shown now). `full`: there are more."""

    days: tuple[tuple[str, tuple[Line, ...]], ...]
    people: tuple[tuple[str, str, bool], ...]
    failed: str | None
    owner: bool
    full: bool


def show(visit: Visit) -> Response:
    """The list, all of it or one person's part."""
    if not is_owner(visit):
        page = Seen(days=(), people=(), failed=None, owner=False, full=False)
        return render(visit, "safekeeping/seen.html", page)
    lines = visit.vault.audit(_MOST)
    keeping_of(visit).tell(visit.vault, FAILED)
    chosen = visit.query("who")
    # The way of this visit may have ended since: a new key gives every way in a new id.
    named = {way.id: _named(way) for way in (visit.vault.way, *visit.vault.ways())}
    shown = tuple(line for line in lines if not chosen or _key(line) == chosen)
    page = Seen(
        days=_by_day(shown, _resolver(visit.vault), named),
        people=_people(visit, lines, named, chosen),
        failed=counted(number, "try") if (number := len(failed_tries(lines))) else None,
        owner=True,
        full=len(lines) == _MOST,
    )
    return render(visit, "safekeeping/seen.html", page)


def failed_tries(lines: tuple[Audited, ...]) -> tuple[Audited, ...]:
    """The tries that failed between the last opening and the one before it, newest first."""
    opened = next((place for place, line in enumerate(lines) if line.action == "opened"), len(lines))
    rest = lines[opened + 1 :]
    end = next((place for place, line in enumerate(rest) if line.action != "open-failed"), len(rest))
    return rest[:end]


def _key(line: Audited) -> str:
    return FAILED if line.action == "open-failed" else line.way


def _people(
    visit: Visit, lines: tuple[Audited, ...], named: Mapping[str, str], chosen: str
) -> tuple[tuple[str, str, bool], ...]:
    keys = {_key(line): _who(line, named) for line in reversed(lines) if line.action != "open-failed"}
    found = [("Everybody", visit.url("seen"), not chosen)]
    found += [(name, visit.url(f"seen?who={key}"), key == chosen) for key, name in keys.items() if key]
    if any(line.action == "open-failed" for line in lines):
        found.append(("Tries that failed", visit.url(f"seen?who={FAILED}"), chosen == FAILED))
    return tuple(found)


def _by_day(
    lines: tuple[Audited, ...], resolve: Callable[[Audited], str], named: Mapping[str, str]
) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    days = groupby(lines, key=lambda line: moment(line.at).astimezone().date().isoformat())
    return tuple((plain_day(day), tuple(_line(line, resolve, named) for line in found)) for day, found in days)


def _line(line: Audited, resolve: Callable[[Audited], str], named: Mapping[str, str]) -> Line:
    return Line(
        time=f"{moment(line.at).astimezone():%H:%M}",
        who=_who(line, named),
        did=words().done(line.action),
        what=resolve(line),
        where=line.device if line.device != platform.node() else None,
        failed=line.action == "open-failed",
    )


def _who(line: Audited, named: Mapping[str, str]) -> str:
    """The name of the way in that was used: its label of now, else what was written then."""
    if line.action == "open-failed":
        return f"Somebody with a {words().way(line.who).name[0].lower()}{words().way(line.who).name[1:]}"
    return named.get(line.way) or (
        f"{words().way(line.who).name} of before" if line.who in words().ways else line.who
    )


def _named(way: Way) -> str:
    """Whose way in it is, as one says it: "You (passphrase)", "My sister"."""
    kind = words().way(way.kind).name
    return f"You ({way.label or kind[0].lower() + kind[1:]})" if way.whose == OWNER else way.label or kind


def _resolver(vault: Vault) -> Callable[[Audited], str]:
    """Make what turns the ids and fingerprints of the lines back into words, while they are still there."""
    documents = vault.document_names()

    def resolve(line: Audited) -> str:
        about = line.object
        if not about or line.action in _WITHOUT_OBJECT:
            return ""
        if about in documents:
            return f"“{documents[about]}”"
        if about in _KINDS or about in words().others:
            return f"the list: {words().kind(about).plural}"
        if line.action in ("read", "exported"):
            return {"search": "what a search found", "packet": "a packet"}.get(about) or _record(vault, about)
        return words().ways[about].name if about in words().ways else about

    return resolve


def _record(vault: Vault, record_id: str) -> str:
    try:
        record = vault.get(record_id).record
    except (NotFound, Damaged):
        return "something that is no longer here"
    return (
        f"{words().kind(record.kind).plain}: {record.title}" if record.title else words().kind(record.kind).plain
    )
