"""Ways in: who can open this vault and by what, and more of them."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.content import words
from secondlens.errors import BadInput, NotAllowed, NotFound
from secondlens.vault import Way
from secondlens.vault.slots import HELPER, OWNER, PASSPHRASE, RECOVERY_CODE
from secondlens.web.forms import NO_MISTAKES, Form, Mistakes
from secondlens.web.keeping import is_owner
from secondlens.web.pages.safekeeping.proof import asked, proven
from secondlens.web.rendering import Visit, go, plain_day, render

_LONGEST_LABEL = 60
_WHOSE = (
    (OWNER, "For me", "It may do everything."),
    (
        HELPER,
        "For somebody who helps me",
        "They read and change records, not the ways in. What they read is listed.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWay:
    """One way in. `change`, `remove` and `check` are addresses, None where it cannot be done."""

    name: str
    label: str
    what: str
    since: str
    whose: str
    used: bool
    change: str | None
    remove: str | None
    check: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """All of them; a helper sees the list alone."""

    ways: tuple[ShownWay, ...]
    owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPassphrase:
    """The form for one more passphrase, or for another one in the place of `changed`."""

    here: str
    secret: str
    changed: str | None = None
    label: str = ""
    whose: str = ""
    choices: tuple[tuple[str, str, str], ...] = _WHOSE
    mistakes: Mistakes = NO_MISTAKES


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """The form for a trusted person's key."""

    here: str
    secret: str
    label: str = ""
    recipient: str = ""
    mistakes: Mistakes = NO_MISTAKES


def show(visit: Visit) -> Response:
    """The list."""
    owner = is_owner(visit)
    page = Ways(ways=tuple(_shown(visit, way, owner=owner) for way in visit.vault.ways()), owner=owner)
    return render(visit, "safekeeping/ways.html", page)


def show_adding(visit: Visit) -> Response:
    """The form for one more passphrase."""
    page = AddPassphrase(here=visit.url("ways/passphrase"), secret=asked(visit))
    return render(visit, "safekeeping/add_passphrase.html", page)


def add_passphrase(visit: Visit) -> Response:
    """Let one more passphrase open the vault."""
    form = visit.form
    whose, label = form.choice("whose", (OWNER, HELPER)), form.text("label")[:_LONGEST_LABEL]
    mistakes = NO_MISTAKES if whose else NO_MISTAKES.plus("whose", "Choose who it is for.")
    mistakes = mistakes.missing(form, "label", "Write a name, so that you know it in the list.")
    mistakes = proven(visit, _twice(form, mistakes))
    if not mistakes and whose:
        try:
            visit.vault.add_passphrase(form.exact("new"), label=label, whose=whose)
        except NotAllowed as error:
            mistakes = mistakes.plus("new", str(error))
    if mistakes:
        page = AddPassphrase(
            here=visit.url("ways/passphrase"),
            secret=asked(visit),
            label=label,
            whose=whose or "",
            mistakes=mistakes,
        )
        return render(visit, "safekeeping/add_passphrase.html", page, status=422)
    return go(visit, "ways")


def show_changing(visit: Visit) -> Response:
    """The form for another passphrase in the place of one."""
    return render(visit, "safekeeping/add_passphrase.html", _change_page(visit, NO_MISTAKES))


def change_passphrase(visit: Visit) -> Response:
    """Put another passphrase in the place of one."""
    mistakes = proven(visit, _twice(visit.form, NO_MISTAKES))
    if not mistakes:
        try:
            visit.vault.change_passphrase(visit.part("way"), visit.form.exact("new"))
        except NotAllowed as error:
            mistakes = mistakes.plus("new", str(error))
    if mistakes:
        return render(visit, "safekeeping/add_passphrase.html", _change_page(visit, mistakes), status=422)
    return go(visit, "ways")


def show_person(visit: Visit) -> Response:
    """The form for a trusted person's key."""
    return render(
        visit, "safekeeping/add_person.html", AddPerson(here=visit.url("ways/person"), secret=asked(visit))
    )


def add_person(visit: Visit) -> Response:
    """Let a trusted person's key open the vault."""
    form = visit.form
    label = form.text("label")[:_LONGEST_LABEL]
    mistakes = NO_MISTAKES.missing(form, "label", "Write a name, so that you know it in the list.")
    mistakes = proven(visit, mistakes.missing(form, "recipient", "Paste the line they sent you."))
    if not mistakes:
        try:
            visit.vault.add_person(form.text("recipient"), label=label)
        except BadInput as error:
            mistakes = mistakes.plus("recipient", str(error))
    if mistakes:
        page = AddPerson(
            here=visit.url("ways/person"),
            secret=asked(visit),
            label=label,
            recipient=form.text("recipient"),
            mistakes=mistakes,
        )
        return render(visit, "safekeeping/add_person.html", page, status=422)
    return go(visit, "ways")


def way_of(visit: Visit) -> Way:
    """The way in that an address names. Raises NotFound."""
    found = next((way for way in visit.vault.ways() if way.id == visit.part("way")), None)
    if found is None:
        raise NotFound("There is no such way into this vault. Look at the list of ways in again.")
    return found


def name_of(way: Way) -> str:
    """A way in as one says it: its label, or what kind it is."""
    return way.label or words().way(way.kind).name


def _shown(visit: Visit, way: Way, *, owner: bool) -> ShownWay:
    address = visit.url(f"ways/{way.id}")
    return ShownWay(
        name=words().way(way.kind).name,
        label=way.label,
        what=words().way(way.kind).what,
        since=plain_day(way.created),
        whose="Somebody who helps you" if way.whose == HELPER else "You",
        used=way.id == visit.vault.way.id,
        change=f"{address}/passphrase" if owner and way.kind == PASSPHRASE else None,
        remove=f"{address}/remove" if owner and not _is_last(visit.vault.ways(), way) else None,
        check=visit.url("ways/check") if owner and way.kind == RECOVERY_CODE else None,
    )


def _is_last(ways: tuple[Way, ...], way: Way) -> bool:
    """Whether the owner has no other of this kind: the vault would refuse to remove it."""
    others = (one for one in ways if one != way and one.whose == OWNER and one.kind == way.kind)
    return way.kind in (PASSPHRASE, RECOVERY_CODE) and way.whose == OWNER and not any(others)


def _change_page(visit: Visit, mistakes: Mistakes) -> AddPassphrase:
    way = way_of(visit)
    here = visit.url(f"ways/{way.id}/passphrase")
    return AddPassphrase(here=here, secret=asked(visit), changed=name_of(way), mistakes=mistakes)


def _twice(form: Form, mistakes: Mistakes) -> Mistakes:
    if not form.exact("new"):
        return mistakes.plus("new", "Type a passphrase of four words or more.")
    if form.exact("new") != form.exact("again"):
        return mistakes.plus("again", "The two passphrases are not the same. Type both once more.")
    return mistakes
