"""Where in a document we are: a statement with its path, its section and what is true of all inside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from secondlens.domain.source import Source
from secondlens.importers._cda_narrative import all_words, is_row, narrative_text, one_line, piece_text

STATEMENTS = frozenset(
    {
        *("observation", "organizer", "act", "procedure", "encounter", "substanceAdministration", "supply"),
        *("observationMedia", "regionOfInterest"),
    },
)
# A pointer to more than this is no answer to "what is it called"; the section keeps the words. Without a limit,
# ten thousand pointers at one long text would fill the memory.
_TOO_LONG_FOR_A_LINE = etree.XPath("string-length() > 20000")
_TOO_LONG_FOR_A_NOTE = etree.XPath("string-length() > 200000")
# An "entry" inside a statement is against the rules, but damaged files have it.
_LINKS = ("entryRelationship", "component", "entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section: `topic` is one of the names in _cda_sections.TOPICS, or "" for any other."""

    where: str = ""
    title: str | None = None
    topic: str = ""
    ids: Mapping[str, etree._Element] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One clinical statement; `parent` is what it belongs to.

    `denied` when it or its own link says that it is not so; `negated` when that or anything around it says so.
    """

    element: etree._Element
    where: str
    sha256: str
    section: Section
    ids: Mapping[str, etree._Element]
    link: str = ""
    denied: bool = False
    negated: bool = False
    parent: "Statement | None" = None

    @property
    def source(self) -> Source:
        """The place of this statement, as records keep it."""
        return Source(sha256=self.sha256, where=self.where, importer="ccda", section=self.section.title)

    @property
    def planned(self) -> bool:
        """True for everything that is not said to have happened; in a plan, for everything not completed."""
        return (self.element.get("moodCode") or "EVN") != "EVN" or (
            self.section.topic == "plan" and self.status != "completed"
        )

    @property
    def status(self) -> str | None:
        """Its own statusCode."""
        status = first(self.element, "statusCode")
        return None if status is None else status.get("code")

    @property
    def in_error(self) -> bool:
        """True when it or anything around it was taken back as a mistake."""
        return self.status == "nullified" or (self.parent is not None and self.parent.in_error)

    @property
    def unsaid(self) -> bool:
        """True when it or anything around it is marked as not known, so that it states nothing."""
        return "nullFlavor" in self.element.attrib or (self.parent is not None and self.parent.unsaid)

    @property
    def stands(self) -> bool:
        """True when the source neither denies it, nor took it back, nor leaves it unknown."""
        return not (self.denied or self.status == "nullified" or "nullFlavor" in self.element.attrib)

    def has_template(self, *roots: str) -> bool:
        """Tell whether the statement claims one of these templates, of any version."""
        return any(template.get("root") in roots for template in self.element.iterchildren("templateId"))


def first(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first descendant along a path of tag names; None when any step is missing."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(name), None)
    return element


def every(element: etree._Element | None, *path: str) -> list[etree._Element]:
    """All descendants along a path of tag names, in document order."""
    found = [] if element is None else [element]
    for name in path:
        found = [child for parent in found for child in parent.iterchildren(name)]
    return found


def inner_statements(statement: Statement) -> Iterator[Statement]:
    """The statements linked directly below, each with its relation (SUBJ, RSON...) and exact place."""
    for name in _LINKS:
        for number, link in enumerate(statement.element.iterchildren(name), 1):
            for child in statements_of(link):
                denied = is_negated(link) or is_negated(child)
                yield replace(
                    statement,
                    element=child,
                    where=f"{statement.where}/{name}[{number}]/{child.tag}[1]",
                    link=link.get("typeCode") or "",
                    denied=denied,
                    negated=statement.negated or denied,
                    parent=statement,
                )


def statements_of(element: etree._Element) -> list[etree._Element]:
    """The statements directly inside an entry or a link; there should be exactly one."""
    return [child for child in element if child.tag in STATEMENTS]


def is_negated(element: etree._Element) -> bool:
    """Tell whether an element carries negationInd="true"."""
    return (element.get("negationInd") or "").strip().lower() in ("true", "1")


def own_words(
    element: etree._Element | None, at: Statement, *, names: bool = False, lines: bool = False
) -> str | None:
    """The words an originalText, text or sig holds or points at; on one line unless `lines`.

    `names`: only what can be the name of one thing, so no rows.
    """
    if element is None:
        return None
    words = all_words(element)
    if words or element.get("nullFlavor"):
        return words or None
    reference = first(element, "reference")
    value = one_line((reference if reference is not None else element).get("value"))
    piece = at.section.ids.get(value.lstrip("#"))
    if piece is None:
        piece = at.ids.get(value.lstrip("#"))
    if piece is None:
        # Some systems write the words themselves where the pointer belongs.
        return value if value and not value.startswith("#") and ":" not in value else None
    too_long = _TOO_LONG_FOR_A_NOTE if lines else _TOO_LONG_FOR_A_LINE
    if (names and is_row(piece)) or too_long(piece):
        return None
    return (narrative_text(piece) if lines else piece_text(piece)) or None


def narrative_ids(element: etree._Element) -> dict[str, etree._Element]:
    """Every piece of narrative that can be pointed at, by its ID; the first one wins."""
    found: dict[str, etree._Element] = {}
    for piece in element.iter("*"):
        name = piece.get("ID") or piece.get("id")
        if name:
            found.setdefault(name, piece)
    return found
