"""One place in an original file, as plain text: shared by the pages of records and of imports."""

from dataclasses import dataclass

from secondlens.errors import BadInput
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox

# Somebody waits for this page, while the files of an import may take a minute each.
_SECONDS_TO_SHOW = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The text of an original at one place; `whole` when all of the file is shown, no `text` when it is no text.

    `before` and `after` are the lines around it. `problem` is what happened when the file could not be read.
    """

    text: str | None = None
    before: str = ""
    after: str = ""
    whole: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The page of one place. `why` tells what could not be read here, None where something was.

    `back` is the page one came from, in words and as an address. `original` is None while the file is not kept.
    """

    title: str
    file: str
    where: str
    cut: Cut
    back: tuple[str, str]
    original: str | None
    why: str | None = None


def cut_out(file: IncomingFile, where: str) -> Cut:
    """Cut a place out of a file."""
    try:
        with Sandbox(seconds=_SECONDS_TO_SHOW) as sandbox:
            cut = sandbox.excerpt(file, where)
    except BadInput as error:
        return Cut(problem=str(error))
    return Cut(text=cut.text, before=cut.before, after=cut.after, whole=cut.whole)
