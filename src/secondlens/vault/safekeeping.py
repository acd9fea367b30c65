"""An open vault's keys, lock, turns, copies and list of who saw what; `Vault` adds what it holds."""

import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from secondlens.errors import Damaged, Locked, NotAllowed
from secondlens.vault import backup, rotation
from secondlens.vault.audit import Action, Audited, audited, read_audit, write_audit
from secondlens.vault.backup import Backup, Proof
from secondlens.vault.check import CheckReport, check_keys, check_vault
from secondlens.vault.database import DamagedDatabase, checkpoint, connect, plain_errors, transaction
from secondlens.vault.keyring import Keyring, Way, unlock
from secondlens.vault.keys import DATABASE, read_keys
from secondlens.vault.ledger import now, read_ledger
from secondlens.vault.lock import VaultLock
from secondlens.vault.refusals import plain_refusals
from secondlens.vault.rollback import find_rollback
from secondlens.vault.slots import OWNER, Cost, calibrated_cost
from secondlens.vault.witness import Seen, witness_of


class VaultClosed(Locked):
    """The vault was closed while a page or a command still held it."""


class ReadOnly(Damaged):
    """A check found damage, so nothing is written until the vault is mended."""


class OwnersOnly(NotAllowed):
    """Whoever came in with a helper's passphrase or key wants to change the ways in."""


