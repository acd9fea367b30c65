"""Take each guard away once and see that a test goes red: a guard nobody would miss is no guard.

python -m tests.attack.mutants [WORD]    all of them, or those whose name has the word
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_COPIED = ("src", "tests", "docs", "pyproject.toml", "README.md", "Makefile", "requirements.txt")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A guard taken away: in one file, one piece of text becomes another, and these tests must notice."""

    name: str
    file: str
    guard: str
    without: str
    tests: str


VAULT = (
    Mutant(
        "rows go on being written after a statement failed",
        "vault/writing.py",
        "            if going:\n                going.result()\n            going = ",
        "            going = ",
        "tests/vault/test_writing.py",
    ),
    Mutant(
        "the key file's signature is not checked",
        "vault/keys.py",
        "    if not hmac.compare_digest(_mac(told, key).encode()",
        "    if False and not hmac.compare_digest(_mac(told, key).encode()",
        "tests/vault/test_keys.py",
    ),
    Mutant(
        "a slot opens under a secret it is not committed to",
        "vault/slots.py",
        '    if not compare_digest(commitment, derive(secret, salt, "commitment")):\n        return None\n',
        "",
        "tests/vault/test_opening.py tests/vault/test_ways.py",
    ),
    Mutant(
        "memory for a derivation has no ceiling",
        "vault/slots.py",
        '_read_number(kdf, "memory_kib", 19 * 1024, 1024 * 1024)',
        '_read_number(kdf, "memory_kib", 0, 2**50)',
        "tests/vault/test_keys.py -k out_of_bounds",
    ),
    Mutant(
        "a slot may be made cheaper than the floor",
        "vault/slots.py",
        "    if cost.memory < LEAST_COST.memory or",
        "    if False and cost.memory < LEAST_COST.memory or",
        "tests/vault/test_keys.py -k cheaper",
    ),
    Mutant(
        "a passphrase is taken as it was composed",
        "vault/slots.py",
        'unicodedata.normalize("NFC", passphrase.strip())',
        "passphrase.strip()",
        "tests/vault/test_ways.py -k composed",
    ),
    Mutant(
        "a slip in the recovery code is not looked for",
        "vault/recovery_code.py",
        "        if _check_symbol(pair) != check:",
        "        if False and _check_symbol(pair) != check:",
        "tests/vault/test_recovery_code.py",
    ),
    Mutant(
        "an age wrap of another vault is taken",
        "vault/slots.py",
        "    if inside is None or any(inside.get(name) != value for name, value in bound.items()):",
        "    if inside is None:",
        "tests/vault/test_ways.py -k another_vault",
    ),
    Mutant(
        "a removed way stays in the copy of the key file",
        "vault/keyring.py",
        "        if forget:",
        "        if False and forget:",
        "tests/vault/test_ways.py",
    ),
    Mutant(
        "a helper may change the ways in",
        "vault/safekeeping.py",
        "    def _refuse_helpers(self) -> None:\n        if self.way.whose != OWNER:",
        "    def _refuse_helpers(self) -> None:\n        if False:",
        "tests/vault/test_ways.py -k helper",
    ),
    Mutant(
        "what a helper reads is not noted",
        "vault/safekeeping.py",
        "        if self.way.whose != OWNER:\n            for one",
        "        if False:\n            for one",
        "tests/vault/test_ways.py -k helper",
    ),
    Mutant(
        "rows are not compared with their marks",
        "vault/ledger.py",
        "            elif marks[row[0]] != self.mark(row):",
        "            elif False:",
        "tests/vault/test_ledger.py",
    ),
    Mutant(
        "the chain of the ledger is not followed",
        "vault/ledger.py",
        "            if broken is None and (",
        "            if False and (",
        "tests/vault/test_ledger.py",
    ),
    Mutant(
        "the key file is not told where the ledger ends",
        "vault/safekeeping.py",
        "            self._keyring.save_anchor(end)\n",
        "",
        "tests/vault/test_rollback.py",
    ),
    Mutant(
        "this computer is not told where the ledger ends",
        "vault/safekeeping.py",
        "            self._witness.remember(Seen(anchor=end, serial=self._keyring.serial))\n",
        "",
        "tests/vault/test_rollback.py",
    ),
    Mutant(
        "an older copy is accepted by writing on",
        "vault/safekeeping.py",
        "        if self.older:\n            return\n",
        "",
        "tests/vault/test_rollback.py",
    ),
    Mutant(
        "an older key file is not noticed",
        "vault/rollback.py",
        "    if keyring.serial < max(known, seen.serial if seen else 0):",
        "    if False:",
        "tests/vault/test_rollback.py",
    ),
    Mutant(
        "a database cut inside a page is opened",
        "vault/database.py",
        "    if size % PAGE and not (log.is_file() and log.stat().st_size):",
        "    if False:",
        "tests/vault/test_opening.py",
    ),
    Mutant(
        "pages are not checked against the cipher",
        "vault/check.py",
        "    on_its_own(_check_pages)\n",
        "",
        "tests/vault/test_damage.py",
    ),
    Mutant(
        "the order of the database is not checked",
        "vault/check.py",
        "    on_its_own(_check_structure)\n",
        "",
        "tests/vault/test_damage.py tests/vault/test_ledger.py",
    ),
    Mutant(
        "two programs may hold a vault",
        "vault/lock.py",
        "        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "        pass",
        "tests/vault/test_opening.py",
    ),
    Mutant(
        "a backup counts without having been checked",
        "vault/backup.py",
        '    if not report.ok:\n        raise BadBackup(f"This copy',
        '    if False:\n        raise BadBackup(f"This copy',
        "tests/vault/test_backup.py",
    ),
    Mutant(
        "the list of contents of a backup is not signed",
        "vault/backup.py",
        '    if told is None or not hmac.compare_digest(_mac(told, key), str(told.get("mac"))'
        '.encode(errors="replace")):',
        "    if told is None:",
        "tests/vault/test_backup.py",
    ),
    Mutant(
        "the newest backup may be pruned",
        "vault/backup.py",
        "    kept = {one.name for one in newest_first[:1]} | {proven}",
        "    kept: set[str | None] = set()",
        "tests/vault/test_backup.py -k newest",
    ),
    Mutant(
        "the new database is not compared before it takes the place",
        "vault/rotation.py",
        "    if not report.ok or report.end != end:",
        "    if False:",
        "tests/vault/test_rotation.py -k not_the_same",
    ),
    Mutant(
        "the new key is dropped whatever failed",
        "vault/rotation.py",
        "        if opens_with(folder / DATABASE, keyring.key):\n            keyring.drop_replacing()",
        "        keyring.drop_replacing()",
        "tests/vault/test_rotation.py -k after_the_swap",
    ),
    Mutant(
        "damage does not stop writing",
        "vault/safekeeping.py",
        "        self._damaged = self._damaged or not report.ok\n",
        "",
        "tests/vault/test_repair.py -k read_and_not_written",
    ),
    Mutant(
        "mending takes rows that do not fit the ledger",
        "vault/repair.py",
        "if place not in marks or self._ledger.mark(row) == marks[place]]",
        "if True]",
        "tests/vault/test_repair.py -k past_the_ledger",
    ),
)

