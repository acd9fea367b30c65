"""Files read beside the pages: a person can watch, leave, come back, or stop it. Nothing is kept by it."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from secondlens.actions.columns import asks_about_columns, known_tables
from secondlens.actions.importing import ReadFile, read_files
from secondlens.actions.progress import Step
from secondlens.actions.working import Work
from secondlens.domain.columns import TableMapping
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.sandbox import Sandbox


class Stage(StrEnum):
    """How it stands with one file that was chosen."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One chosen file: `entries` counts what was found in it so far, in all that lies inside it too."""

    name: str
    stage: Stage
    entries: int = 0


class _StoppedReading(Exception):
    """Somebody stopped it: nobody wants the rest."""


@dataclass(slots=True)
class _Chosen:
    """What came of one chosen file so far."""

    name: str
    reads: list[ReadFile] = field(default_factory=list)


class Reading:
    """Reads files in a thread of its own, from `begin` on until all are read or it is stopped.

    `own` is what the person said of the columns of their tables.
    """

    def __init__(self, files: Sequence[IncomingFile], own: Iterable[TableMapping] = ()) -> None:
        self._files = tuple(files)
        self._chosen = tuple(_Chosen(file.name) for file in files)
        self._sandbox = Sandbox(mappings=known_tables(own))
        self._step = Step("", 0, 0, len(files))
        self._stopped = False
        self.work = Work(title="Reading your files", then="importing")

    def begin(self) -> None:
        """Start."""
        threading.Thread(target=self.work.do, args=(self._read,), daemon=True).start()

    def stop(self) -> None:
        """End it, also in the middle of a file. When it is over already this changes nothing."""
        self._stopped = True
        self._sandbox.stop()

    @property
    def step(self) -> Step:
        """The file that is being read, and how many are over."""
        return self._step

    @property
    def reads(self) -> tuple[ReadFile, ...]:
        """What was read so far, in order."""
        return tuple(read for chosen in self._chosen for read in chosen.reads)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How it stands with each chosen file."""
        now = self._step.chosen if self.work.running else len(self._chosen)
        return tuple(_standing(chosen, place, now) for place, chosen in enumerate(self._chosen))

    def put_instead(self, number: int, reads: Sequence[ReadFile]) -> None:
        """Put what a file was read as anew in the place of the n-th of `reads`."""
        for chosen in self._chosen:
            if number < len(chosen.reads):
                chosen.reads[number : number + 1] = reads
                return
            number -= len(chosen.reads)

    def _read(self) -> None:
        files, self._files = self._files, ()
        try:
            for read in read_files(files, watch=self._begin_file, sandbox=self._sandbox):
                # Of what cannot be kept only the account is needed, unless somebody can say what it is.
                wanted = read.worth_keeping or asks_about_columns(read.problem)
                self._chosen[self._step.chosen].reads.append(read if wanted else replace(read, file=None))
        except _StoppedReading:
            pass

    def _begin_file(self, step: Step) -> None:
        if self._stopped:
            raise _StoppedReading
        self._step = step


def _standing(chosen: _Chosen, place: int, now: int) -> Standing:
    entries = sum(
        len(read.records) + sum(one.count for one in read.samples) + (read.gathered.count if read.gathered else 0)
        for read in tuple(chosen.reads)
    )
    if place > now:
        return Standing(name=chosen.name, stage=Stage.WAITING)
    if place == now:
        return Standing(name=chosen.name, stage=Stage.READING, entries=entries)
    stage = Stage.READ if entries else Stage.UNREADABLE
    return Standing(name=chosen.name, stage=stage, entries=entries)
