"""The open vault: the one place records and original files are kept and found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from secondlens.domain.kinds import KINDS
from secondlens.domain.receipt import Ending
from secondlens.domain.record import Kept, Record
from secondlens.domain.samples import Samples
from secondlens.vault import documents, search, series_keeping
from secondlens.vault import series as kept_series  # a vault's own `series` would hide it
from secondlens.vault.gathering import Gathered, Readings
from secondlens.vault.imports import Import, Withdrawn, files_to_read_again, list_imports, take_back, write_run
from secondlens.vault.ledger import now
from secondlens.vault.passing import ChangedOriginal, Original, original_of
from secondlens.vault.putting_back import put_back, removed_records
from secondlens.vault.rows import SELECT, Version, kept_of, live_row, new_id, not_here, row_of, version_of
from secondlens.vault.safekeeping import Safekeeping
from secondlens.vault.tellings import (
    LIVE,
    SHOWN,
    Telling,
    all_tellings,
    keep_sightings,
    list_titles,
    rows_behind,
    tellings,
)
from secondlens.vault.versions import compare_records, new_batch
from secondlens.vault.writing import write_versions

_KIND_ORDER = {kind.__name__: place for place, kind in enumerate(KINDS)}
_OTHERS = _KIND_ORDER["OtherResource"]
_BROUGHT_BY = (
    f" WHERE {LIVE} AND batch IN (SELECT batch FROM import_batch WHERE document = ?) "  # noqa: S608 - our own words
    "ORDER BY start DESC NULLS LAST, row"
)


class Vault(Safekeeping):
    """An open vault. Any thread may call it; calls take turns. `with` closes it at the end.

    Made by `open_vault` and `create_vault`, which hold its lock and have checked its key.
    """

    def get(self, record_id: str) -> Kept:
        """Give the current version of a record. Raises NotFound, also for a removed one."""
        self._note_reading(record_id)
        with self._using() as database:
            return kept_of(live_row(database, record_id))

    def history(self, record_id: str) -> tuple[Version, ...]:
        """Give all versions of a record, oldest first, removals too. Raises NotFound."""
        self._note_reading(record_id)
        with self._using() as database:
            rows = database.execute(
                SELECT + " WHERE id = ? ORDER BY version",
                (record_id,),
            ).fetchall()
            if not rows:
                raise not_here()
            return tuple(map(version_of, rows))

    def list(self, kind: str | None = None) -> Iterator[Kept]:
        """Give the current records: kinds in the order of KINDS, newest start first, unknown dates last."""
        kinds = [kind] if kind else [name for name, _ in self.counts()]
        self._note_reading(*kinds)
        with self._using() as database:
            rows = [
                row
                for name in kinds
                for row in database.execute(
                    f"{SELECT} WHERE {SHOWN} AND kind = ? ORDER BY start DESC NULLS LAST, row",
                    (name,),
                )
            ]
        return map(kept_of, rows)

    def brought_by(self, sha256: str) -> tuple[Kept, ...]:
        """Give the current records whose current version an original brought, newest start first."""
        self._note_reading(sha256)
        with self._using() as database:
            rows = database.execute(
                SELECT + _BROUGHT_BY,
                (sha256,),
            ).fetchall()
        return tuple(map(kept_of, rows))

    def counts(self) -> tuple[tuple[str, int], ...]:
        """Give how many current records of each kind there are, in the order of KINDS."""
        with self._using() as database:
            rows = database.execute(
                f"SELECT kind, count(*) FROM record WHERE {SHOWN} GROUP BY kind",  # noqa: S608 - our own words
            ).fetchall()
        return tuple(sorted(rows, key=lambda row: (_KIND_ORDER.get(row[0], _OTHERS), row[0])))

    def holds(self) -> tuple[int, int]:
        """Give how many current records there are, whatever stands before them, and how many originals."""
        with self._using() as database:
            row = database.execute(
                f"SELECT (SELECT count(*) FROM record WHERE {LIVE}), (SELECT count(*) FROM document)"  # noqa: S608 - our own words
            ).fetchone()
        return row[0], row[1]

    def tellings(self, record_id: str) -> tuple[Telling, ...]:
        """Give what each source says of the fact of a record, the first to come first. Raises NotFound."""
        self._note_reading(record_id)
        with self._using() as database:
            return tellings(database, record_id)

    def all_tellings(self) -> tuple[Telling, ...]:
        """Give what every source says of every fact, kind by kind."""
        self._note_reading(*(name for name, _ in self.counts()))
        with self._using() as database:
            return all_tellings(database)

    def search(self, words: str, limit: int = 50) -> tuple[search.Found, ...]:
        """Find current records that have all the words, best first; the last word may be unfinished."""
        self._note_reading("search")
        with self._using() as database:
            return search.find(database, words, limit)

    def documents(self) -> tuple[documents.Document, ...]:
        """List the original files, newest first."""
        with self._using() as database:
            return documents.list_documents(database)

    def document_names(self) -> dict[str, str]:
        """Give the name of each original by its fingerprint."""
        return {document.sha256: document.name for document in self.documents()}

    def document(self, sha256: str) -> bytes:
        """Give an original file, byte for byte. Raises NotFound, or Damaged when it is not what was kept."""
        self._note_reading(sha256)
        with self._using() as database:
            return documents.read_document(database, sha256)

    def document_part(self, sha256: str, offset: int, size: int) -> bytes:
        """Give so many bytes of an original from an offset on. Raises NotFound, or Damaged."""
        with self._using() as database:
            return documents.read_part(database, sha256, offset, size)

    def titles(self, kind: str) -> tuple[str, ...]:
        """Give the names that the current records of a kind have, the most frequent first, up to 100."""
        self._note_reading(kind)
        with self._using() as database:
            return list_titles(database, kind)

    def add(self, record: Record, why: str | None = None) -> Kept:
        """Keep what the person wrote, as a new record."""
        return self.add_all((record,), why)[0]

    def add_all(self, records: Sequence[Record], why: str | None = None) -> tuple[Kept, ...]:
        """Keep several things that the person wrote, all or none, as new records."""
        at = now()
        kept = tuple(Kept(new_id(), 1, at, record) for record in records)
        with self._changing() as database:
            write_versions(database, [row_of(one, why=why) for one in kept], self._ledger, at)
        return kept

    def revise(self, record_id: str, record: Record, why: str | None = None) -> Kept:
        """Put a new version in front of the current one. Raises NotFound. An equal one changes nothing."""
        with self._turn:
            before = self.get(record_id)
            if before.record == record:
                return before
            kept = Kept(record_id, before.version + 1, now(), record)
            with self._changing() as database:
                write_versions(database, [row_of(kept, why=why)], self._ledger, kept.recorded_at)
            return kept

    def remove(self, record_id: str, why: str | None = None) -> None:
        """Take a fact out of sight, whichever files tell it; its history stays. Raises NotFound."""
        with self._changing() as database:
            at = now()
            rows = [
                row_of(replace(one, version=one.version + 1, recorded_at=at), why=why, removed=True)
                for one in map(kept_of, (live_row(database, record_id), *rows_behind(database, record_id)))
            ]
            write_versions(database, rows, self._ledger, at)

    def removed(self) -> tuple[Version, ...]:
        """Give what the person removed and did not put back, the last removal first."""
        self._note_reading("removed")
        with self._using() as database:
            return removed_records(database)

    def put_back(self, record_id: str, number: int, why: str | None = None) -> Kept:
        """Put an older version in front again, also of a removed record. Raises NotFound."""
        with self._changing() as database:
            return put_back(database, record_id, number, why, self._ledger)

    def imports(self) -> tuple[Import, ...]:
        """List what was brought in, run by run, the newest first."""
        with self._using() as database:
            return list_imports(database)

    def files_to_read_again(self, run: str) -> tuple[str, ...]:
        """Give the originals that must be read again when this run is taken back: they share readings with it."""
        with self._using() as database:
            return files_to_read_again(database, run)

    def take_back(self, run: str, again: Mapping[str, Readings] | None = None) -> Withdrawn:
        """Take what one run brought out of sight, in one step. Raises NotFound, TakenBack, NotReadAgain.

        `again` holds the readings of each original that `files_to_read_again` names, by its fingerprint.
        """
        with self._changing() as database:
            return take_back(database, run, again or {}, self._ledger, now())

    def compare(self, records: Sequence[Record]) -> tuple[Ending, ...]:
        """Tell what keeping the records of one file would do, each in its place. Writes nothing."""
        with self._using() as database:
            return tuple(found.ending for found in compare_records(database, records, self._salt))

    def compare_samples(self, samples: Readings) -> int:
        """Tell how many of the readings of one file are not here yet, summaries left out. Writes nothing."""
        with self._using() as database:
            return series_keeping.count_new(database, samples)

    def series(self, metric: str | None = None) -> tuple[kept_series.Series, ...]:
        """List the series of readings, of one metric or of all."""
        self._note_reading("series")
        with self._using() as database:
            return kept_series.list_series(database, metric)

    def metrics(self) -> dict[int, str]:
        """Give every metric that had readings under a number for its address."""
        with self._using() as database:
            return kept_series.number_metrics(database)

    def count_readings(self) -> int:
        """Tell how many readings of devices there are."""
        with self._using() as database:
            return kept_series.count_readings(database)

    def span_of_days(self, metric: str) -> tuple[str, str] | None:
        """Give the first and the last day that a metric has readings on."""
        self._note_reading("series")
        with self._using() as database:
            return kept_series.span_of_days(database, metric)

    def days(
        self, metric: str | None = None, since: str = kept_series.FIRST_DAY, until: str = kept_series.LAST_DAY
    ) -> tuple[kept_series.Day, ...]:
        """List the readings day by day, each source for itself; both days are in the period."""
        self._note_reading("series")
        with self._using() as database:
            return kept_series.list_days(database, metric, since, until)

    def readings(
        self, metric: str, since: str = kept_series.FIRST_DAY, until: str = kept_series.LAST_DAY
    ) -> Iterator[kept_series.Reading]:
        """Give the readings of a metric in a period, source by source in the order of time."""
        self._note_reading("series")
        with self._using() as database:
            return kept_series.list_readings(database, metric, since, until)

    def files_of_readings(self, metric: str, since: str, until: str) -> tuple[str, ...]:
        """Give the originals (SHA-256) that brought the readings of a metric in a period, where that is known."""
        self._note_reading("series")
        with self._using() as database:
            return kept_series.list_files(database, metric, since, until)

    def keep(
        self, name: str, content: bytes, sha256: str, records: Sequence[Record], *, media_type: str | None = None
    ) -> tuple[Ending, ...]:
        """Keep a file that brings no readings, and its records; see `keep_file`."""
        return self.keep_file(name, content, sha256, records, media_type=media_type)[0]

    def keep_file(  # noqa: PLR0913  (a file, what it says, and what it came with)
        self,
        name: str,
        content: bytes | Original,
        sha256: str,
        entries: Sequence[Record | Samples],
        *,
        gathered: Gathered | None = None,
        run: str | None = None,
        media_type: str | None = None,
    ) -> tuple[tuple[Ending, ...], int]:
        """Keep a file and what was read from it, all or nothing. Doing it twice changes nothing more.

        Files with the same `run` came together and can be taken back together; one without is no import.

        `sha256` is the file's fingerprint, hex; `gathered` are readings besides those among the entries. When this
        returns, the data has reached the disk. Gives what became of each record, and how many readings are new.
        """
        original = content if isinstance(content, Original) else original_of(content)
        if original.sha256 != sha256:
            raise ChangedOriginal
        records = [entry for entry in entries if isinstance(entry, Record)]
        samples = gathered or Gathered()
        for entry in entries:
            if isinstance(entry, Samples):
                samples.take(entry)
        with self._changing() as database:
            found = compare_records(database, records, self._salt)
            seen = [
                (one.id, one.seen_in, record.source)
                for one, record in zip(found, records, strict=True)
                if one.seen_in and record.source
            ]
            fresh = [pair for pair in zip(found, records, strict=True) if pair[0].written]
            known = documents.is_kept(database, sha256)
            if known and not (fresh or seen or series_keeping.count_new(database, samples)):
                return tuple(one.ending for one in found), 0
            at = now()
            if not known:
                document = documents.Document(
                    sha256=sha256, name=name, size=original.size, media_type=media_type, kept_at=at
                )
                documents.keep_document(database, document, original)
                self._ledger.enter(database, "document", sha256, at)
            batch = new_batch(database, sha256, self._ledger, at)
            added = series_keeping.keep_samples(database, samples, batch, self._ledger, at)
            rows = (row_of(Kept(one.id, one.version, at, record), batch=batch) for one, record in fresh)
            write_versions(database, rows, self._ledger, at, [one.fact for one, _ in fresh])
            keep_sightings(database, seen, batch, self._ledger, at)
            if run:
                write_run(database, (batch, run, name, added, samples.count - added), self._ledger, at)
        return tuple(one.ending for one in found), added
