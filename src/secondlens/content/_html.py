"""Markdown to HTML that is safe to put on a page, whoever wrote it."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


def to_html(markdown: str) -> str:
    """Render Markdown: HTML in it is shown as text, links and pictures are left as words."""
    return str(_renderer().render(markdown))


@cache
def _renderer() -> "MarkdownIt":
    # Imported late: the command line needs words, not pages, and this import costs 30 ms.
    from markdown_it import MarkdownIt  # noqa: PLC0415 - see above

    # Texts of ours have no links; a person's own text must not be able to send anybody anywhere.
    return MarkdownIt("commonmark", {"html": False}).disable(["link", "image", "autolink", "reference"])
