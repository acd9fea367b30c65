"""What files that would be kept earlier in one import say, so that a preview counts each fact once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from secondlens.domain.matching import facts, identities, may_be_one_moment, same_content
from secondlens.domain.receipt import Ending
from secondlens.domain.record import Record


@dataclass(slots=True)
class Earlier:
    """The records of earlier files: by identity, and by the fact they tell with its starts."""

    _named: dict[tuple[str, ...], Record] = field(default_factory=dict)
    _told: defaultdict[tuple[str, ...], list[str | None]] = field(default_factory=lambda: defaultdict(list))

    def compare(self, records: Sequence[Record], endings: Sequence[Ending]) -> tuple[Ending, ...]:
        """Say how the records of the next file end, whose `endings` are those against the vault alone."""
        found = []
        for name, fact, record, ending in zip(identities(records), facts(records), records, endings, strict=True):
            found.append(self._ending(name, fact, record, ending))
            self._named[name] = record
            if fact:
                self._told[fact].append(_start(record))
        return tuple(found)

    def _ending(
        self, name: tuple[str, ...], fact: tuple[str, ...] | None, record: Record, ending: Ending
    ) -> Ending:
        earlier = self._named.get(name)
        if earlier is not None:
            return Ending.SAME if same_content(earlier, record) else Ending.CHANGED
        told = fact is not None and any(may_be_one_moment(one, _start(record)) for one in self._told.get(fact, ()))
        return Ending.SAME if told and ending is Ending.NEW else ending


def _start(record: Record) -> str | None:
    return record.start.text if record.start else None
