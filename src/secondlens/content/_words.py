"""The words on the screen for the words in the code, from words.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from secondlens.content._reading import read_toml
from secondlens.domain.receipt import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWord:
    """A kind of record: `plain` one, `plural` many, the `medical` name, and `what` it is in a sentence."""

    plain: str
    plural: str
    medical: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWord:
    """A step: its name, what it leaves behind, and the time it takes."""

    name: str
    leaves: str
    takes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapWord:
    """What a reader would miss, and what the person can do about it. Both are sentences."""

    missing: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A choice on a screen: a short name and one line on what it is."""

    name: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """words.toml. The tables are for lists; the functions are for one word.

    Codes from a source that we have no word for come back as the source wrote them. Names of our own that
    are not in the file raise KeyError: that is a mistake in the program.
    """

    kinds: Mapping[str, KindWord]
    others: Mapping[str, KindWord]
    steps: Mapping[str, StepWord]
    gaps: Mapping[str, GapWord]
    frames: Mapping[str, Label]
    channels: Mapping[str, Label]
    replies: Mapping[str, Label]
    situations: Mapping[str, Label]
    audiences: Mapping[str, str]
    tones: Mapping[str, str]
    lengths: Mapping[str, str]
    themes: Mapping[str, Label]
    packs: Mapping[str, Label]
    endings: Mapping[str, str]
    decisions: Mapping[str, str]
    orders: Mapping[str, str]
    fields: Mapping[str, str]
    status_of: Mapping[str, Mapping[str, str]]
    statuses: Mapping[str, str]
    verifications: Mapping[str, str]
    criticalities: Mapping[str, str]
    interpretations: Mapping[str, str]
    categories: Mapping[str, str]
    ways: Mapping[str, Label]
    audit: Mapping[str, str]
    differences: Mapping[str, str]

    def kind(self, code: str) -> KindWord:
        """The word for a kind of record; types we only keep and have no word for share one."""
        return self.kinds.get(code) or self.others.get(code) or self.kinds["OtherResource"]

    def step(self, code: str) -> StepWord:
        """The words for a step, by its code ("follow-through")."""
        return self.steps[code]

    def gap(self, code: str) -> GapWord:
        """The words for something the packet still lacks."""
        return self.gaps[code]

    def field(self, name: str) -> str:
        """The label of a field of a record."""
        return self.fields[name]

    def ending(self, code: str) -> str:
        """What became of an entry of a file: new, same, changed, as_text or unread; or of readings of a device."""
        return self.endings[code]

    def account(self, receipt: Receipt) -> str:
        """What became of the entries of one file, in a line: "38 new, 3 here already"."""
        numbers = (
            ("new", receipt.new),
            ("same", receipt.same),
            ("changed", receipt.changed),
            ("as_text", receipt.as_text),
            ("unread", len(receipt.unread)),
            ("samples", receipt.samples),
            ("samples_same", receipt.samples_same),
        )
        return ", ".join(f"{number:,} {self.ending(code)}" for code, number in numbers if number)

    def status(self, code: str, kind: str = "") -> str:
        """A FHIR status in plain words, the way it is said of this kind of record."""
        return self.status_of.get(kind, {}).get(code) or self.statuses.get(code, code)

    def verification(self, code: str) -> str:
        """How sure whoever wrote it was."""
        return self.verifications.get(code, code)

    def criticality(self, code: str) -> str:
        """How risky an allergy was recorded to be."""
        return self.criticalities.get(code, code)

    def interpretation(self, code: str) -> str:
        """What the laboratory marked, in capitals or not."""
        return self.interpretations.get(code.upper(), code)

    def way(self, kind: str) -> Label:
        """A way into a vault, by the kind of its lock; kinds of a later version share a word."""
        return self.ways.get(kind) or Label(name="Another way in", what="A newer Secondlens can tell what it is.")

    def done(self, action: str) -> str:
        """What somebody did, as the rest of a sentence that begins with who it was."""
        return self.audit.get(action, action)

    def difference(self, what: str) -> str:
        """In what files differ, as a sentence."""
        return self.differences[what]

    def category(self, code: str) -> str:
        """The sort of a result, a problem or an allergy."""
        return self.categories.get(code, code)


@cache
def words() -> Words:
    """The words, read once. Raises BadContent."""
    return read_toml("words.toml", Words)