DOOR = (
    Mutant(
        "any host may be named",
        "web/security.py",
        "        if len(hosts) == 1 and hosts[0] in self._hosts():",
        "        if True:",
        "tests/web/test_guard.py",
    ),
    Mutant(
        "any session token opens",
        "web/security.py",
        '        if not _behind_lock(path) or self._door.admits(path.split("/")[2]):',
        "        if True:",
        "tests/web/test_guard.py tests/web/test_entering.py",
    ),
    Mutant(
        "a change may come from any page",
        "web/security.py",
        '        if scope["method"] in _READING or self._from_our_page(scope):',
        "        if True:",
        "tests/web/test_guard.py",
    ),
    Mutant(
        "a request may come from any site",
        "web/security.py",
        '    if not sites or sites == [b"same-origin"]:',
        "    if True:",
        "tests/web/test_guard.py",
    ),
    Mutant(
        "a body may be of any size",
        "web/security.py",
        "        if seen > cap:",
        "        if False:",
        "tests/web/test_guard.py",
    ),
    Mutant(
        "the way in works more than once",
        "web/door.py",
        "            self.end_launch()\n            return self._new_session()",
        "            return self._new_session()",
        "tests/web/test_entering.py",
    ),
    Mutant(
        "a helper at the owner's screen gets the owner's session",
        "web/door.py",
        "        if way.whose == vault.way.whose:",
        "        if True:",
        "tests/web/test_entering.py -k helper",
    ),
)

# The child that reads files starts without regard to this place, on purpose: only what its parent checks is tried
# here. What holds the child itself is tried from inside it, in tests/importers/test_confinement.py.
READERS = (
    Mutant(
        "records of another file are believed",
        "importers/_answers.py",
        "            if source is None or source.sha256 != self._file.sha256 or source.importer != self.importer:",
        "            if source is None:",
        "tests/importers/test_lying_reader.py",
    ),
)

