"""Vaults and records that the vault's tests share. All people and facts are made up."""

import hashlib
import shutil
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from secondlens.domain.clinical import Observation
from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.samples import MINUTES, NUMBER, PLACE, WHOLE, Samples
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.vault import Vault, open_vault
from secondlens.vault.keyring import unlock
from secondlens.vault.keys import VaultKey, read_keys
from secondlens.vault.witness import state_folder

PASSPHRASE = "copper lantern under rain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A closed vault on disk, and what opens it."""

    folder: Path
    recovery_code: str

    def open(self) -> Vault:
        """Open with the recovery code, which costs no slow derivation."""
        return open_vault(self.folder, recovery_code=self.recovery_code)


def key_of(place: Place) -> VaultKey:
    """The key of a vault, as its recovery code opens it."""
    key = unlock(read_keys(place.folder), recovery_code=place.recovery_code).key
    assert key
    return key


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def results(content: bytes, count: int, value: str = "5.4") -> tuple[Record, ...]:
    """Laboratory results as an importer would read them from a file with this content."""
    return tuple(
        Observation(
            title=f"Ferritin number {place}",
            codes=(Coding("http://loinc.org", f"{place}-1"),),
            start=When("2024-03-02"),
            value=Quantity(value, "ug/L"),
            identifiers=(f"urn:example:{place}",),
            source=Source(fingerprint(content), f"entry[{place}]", "example"),
        )
        for place in range(count)
    )


def samples(
    *readings: tuple[int, int, float | str],
    metric: str = "HeartRate",
    source: str = "Watch",
    offset: int = 60,
    summary: bool = False,
) -> Samples:
    """Readings of (start, end, number or code), in seconds since 1970 UTC."""
    codes = tuple(dict.fromkeys(value for *_, value in readings if isinstance(value, str)))
    values = [codes.index(value) if isinstance(value, str) else value for *_, value in readings]
    return Samples(
        metric=metric,
        unit="" if codes else "count/min",
        source=source,
        starts=array(WHOLE, [start for start, *_ in readings]).tobytes(),
        ends=array(WHOLE, [end for _, end, _ in readings]).tobytes(),
        offsets=array(MINUTES, [offset] * len(readings)).tobytes(),
        values=array(NUMBER, values).tobytes(),
        notes=array(PLACE, [0] * len(readings)).tobytes(),
        abouts=('{"device":"Watch 7"}',),
        codes=codes,
        summary=summary,
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A vault as it was at one moment. Putting it back also makes this computer forget what it saw since."""

    folder: Path
    files: dict[str, bytes]

    @classmethod
    def taken(cls, folder: Path) -> Self:
        """Read every file of a vault."""
        return cls(folder, dict(files_in(folder)))

    def put_back(self, **changed: bytes) -> None:
        """Write every file again; `changed` gives other bytes for a file, its dots written as _."""
        shutil.rmtree(state_folder(), ignore_errors=True)
        for name, content in self.files.items():
            (self.folder / name).write_bytes(changed.get(name.replace(".", "_"), content))


def files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder with its bytes, to tell whether anything changed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
