"""What was brought in, import by import, and taking a whole one back."""

from dataclasses import dataclass

from starlette.responses import Response

from secondlens.actions.taking_back import take_back as take_back_run
from secondlens.domain.counting import counted
from secondlens.errors import NotFound
from secondlens.vault import Import, Withdrawn
from secondlens.web.pages.safekeeping.saying import said_at
from secondlens.web.pages.safekeeping.working import begin
from secondlens.web.rendering import Visit, render

_FIRST_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OneImport:
    """An import as a card: when, its files, what it brought, and when it was taken back, if it was."""

    title: str
    files: tuple[str, ...]
    more: str | None
    brought: str
    taken_back: str | None
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """All imports, the newest first."""

    imports: tuple[OneImport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What taking an import back came to, a sentence a line."""

    lines: tuple[str, ...]


@dataclass(slots=True)
class _Taking:
    """An import being taken back, on the shelf: what came of it once that is known."""

    withdrawn: Withdrawn | None = None


def show(visit: Visit) -> Response:
    """List the imports."""
    page = Imports(imports=tuple(_shown(visit, one, few=True) for one in visit.vault.imports()))
    return render(visit, "imports/list.html", page)


def show_one(visit: Visit) -> Response:
    """One import with all its files, and what taking it back does."""
    return render(visit, "imports/one.html", _shown(visit, _import_of(visit), few=False))


def take_back(visit: Visit) -> Response:
    """Take it back."""
    vault, run, taking = visit.vault, _import_of(visit).run, _Taking()

    def job() -> None:
        taking.withdrawn = take_back_run(vault, run)

    return begin(visit, job, title="Taking the import back", then=f"imports/taken/{visit.door.shelf.put(taking)}")


def show_taken(visit: Visit) -> Response:
    """What came of it."""
    withdrawn = visit.door.shelf.get(visit.part("key"), _Taking).withdrawn
    if withdrawn is None:
        raise NotFound("This import was not taken back. Go to the list of imports and try once more.")
    return render(visit, "imports/taken.html", Taken(lines=tuple(_lines(withdrawn))))


def _import_of(visit: Visit) -> Import:
    found = next((one for one in visit.vault.imports() if one.run == visit.part("run")), None)
    if found is None:
        raise NotFound("This import is not in the vault. Go back to the list of imports and choose it there.")
    return found


def _shown(visit: Visit, one: Import, *, few: bool) -> OneImport:
    files = one.files[:_FIRST_FEW] if few else one.files
    left = len(one.files) - len(files)
    entries = counted(one.records, "new or changed entry") if one.records else None
    readings = f"{counted(one.readings, 'new reading')} of devices" if one.readings else None
    brought = ", ".join(filter(None, (entries, readings))) or "no new entries"
    return OneImport(
        title=said_at(one.at),
        files=files,
        more=f"and {counted(left, 'more file')}" if left else None,
        brought=f"{counted(len(one.files), 'file')}, {brought}",
        taken_back=said_at(one.taken_back_at) if one.taken_back_at else None,
        address=visit.url(f"imports/{one.run}"),
    )


def _lines(withdrawn: Withdrawn) -> list[str]:
    rows = (
        (withdrawn.gone, "went out of sight.", "went out of sight."),
        (withdrawn.told_elsewhere, "stays: another file says it too.", "stay: other files say them too."),
        (withdrawn.as_before, "reads as it did before.", "read as they did before."),
        (withdrawn.changed_since, "stays: it was changed later.", "stay: they were changed later."),
    )
    lines = [f"{counted(number, 'record')} {one if number == 1 else many}" for number, one, many in rows if number]
    if withdrawn.readings:
        lines.append(f"{counted(withdrawn.readings, 'reading')} of devices went too.")
    return lines or ["Nothing had come with this import, so nothing had to go."]