TABLES = (
    Mutant(
        "columns: a reader may name a mapping nobody sent",
        "importers/_answers.py",
        "            or part.mapping not in (None, *self._mappings)\n",
        "",
        "tests/importers/test_lying_reader.py -k says_of_columns",
    ),
    Mutant(
        "columns: a file may bring a mapping as a record",
        "importers/_messages.py",
        "Case | CasePart | ColumnMapping",
        "Case | CasePart",
        "tests/importers/test_lying_reader.py -k says_of_a_file",
    ),
    Mutant(
        "columns: a mapping that cannot be used is sent to the reader",
        "importers/sandbox.py",
        "for mapping in mappings if is_sound(mapping)",
        "for mapping in mappings",
        "tests/actions/test_columns.py -k cannot_be_used",
    ),
    Mutant(
        "columns: mappings may be longer than the reader takes",
        "importers/_messages.py",
        " if size <= LARGEST_LIMITS // 2",
        "",
        "tests/actions/test_columns.py -k without_end",
    ),
    Mutant(
        "columns: what a file leaves open is guessed",
        "importers/table.py",
        "    raise BadInput(why)\n",
        "    return left[0]\n",
        "tests/importers/test_table.py",
    ),
    Mutant(
        "columns: what was said comes before what the column shows",
        "importers/table.py",
        "    if len(left) == 1:\n        return left[0]\n",
        "",
        "tests/importers/test_table.py",
    ),
    Mutant(
        "columns: a number is rounded",
        "domain/column_times.py",
        " and Decimal(repr(number)) == Decimal(plain)",
        "",
        "tests/domain/test_column_times.py",
    ),
    Mutant(
        "columns: a header that says nothing fits any file",
        "domain/columns.py",
        "        and mapping.file_named in (None, named)\n",
        "",
        "tests/domain/test_columns.py",
    ),
    Mutant(
        "columns: a zone that nobody wrote is not marked",
        "domain/column_readings.py",
        "    if not started.zoned:\n",
        "    if False and not started.zoned:\n",
        "tests/importers/test_table.py",
    ),
    Mutant(
        "columns: a row may have columns without end",
        "importers/_table_rows.py",
        "row if row is None or len(row) <= MOST_COLUMNS else None",
        "row",
        "tests/importers/test_table.py -k hundred_thousand",
    ),
    Mutant(
        "columns: an answer that was not offered counts",
        "web/pages/columns.py",
        " in allowed | known and column.name",
        " and column.name",
        "tests/web/test_columns.py -k offered",
    ),
)

READINGS = (
    Mutant(
        "what a watch and a phone counted is put together",
        "web/measured.py",
        "lambda one: (one.source, one.unit, one.code))",
        'lambda one: ("", one.unit, one.code))',
        "tests/web/test_readings.py -k never_added",
    ),
    Mutant(
        "any day hands out any file",
        "web/pages/readings.py",
        "    if sha256 not in visit.vault.files_of_readings(_metric(visit), day, day):",
        "    if False:",
        "tests/web/test_readings.py -k no_other",
    ),
    Mutant(
        "a title names what is measured",
        "web/templates/readings/metric.html",
        "{% block title %}Readings",
        "{% block title %}{{ page.title }}",
        "tests/web/test_readings.py -k no_address",
    ),
    Mutant(
        "a day shows the readings of its month",
        "vault/series.py",
        "    return columns if within.all() else columns.at(np.flatnonzero(within))",
        "    return columns",
        "tests/vault/test_series_periods.py",
    ),
    Mutant(
        "a zero that was measured is not seen",
        "domain/chart.py",
        "min(middle, 1 - _LEAST)",
        "middle",
        "tests/domain/test_chart.py",
    ),
)

