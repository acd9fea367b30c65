"""What the columns of tables are: what we know of makers, what the person said, and saying it for a new table."""

from collections.abc import Iterable

from secondlens.content import device_tables
from secondlens.domain.columns import ColumnMapping, TableMapping
from secondlens.importers.incoming import IncomingFile
from secondlens.importers.open_columns import QUESTIONS
from secondlens.importers.sandbox import Sandbox
from secondlens.importers.table_seen import TableSeen
from secondlens.vault import Vault


def known_tables(own: Iterable[TableMapping] = ()) -> tuple[TableMapping, ...]:
    """Give every mapping there is, the person's `own` before ours."""
    return (*own, *device_tables())


def own_tables(vault: Vault) -> tuple[TableMapping, ...]:
    """Give what the person said of their tables, the latest first."""
    kept = (one for one in vault.list(ColumnMapping.__name__) if isinstance(one.record, ColumnMapping))
    latest = sorted(kept, key=lambda one: one.recorded_at, reverse=True)
    return tuple(one.record.table for one in latest if isinstance(one.record, ColumnMapping))


def remember(vault: Vault, table: TableMapping) -> None:
    """Keep what the person said of a table; said anew of the same header, it takes the place of what was said."""
    record = ColumnMapping(title=table.name, table=table)
    for kept in vault.list(ColumnMapping.__name__):
        before = kept.record
        if isinstance(before, ColumnMapping) and _same_sort(before.table, table):
            vault.revise(kept.id, record)
            return
    vault.add(record)


def look_at_table(file: IncomingFile, own: Iterable[TableMapping] = ()) -> TableSeen:
    """Give the columns and first rows of a table. Raises BadInput when the file is none."""
    with Sandbox(mappings=known_tables(own)) as sandbox:
        return sandbox.columns(file)


def asks_about_columns(problem: str | None) -> bool:
    """Tell whether a file was not read because somebody must first say what its columns are."""
    return problem in QUESTIONS


def _same_sort(one: TableMapping, other: TableMapping) -> bool:
    return (set(one.columns), one.file_named) == (set(other.columns), other.file_named)