class Safekeeping:
    """What keeps an open vault safe. `older` says in words when an older copy was put back.

    Until `accept_copy` nothing that would hide this is written.
    """

    def __init__(self, keyring: Keyring, lock: VaultLock, database: Any) -> None:
        self.folder = keyring.folder
        self._keyring = keyring
        self._held = lock
        self._database = database
        self._turn = threading.RLock()
        self._open = True
        self._damaged = False
        self._read_by_others: set[str] = set()
        self._salt = bytes(database.execute("SELECT value FROM meta WHERE name = 'id_salt'").fetchone()[0])
        self._ledger = read_ledger(database)
        self._witness = witness_of(keyring.key.vault_id)
        self.older: str | None = None
        # Bad pages that this meets make the vault read-only; they must not keep anybody out.
        with suppress(DamagedDatabase), self._using():
            self.older = find_rollback(database, self._ledger, keyring, self._witness)
            self._note_opening()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write everything into the one file, close it, and let go of the lock. Closing twice is no error."""
        with self._turn:
            if self._open:
                self._open = False
                try:
                    with plain_errors(), closing(self._database):
                        checkpoint(self._database)
                finally:
                    self._held.release()

    def check(self, *, full: bool = False) -> CheckReport:
        """Read everything and tell what is not as it was written. Changes nothing; `full` reads originals too.

        After damage was found nothing more is written: that could make it worse.
        """
        with self._using():
            report = check_vault(self.folder, self._keyring.key, full=full)
        self._damaged = self._damaged or not report.ok
        return replace(report, findings=(self.older, *report.findings)) if self.older else report

    def check_quickly(self) -> CheckReport:
        """Tell whether the key files are whole and nothing is older than it should be; reads no records."""
        with self._using():
            findings = check_keys(self.folder, self._keyring.key)
        told = ((self.older,) if self.older else ()) + tuple(findings)
        return CheckReport(findings=told, records=0, documents=0)

    def accept_copy(self) -> None:
        """Go on with this copy of the vault although another one went further: from now on this one counts."""
        self._refuse_helpers()
        with self._turn:
            self.older = None
            self.note("copy-accepted")

    def ways(self) -> tuple[Way, ...]:
        """The ways into this vault, oldest first."""
        with self._turn:
            return self._keyring.ways()

    @property
    def way(self) -> Way:
        """The way this vault was opened by."""
        return self._keyring.way

    @property
    def vault_id(self) -> str:
        """The name of this vault among all: it stays the same in copies and backups."""
        return self._keyring.key.vault_id

    @property
    def epoch(self) -> int:
        """The number of the key: one more each time it is replaced."""
        return self._keyring.key.epoch

    @property
    def damaged(self) -> bool:
        """Tell whether damage was met since the vault was opened, so that nothing more is written."""
        return self._damaged

    def add_passphrase(self, passphrase: str, *, label: str, whose: str = OWNER, cost: Cost | None = None) -> Way:
        """Let one more passphrase open the vault. Raises NotAllowed for a weak one."""
        settled = cost or calibrated_cost()
        return self._change_ways(
            "way-added",
            lambda keys: keys.add_passphrase(passphrase, label=label, whose=whose, cost=settled),
        )

    def change_passphrase(self, way_id: str, passphrase: str, *, cost: Cost | None = None) -> Way:
        """Put another passphrase in the place of one. Raises NotFound, NotAllowed."""
        settled = cost or calibrated_cost()
        return self._change_ways(
            "way-changed", lambda keys: keys.change_passphrase(way_id, passphrase, cost=settled)
        )

    def add_person(self, recipient: str, *, label: str) -> Way:
        """Let a trusted person open the vault with the age key of this recipient. Raises UnusableRecipient."""
        return self._change_ways("way-added", lambda keys: keys.add_person(recipient, label=label))

    def set_recovery_code(self, code: str, *, keep_others: bool = False) -> Way:
        """Let a new recovery code open the vault, once the person typed it from their paper. The others end."""
        return self._change_ways("way-changed", lambda keys: keys.set_recovery_code(code, keep_others=keep_others))

    def check_recovery_code(self, code: str) -> None:
        """Prove that a code on paper opens this vault, and note it. Raises Locked."""
        with self._turn:
            with plain_refusals():
                way = unlock(read_keys(self.folder), recovery_code=code).way
            self.note("code-checked", way.id)

    def remove_way(self, way_id: str) -> Way:
        """Take a way in away. Old copies of the vault still open with it. Raises NotFound, LastWay."""
        return self._change_ways("way-removed", lambda keys: keys.remove(way_id))

    def rotate(self, passphrase: str, recovery_code: str, *, cost: Cost | None = None) -> None:
        """Replace the vault's key and encrypt everything anew: what others know of the old key ends here.

        The owner's passphrase, this recovery code (the old one, or a new one that is on paper by now) and the
        trusted persons open it afterwards; other passphrases do not. Old copies and backups open the old ways.
        """
        self._refuse_helpers()
        self._refuse_damaged()
        with self._using() as database, plain_refusals():
            try:
                self._database = rotation.rotate(self._keyring, database, passphrase, recovery_code, cost)
            except BaseException:
                self._go_on_or_close()
                raise
            self._after_key_change("key-replaced", str(self._keyring.key.epoch))

    def back_up(self, into: Path, *, why: str = "asked") -> Backup:
        """Write a locked copy into a folder, verified from its first byte to its last. Raises Damaged, NotAllowed.

        Others may go on reading and writing meanwhile: the copy is as of its beginning.
        """
        with closing(self._connect()) as database, plain_refusals():
            made = backup.make_backup(self._keyring, database, into, why=why)
        self.note("backed-up", made.name)
        return made

    def prove_backup(self, copy: Backup) -> Proof:
        """Restore a backup into a fresh folder, check all of it, and throw that folder away. Raises Damaged."""
        with plain_refusals():
            proof = backup.prove(copy, self._keyring.key)
        self.note("restore-proven", copy.name)
        return proof

    def rewrap_backups(self, into: Path, passphrase: str) -> tuple[Backup, ...]:
        """Encrypt the backups in a folder anew under the key of now, so that the ways that ended end there too."""
        self._refuse_helpers()
        with plain_refusals():
            return backup.rewrap(into, self._keyring, passphrase)

    def note(self, action: Action, about: str = "") -> None:
        """Write into the list of who saw what: here, what was taken out of the vault and where to."""
        with self._changing() as database:
            write_audit(database, self._ledger, audited(now(), self.way, action, about))

    def audit(self, most: int = 500, action: Action | None = None) -> tuple[Audited, ...]:
        """Who saw what, newest first; all of it or one action."""
        with self._using() as database:
            return read_audit(database, most, action)

    def _change_ways(self, action: Action, change: Callable[[Keyring], Way]) -> Way:
        self._refuse_helpers()
        self._refuse_damaged()
        with self._turn, plain_refusals():
            way = change(self._keyring)
            self._after_key_change(action, way.label or way.kind)
            return way

    def _after_key_change(self, action: Action, about: str) -> None:
        """Tell the database how often the keys were changed; it is told last, so a crash raises no false alarm."""
        with self._changing() as database:
            at = now()
            database.execute(
                "UPDATE meta SET value = ? WHERE name = 'keys_serial'", (str(self._keyring.serial).encode(),)
            )
            self._ledger.enter(database, "meta", "keys_serial", at)
            write_audit(database, self._ledger, audited(at, self.way, action, about))

    def _note_opening(self) -> None:
        """Take over the tries that failed, and write that the vault was opened, by what way and where."""
        with self._changing() as database:
            for failed in self._witness.tries():
                line = Audited(
                    at=failed.at, way="", who=failed.kind, action="open-failed", object="", device=platform.node()
                )
                write_audit(database, self._ledger, line)
            write_audit(database, self._ledger, audited(now(), self.way, "opened"))
        self._witness.taken_over()

    def _note_reading(self, *what: str) -> None:
        """Write what a helper looks at, once while the vault is open."""
        if self.way.whose != OWNER:
            for one in dict.fromkeys(what):
                if one not in self._read_by_others:
                    self._read_by_others.add(one)
                    self.note("read", one)

    def _refuse_helpers(self) -> None:
        if self.way.whose != OWNER:
            raise OwnersOnly(
                "Only the owner can change the ways into this vault. "
                "Ask them to open it with their own passphrase."
            )

    def _refuse_damaged(self) -> None:
        if self._damaged:
            raise ReadOnly(
                "A check found damage in this vault, so nothing more is written to it. Everything that can be "
                "read is still here. Close Secondlens and run: secondlens repair"
            )

    @contextmanager
    def _changing(self) -> Iterator[Any]:
        """Write what happens inside, whole or not at all; when this is left it has reached the disk.

        Afterwards the log is emptied and the anchors are moved on, so that neither a damaged log nor an older copy
        can hide what was just written.
        """
        self._refuse_damaged()
        with self._using() as database:
            with transaction(database):
                yield database
            checkpoint(database)
            self._anchor(database)

    def _anchor(self, database: Any) -> None:
        """Tell the key file and this computer where the ledger ends, unless an older copy waits to be accepted."""
        if self.older:
            return
        end = self._ledger.end(database)
        # What was written is safe already: a full disk here is no reason to call the write a failure.
        with suppress(OSError):
            self._keyring.save_anchor(end)
            self._witness.remember(Seen(anchor=end, serial=self._keyring.serial))

    def _connect(self) -> Any:
        """One more connection, for what takes long."""
        with self._using():
            return connect(self.folder / DATABASE, self._keyring.key)

    @contextmanager
    def _using(self) -> Iterator[Any]:
        """Take a turn with the database, and say its errors in plain words."""
        with self._turn:
            if not self._open:
                raise VaultClosed("The vault is locked. Open it with your passphrase to go on.")
            try:
                with plain_errors():
                    yield self._database
            except DamagedDatabase:
                self._damaged = True
                self._connect_again()
                raise

    def _go_on_or_close(self) -> None:
        """After a change of the key that failed: go on with the key of before, or leave the rest to opening."""
        try:
            self._database = connect(self.folder / DATABASE, self._keyring.key)
        except Damaged:
            self._open = False
            self._held.release()

    def _connect_again(self) -> None:
        """A connection that met a bad page stays broken; a fresh one still reads everything else."""
        with suppress(Damaged):
            fresh = connect(self.folder / DATABASE, self._keyring.key)
            self._database.close()
            self._database = fresh
