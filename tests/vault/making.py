"""Vaults and records that the vault's tests share. All people and facts are made up."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from secondlens.domain.clinical import Observation
from secondlens.domain.coding import Coding
from secondlens.domain.quantity import Quantity
from secondlens.domain.record import Record
from secondlens.domain.source import Source
from secondlens.domain.when import When
from secondlens.vault import Vault, open_vault

PASSPHRASE = "copper lantern under rain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A closed vault on disk, and what opens it."""

    folder: Path
    recovery_code: str

    def open(self) -> Vault:
        """Open with the recovery code, which costs no slow derivation."""
        return open_vault(self.folder, recovery_code=self.recovery_code)


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


def files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder with its bytes, to tell whether anything changed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
