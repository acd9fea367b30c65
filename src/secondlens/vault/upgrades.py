"""The shape of the database, one step for every released format. Steps are added, never edited."""

from collections.abc import Callable
from typing import Any

from secondlens.errors import Damaged
from secondlens.vault.database import transaction
from secondlens.vault.keys import NewerVault
from secondlens.vault.ledger import begin_ledger, read_ledger

_Step = str | Callable[[Any], None]

APPLICATION_ID = 0x326C656E  # "2len": marks the file as ours

_VERSION_1 = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE document (
        sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT,
        kept_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE document_chunk (
        document TEXT NOT NULL REFERENCES document, n INTEGER NOT NULL, sha256 BLOB NOT NULL,
        bytes BLOB NOT NULL, UNIQUE (document, n)
    ) STRICT""",
    """CREATE TABLE import_batch (
        batch INTEGER PRIMARY KEY, document TEXT NOT NULL REFERENCES document, imported_at TEXT NOT NULL
    ) STRICT""",
    # `shape` is the name of the class that wrote the body: a FHIR type we do not interpret can carry the
    # name of one we do, so `kind` alone would not say how to read it.
    """CREATE TABLE record (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, kind TEXT NOT NULL,
        shape TEXT NOT NULL, start TEXT, text TEXT NOT NULL, body TEXT NOT NULL,
        batch INTEGER REFERENCES import_batch, recorded_at TEXT NOT NULL, why TEXT,
        current INTEGER NOT NULL, removed INTEGER NOT NULL, UNIQUE (id, version)
    ) STRICT""",
    "CREATE INDEX live_kind ON record (kind, start) WHERE current AND NOT removed",
    # The index of words covers what is live and nothing else; the view lets it be checked and rebuilt so.
    "CREATE VIEW live_record AS SELECT row, text FROM record WHERE current AND NOT removed",
    """CREATE VIRTUAL TABLE record_words USING fts5 (
        text, content = 'live_record', content_rowid = 'row',
        tokenize = 'porter unicode61 remove_diacritics 2'
    )""",
)


def _begin_ledger(database: Any) -> None:
    """Enter everything that was there before the ledger was."""
    begin_ledger(database, read_ledger(database))


_VERSION_2: tuple[_Step, ...] = (
    """CREATE TABLE ledger (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, place ANY NOT NULL, marks BLOB NOT NULL,
        head BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE audit (
        row INTEGER PRIMARY KEY, at TEXT NOT NULL, way TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL,
        object TEXT NOT NULL, device TEXT NOT NULL
    ) STRICT""",
    "INSERT INTO meta (name, value) VALUES ('ledger_key', randomblob(32)), ('keys_serial', CAST('0' AS BLOB))",
    _begin_ledger,
)

# `content` is a packed chunk (`_columns`), `first` and `last` are starts in seconds since 1970 UTC.
_VERSION_3: tuple[_Step, ...] = (
    """CREATE TABLE series (
        series INTEGER PRIMARY KEY, metric TEXT NOT NULL, unit TEXT NOT NULL, source TEXT NOT NULL,
        coded INTEGER NOT NULL, summary INTEGER NOT NULL, UNIQUE (metric, unit, source, coded, summary)
    ) STRICT""",
    """CREATE TABLE series_chunk (
        chunk INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series, month TEXT NOT NULL,
        count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, content BLOB NOT NULL,
        UNIQUE (series, month)
    ) STRICT""",
    """CREATE TABLE series_day (
        row INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series, day TEXT NOT NULL, code TEXT NOT NULL,
        count INTEGER NOT NULL, low REAL, high REAL, total REAL NOT NULL, UNIQUE (series, day, code)
    ) STRICT""",
)

# Pieces of originals are zstandard frames from here on; `unpacked` is their plain size, null for earlier ones.
FIRST_PACKED = 4
_VERSION_4: tuple[_Step, ...] = ("ALTER TABLE document_chunk ADD COLUMN unpacked INTEGER",)

# `fact` names what a row tells, equal in every file that tells it, and `since` is the row of its first version:
# both follow from the file and are no part of a mark. A sighting is one more file that says what a version says.
# Chunks of series say from here on which batch each reading came with.
FIRST_WITH_FACTS = 5
_VERSION_5: tuple[_Step, ...] = (
    "ALTER TABLE record ADD COLUMN fact BLOB",
    "ALTER TABLE record ADD COLUMN since INTEGER",
    "CREATE INDEX live_fact ON record (fact, since) WHERE current AND NOT removed",
    "CREATE INDEX row_of_batch ON record (batch)",
    """CREATE TABLE sighting (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, source TEXT NOT NULL,
        batch INTEGER NOT NULL REFERENCES import_batch
    ) STRICT""",
    "CREATE INDEX sighting_of_record ON sighting (id)",
    """CREATE TABLE import_run (
        batch INTEGER PRIMARY KEY REFERENCES import_batch, run TEXT NOT NULL, name TEXT NOT NULL,
        added INTEGER NOT NULL, shared INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE taken_back (
        batch INTEGER PRIMARY KEY REFERENCES import_batch, at TEXT NOT NULL
    ) STRICT""",
)

UPGRADES: tuple[tuple[_Step, ...], ...] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5)


def upgrade(database: Any) -> None:
    """Bring a database to the newest shape, each step whole or not at all."""
    version = version_of_format(database)
    for number, step in enumerate(UPGRADES[version:], version + 1):
        with transaction(database):
            for part in step:
                if isinstance(part, str):
                    database.execute(part)
                else:
                    part(database)
            database.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
            database.execute(f"PRAGMA user_version = {number:d}")


def refuse_unknown(database: Any) -> None:
    """Raise NewerVault for a database of a later format, Damaged for one that is not ours. Writes nothing."""
    version = version_of_format(database)
    if version > len(UPGRADES):
        raise NewerVault(
            f"This vault's database has format {version}; this Secondlens reads up to format {len(UPGRADES)}. "
            "Install the newest Secondlens and open the vault with it.",
        )
    if not version or database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Damaged(
            "The database in this vault was not made by Secondlens. Put back a copy of the folder if you have one."
        )


def is_older(database: Any) -> bool:
    """Tell whether a database of ours has an earlier format than the newest."""
    return version_of_format(database) < len(UPGRADES)


def has_ledger(database: Any) -> bool:
    """Tell whether a database is of a format that has a ledger."""
    return version_of_format(database) >= 2


def has_series(database: Any) -> bool:
    """Tell whether a database is of a format that has series of readings."""
    return version_of_format(database) >= 3


def version_of_format(database: Any) -> int:
    """The format a database has; 0 for one that is empty or none of ours."""
    return int(database.execute("PRAGMA user_version").fetchone()[0])
