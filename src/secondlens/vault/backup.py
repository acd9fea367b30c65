"""Backups: locked copies of a vault, each verified when it is made, and proven by restoring them for real.

A backup is a folder NAME.DATE.backup: a vault by itself, which any Secondlens opens, beside a signed manifest. It
is made under another name and renamed when all of it was checked, so what has the name is whole.
"""

import hmac
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from secondlens.errors import Damaged, NotAllowed
from secondlens.vault._canonical import Json, canonical, parse_canonical
from secondlens.vault._files import make_private_file, save_privately, sync_file, sync_folder
from secondlens.vault.check import CheckReport, check_database
from secondlens.vault.database import connect, copy_packed, copy_with_key
from secondlens.vault.keyring import Keyring, unlock
from secondlens.vault.keys import DATABASE, KEY_FILE, PREVIOUS_KEY_FILE, VaultKey, read_keys
from secondlens.vault.ledger import Anchor
from secondlens.vault.lock import LOCK_FILE
from secondlens.vault.recovery_note import RECOVERY_FILE, RECOVERY_NOTE
from secondlens.vault.refusals import plain_refusals, refuse_no_room

MANIFEST = "manifest.json"
FORMAT = "secondlens-backup/1"
BEFORE_UPGRADE = "before-upgrade"
_ENDING = ".backup"
_REWRAPPED = "-key"
_COPIED = (DATABASE, KEY_FILE)
_LARGEST_MANIFEST = 64 * 1024
# How many days, weeks and months keep their newest backup; one from before an upgrade stays a month in any case.
_DAYS, _WEEKS, _MONTHS, _UPGRADE_DAYS = 7, 4, 12, 30


