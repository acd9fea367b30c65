"""The words a section shows to people: as readable text, and piece by piece where an entry points at them."""

from lxml import etree

_BLOCKS = frozenset(
    {"paragraph", "table", "list", "item", "tr", "caption", "text", "footnote", "div", "p", "title"}
)
_ROWS = frozenset({"tr", "table", "tbody", "thead", "text", "list"})


def narrative_text(element: etree._Element) -> str:
    """All words of a narrative: a line for each row, item and paragraph; cells separated by " | "."""
    lines: list[str] = []
    _write(element, lines, "")
    return "\n".join(line for line in (one_line(line) for line in lines) if line)


def one_line(text: str | None) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split()) if text else ""


def all_words(element: etree._Element | None) -> str:
    """Every word inside an element, on one line."""
    return "" if element is None else one_line(" ".join(map(str, element.itertext())))


def is_row(element: etree._Element) -> bool:
    """Tell whether a piece is a row or more: too much to be the name of one thing."""
    return element.tag in _ROWS


def piece_text(element: etree._Element) -> str:
    """The words of a piece an entry points at; an empty marker stands for the cell or item it is in."""
    text = narrative_text(element)
    parent = element.getparent()
    while not text and parent is not None and element.tag not in _BLOCKS | {"td", "th"}:
        element, parent = parent, parent.getparent()
        text = narrative_text(element)
    return text.replace("\n", "; ")


def _write(element: etree._Element, lines: list[str], mark: str) -> None:
    """Append an element's words to the last line, or to new lines where it is a block."""
    if element.tag == "tr":
        lines.append(_row(element))
        return
    fresh_item = bool(lines) and lines[-1] == "- "
    if not lines or (element.tag in _BLOCKS and not fresh_item):
        lines.append(mark)
    lines[-1] += (element.text or "").lstrip() if lines[-1] == "- " else element.text or ""
    for child in element:
        _write_child(child, lines)
        if child.tag in _BLOCKS:
            lines.append("")
        lines[-1] += child.tail or ""


def _write_child(child: etree._Element, lines: list[str]) -> None:
    if child.tag == "br":
        lines.append("")
    elif child.tag == "renderMultiMedia":
        lines[-1] += " [picture] "
    elif child.tag in ("td", "th"):
        lines[-1] += " "
        _write(child, lines, "")
    else:
        _write(child, lines, "- " if child.tag == "item" else "")


def _row(row: etree._Element) -> str:
    cells = [one_line(narrative_text(cell).replace("\n", "; ")) for cell in row if isinstance(cell.tag, str)]
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cells)