IMPORTS = (
    Mutant(
        "two times of one day are one fact",
        "vault/tellings.py",
        '"OR first.start = record.start)"',
        '"OR 1)"',
        "tests/vault/test_imports.py",
    ),
    Mutant(
        "what another file says too goes with an import that is taken back",
        "vault/imports.py",
        "    other = _seen_elsewhere(database, last)",
        "    other = None",
        "tests/vault/test_imports.py",
    ),
    Mutant(
        "a file that repeats a fact is forgotten when another import is taken back",
        "vault/imports.py",
        "        see_again(database, one.says, one.row[1], ledger, at)",
        "        pass",
        "tests/vault/test_imports.py",
    ),
    Mutant(
        "what the person corrected goes with an import that is taken back",
        "vault/imports.py",
        "    if last[8] not in batches:",
        "    if False:",
        "tests/vault/test_imports.py",
    ),
    Mutant(
        "readings that another export holds go with an import that is taken back",
        "vault/imports.py",
        "    if set(files_to_read_again(database, run)) - again.keys():",
        "    if False:",
        "tests/vault/test_imports.py",
    ),
    Mutant(
        "what stands behind a removed fact comes forward",
        "vault/vault.py",
        "for one in map(kept_of, (live_row(database, record_id), *rows_behind(database, record_id)))",
        "for one in map(kept_of, (live_row(database, record_id),))",
        "tests/vault/test_imports.py",
    ),
    Mutant(
        "codes for sorts of things count as names",
        "domain/matching.py",
        "if one.code not in _GENERAL}",
        "}",
        "tests/domain/test_matching.py",
    ),
)
CHOOSING = (
    Mutant(
        "choosing files: another person's file is kept with the rest",
        "web/pages/importing/previewing.py",
        "if str(number) in also if remark else str(number) not in left_out:",
        "if str(number) not in left_out:",
        "tests/web/test_importing.py -k another_person",
    ),
    Mutant(
        "choosing files: a file that is left out is kept",
        "web/pages/importing/previewing.py",
        "else str(number) not in left_out:",
        "else True:",
        "tests/web/test_importing.py -k left_out",
    ),
    Mutant(
        "choosing files: stopping waits for the file that is being read",
        "importers/sandbox.py",
        "            child.kill()\n",
        "            pass\n",
        "tests/web/test_importing.py -k stopped",
    ),
    Mutant(
        "choosing files: a lock lets reading go on",
        "web/door.py",
        "Shelf(2, Reading.stop)",
        "Shelf(2)",
        "tests/web/test_importing.py -k lock_ends",
    ),
    Mutant(
        "choosing files: what cannot be kept waits in memory",
        "actions/reading.py",
        "read if read.worth_keeping else replace(read, file=None)",
        "read",
        "tests/web/test_importing.py -k two_hundred",
    ),
    Mutant(
        "choosing files: a fact of two files is told as new twice",
        "actions/importing.py",
        "                endings = earlier.compare(read.records, endings)\n",
        "                pass\n",
        "tests/actions/test_importing.py -k new_only_once",
    ),
    Mutant(
        "choosing files: a watch's owner is another person",
        "domain/people.py",
        "return len(names) == 1 or bool(names & _NO_NAMES)",
        "return len(names) == 1",
        "tests/actions/test_importing.py -k gives_no_name",
    ),
    Mutant(
        "choosing files: words around a place are believed at any length",
        "importers/_answers.py",
        "len(text + around) > MOST_LETTERS",
        "len(text) > MOST_LETTERS",
        "tests/importers/test_excerpt.py -k lying",
    ),
    Mutant(
        "choosing files: a name commands the terminal from the bar",
        "cli/_bar.py",
        'printable(PurePath(path or "").name)',
        'PurePath(path or "").name',
        "tests/cli/test_read.py -k command",
    ),
)

MUTANTS = (*VAULT, *DOOR, *READERS, *TABLES, *READINGS, *IMPORTS, *CHOOSING)


def survives(mutant: Mutant, place: Path) -> bool:
    """Tell whether the tests stay green without this guard. The text must stand in the file exactly once."""
    target = place / "src" / "secondlens" / mutant.file
    original = (ROOT / "src" / "secondlens" / mutant.file).read_text(encoding="utf-8")
    assert original.count(mutant.guard) == 1, (
        f"{mutant.name}: the guard is written {original.count(mutant.guard)} times"
    )
    target.write_text(original.replace(mutant.guard, mutant.without), encoding="utf-8")
    try:
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-x",
                "-q",
                "-n",
                "0",
                "-p",
                "no:cacheprovider",
                *mutant.tests.split(),
            ],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(place / "src")},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        target.write_text(original, encoding="utf-8")
    assert ran.returncode in {0, 1}, f"{mutant.name}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}"
    return ran.returncode == 0


def run(word: str = "") -> list[str]:
    """Try the mutants whose name has the word, print a line for each, and give those that survived."""
    alive = []
    with tempfile.TemporaryDirectory() as place:
        for name in _COPIED:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, Path(place) / name)
        for mutant in MUTANTS:
            if word in mutant.name:
                survived = survives(mutant, Path(place))
                alive += [mutant.name] * survived
                print(f"{'SURVIVED' if survived else 'noticed '}  {mutant.name}", flush=True)  # noqa: T201 - the report
    return alive


if __name__ == "__main__":
    sys.exit(1 if run(*sys.argv[1:2]) else 0)