class BadBackup(Damaged):
    """A backup is not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was found whole by its manifest. `made_at` UTC; `size` of its database in bytes.

    `why` is "asked", "scheduled" or "before-upgrade". `end` is where the ledger ended.
    """

    folder: Path
    vault_id: str
    epoch: int
    made_at: str
    why: str
    records: int
    documents: int
    size: int
    end: Anchor | None

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A restore that was tried for real: when (UTC), and how much came back."""

    name: str
    at: str
    records: int
    documents: int


def usual_place(vault: Path) -> Path:
    """Where the backups of a vault go as long as nothing else was said: the folder NAME.backups beside it."""
    return vault.with_name(f"{vault.stem}.backups")


def make_backup(keyring: Keyring, database: Any, into: Path, *, why: str) -> Backup:
    """Write and verify a backup from an open connection. Raises NotAllowed without room, BadBackup when bad."""
    if keyring.folder == into or keyring.folder in into.parents:
        raise NotAllowed("A backup inside the vault's own folder would be lost with it. Choose another folder.")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_no_room(into, (keyring.folder / DATABASE).stat().st_size)
    moment = datetime.now(UTC)
    _clear_unfinished(into, keyring.folder.stem)
    folder = _free_name(into, f"{keyring.folder.stem}.{moment:%Y-%m-%d-%H%M%S}")
    with _made_aside(folder) as making:
        copy_packed(database, making / DATABASE)
        _finish(making, keyring, why=why, made_at=moment.isoformat(timespec="seconds"))
    return _found(folder)


def list_backups(into: Path, vault_id: str | None = None) -> tuple[Backup, ...]:
    """The backups in a folder whose manifest and files are in order, newest first; of one vault, or of all."""
    with plain_refusals():
        found = [read_backup(folder) for folder in into.glob(f"*{_ENDING}") if (folder / MANIFEST).is_file()]
    mine = (one for one in found if one and vault_id in {None, one.vault_id})
    return tuple(sorted(mine, key=lambda one: one.made_at, reverse=True))


def read_backup(folder: Path) -> Backup | None:
    """Read the manifest of a backup; None when it is not one of ours or a file is missing or cut short.

    No key is needed, and none of the bytes are read: that is what proving is for.
    """
    told = _read_manifest(folder)
    if told is None or any(
        not (folder / name).is_file() or (folder / name).stat().st_size != about["size"]
        for name, about in told["files"].items()
    ):
        return None
    return Backup(
        folder=folder,
        vault_id=told["vault_id"],
        epoch=told["epoch"],
        made_at=told["made_at"],
        why=told["why"],
        records=told["records"],
        documents=told["documents"],
        size=told["files"][DATABASE]["size"],
        end=Anchor(**told["end"]) if told["end"] else None,
    )


def prove(copy: Backup, key: VaultKey) -> Proof:
    """Copy a backup into a fresh folder beside it, open it there, check all of it, and remove that folder.

    Raises BadBackup, and NotAllowed when the backup was made under an earlier key of the vault.
    """
    if copy.epoch != key.epoch or copy.vault_id != key.vault_id:
        raise NotAllowed("This backup was made under an earlier key of the vault. Make a new one, and prove that.")
    place = copy.folder.parent
    refuse_no_room(place, copy.size)
    trying = place / f".proving.{secrets.token_hex(4)}"
    try:
        take_out(copy.folder, trying, key)
    finally:
        shutil.rmtree(trying, ignore_errors=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Proof(name=copy.name, at=at, records=copy.records, documents=copy.documents)


def take_out(copy: Path, folder: Path, key: VaultKey) -> None:
    """Copy a backup to a new folder as a vault, and check that every byte and every record is as it was made."""
    told = _read_manifest(copy)
    if told is None or not hmac.compare_digest(_mac(told, key), str(told.get("mac")).encode(errors="replace")):
        raise BadBackup("The list of contents of this backup (manifest.json) is damaged. Use another backup.")
    folder.mkdir(mode=0o700)
    for name, about in told["files"].items():
        if _copy_private(copy / name, folder / name) != about["sha256"]:
            raise BadBackup(f"This backup is damaged: {name} is not what was written. Use another backup.")
    report = _verified(folder / DATABASE, key)
    if (report.records, report.documents) != (told["records"], told["documents"]) or _end(report) != told["end"]:
        raise BadBackup("This backup does not hold what it held when it was made. Use another backup.")
    save_privately(folder / PREVIOUS_KEY_FILE, (folder / KEY_FILE).read_bytes())
    make_private_file(folder / LOCK_FILE)
    save_privately(folder / RECOVERY_FILE, RECOVERY_NOTE.encode())


def prune(copies: Iterable[Backup], today: date, proven: str | None) -> tuple[Backup, ...]:
    """Remove what the rotation no longer wants, and tell which: 7 days, 4 weeks and 12 months keep their newest.

    The newest of all and the one proven last (`proven`, its name) always stay.
    """
    gone = worn_out(copies, today, proven)
    with plain_refusals():
        for copy in gone:
            _remove(copy)
    return gone


def worn_out(copies: Iterable[Backup], today: date, proven: str | None) -> tuple[Backup, ...]:
    """Tell which backups of one vault the rotation no longer wants."""
    newest_first = sorted(copies, key=lambda one: one.made_at, reverse=True)
    kept = {one.name for one in newest_first[:1]} | {proven}
    for span, most in ((_by_day, _DAYS), (_by_week, _WEEKS), (_by_month, _MONTHS)):
        newest_of: dict[str, str] = {}
        for one in newest_first:
            newest_of.setdefault(span(one), one.name)
        kept |= set(list(newest_of.values())[:most])
    young = today - timedelta(days=_UPGRADE_DAYS)
    kept |= {one.name for one in newest_first if one.why == BEFORE_UPGRADE and _day(one) >= young}
    return tuple(one for one in newest_first if one.name not in kept)


def rewrap(into: Path, keyring: Keyring, passphrase: str) -> tuple[Backup, ...]:
    """Encrypt every backup made under an earlier key anew under the key of now; gives those that were.

    The old keys come out of each backup's own key file with the owner's passphrase. Raises Locked when that was
    another one then: such a backup can only be removed.
    """
    earlier = [one for one in list_backups(into, keyring.key.vault_id) if one.epoch != keyring.key.epoch]
    return tuple(_rewrap_one(one, keyring, passphrase) for one in earlier)


def _rewrap_one(copy: Backup, keyring: Keyring, passphrase: str) -> Backup:
    key = unlock(read_keys(copy.folder), passphrase=passphrase).key
    if key is None:
        raise BadBackup("The key file of this backup is damaged. Use another backup.")
    refuse_no_room(copy.folder.parent, 2 * copy.size)
    stem = copy.name.removesuffix(_ENDING).partition(_REWRAPPED)[0]
    folder = copy.folder.with_name(f"{stem}{_REWRAPPED}{keyring.key.epoch}{_ENDING}")
    with _made_aside(folder) as making:
        unpacked = making / "unpacked"
        take_out(copy.folder, unpacked, key)
        with closing(connect(unpacked / DATABASE, key)) as database:
            copy_with_key(database, making / DATABASE, keyring.key)
        shutil.rmtree(unpacked)
        _finish(making, keyring, why=copy.why, made_at=copy.made_at)
    _remove(copy)
    return _found(folder)


def _free_name(into: Path, stem: str) -> Path:
    """Two backups can be made within one second."""
    number = 1
    while (folder := into / f"{stem}{f'-{number}' if number > 1 else ''}{_ENDING}").exists():
        number += 1
    return folder


def _clear_unfinished(into: Path, stem: str) -> None:
    """Remove what an earlier backup, proof or removal of this vault left when it was cut off."""
    for pattern in (f".{stem}.*{_ENDING}.*.new", f".{stem}.*{_ENDING}.old", ".proving.*"):
        for left in into.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


def _remove(copy: Backup) -> None:
    """Renamed first: a removal cut off half-way must not leave something that has the name of a backup."""
    aside = copy.folder.with_name(f".{copy.name}.old")
    copy.folder.rename(aside)
    shutil.rmtree(aside)


def _found(folder: Path) -> Backup:
    made = read_backup(folder)
    if made is None:
        raise BadBackup("The backup vanished while it was made. Check the disk it lies on, then try again.")
    return made


@contextmanager
def _made_aside(folder: Path) -> Iterator[Path]:
    """Make a folder under another name, and give it its own when all went well."""
    making = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    making.mkdir(mode=0o700)
    try:
        yield making
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def _finish(making: Path, keyring: Keyring, *, why: str, made_at: str) -> None:
    """Check a copied database, and put its key file, recovery note and manifest beside it."""
    report = _verified(making / DATABASE, keyring.key)
    save_privately(making / KEY_FILE, keyring.spelled_with(report.end))
    save_privately(making / RECOVERY_FILE, RECOVERY_NOTE.encode())
    told: Json = {
        "format": FORMAT,
        "vault_id": keyring.key.vault_id,
        "epoch": keyring.key.epoch,
        "made_at": made_at,
        "why": why,
        "records": report.records,
        "documents": report.documents,
        "end": _end(report),
        "files": {
            name: {"size": (making / name).stat().st_size, "sha256": _fingerprint(making / name)}
            for name in _COPIED
        },
    }
    save_privately(making / MANIFEST, canonical({**told, "mac": _mac(told, keyring.key).decode()}) + b"\n")


def _verified(database: Path, key: VaultKey) -> CheckReport:
    """Check a copy from end to end; opening it leaves no log behind."""
    report = check_database(database, key, full=True)
    if not report.ok:
        raise BadBackup(f"This copy of the vault is not whole, so it does not count. {report.findings[0]}")
    return report


def _read_manifest(folder: Path) -> Json | None:
    try:
        with (folder / MANIFEST).open("rb") as file:
            told = parse_canonical(file.read(_LARGEST_MANIFEST).removesuffix(b"\n"))
    except OSError:
        return None
    return told if told and told.get("format") == FORMAT and _well_formed(told) else None


def _well_formed(told: Json) -> bool:
    files, end = told.get("files"), told.get("end", "missing")
    return (
        all(isinstance(told.get(name), str) for name in ("vault_id", "made_at", "why"))
        and re.fullmatch(r"\d{4}-[01]\d-[0-3]\dT[\d:+]+", told["made_at"]) is not None
        and all(type(told.get(name)) is int for name in ("epoch", "records", "documents"))
        and isinstance(files, dict)
        and set(files) == set(_COPIED)
        and all(isinstance(one, dict) and set(one) == {"size", "sha256"} for one in files.values())
        and (end is None or (isinstance(end, dict) and set(end) == {"seq", "head", "at"}))
    )


def _mac(told: Json, key: VaultKey) -> bytes:
    signed = {name: value for name, value in told.items() if name != "mac"}
    return hmac.new(key.part("backup"), canonical(signed), sha256).hexdigest().encode()


def _end(report: CheckReport) -> Json | None:
    return asdict(report.end) if report.end else None


def _copy_private(source: Path, target: Path) -> str:
    """Copy a file for its owner alone; gives the SHA-256 of what was copied, when it has reached the disk."""
    digest = sha256()
    make_private_file(target)
    try:
        with source.open("rb") as read, target.open("wb") as written:
            while piece := read.read(1024 * 1024):
                digest.update(piece)
                written.write(piece)
    except FileNotFoundError:
        raise BadBackup("A file of this backup is missing. Use another backup.") from None
    sync_file(target)
    return digest.hexdigest()


def _fingerprint(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(1024 * 1024):
            digest.update(piece)
    return digest.hexdigest()


def _day(copy: Backup) -> date:
    return date.fromisoformat(copy.made_at[:10])


def _by_day(copy: Backup) -> str:
    return copy.made_at[:10]


def _by_week(copy: Backup) -> str:
    return "{}-{}".format(*_day(copy).isocalendar()[:2])


def _by_month(copy: Backup) -> str:
    return copy.made_at[:7]
