"""Build the sample person's vault from real files: what a newcomer looks at first."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from secondlens.actions.importing import keep, new_run, read_paths
from secondlens.actions.packets import print_packet
from secondlens.domain.receipt import Receipt
from secondlens.sample import write_sample
from secondlens.sample.journey import JOURNEY, PASSPHRASE
from secondlens.vault import create_vault, open_vault


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMade:
    """Where the sample is. `receipts` is empty when the vault was there already and is used as it is."""

    vault_folder: Path
    packet: Path
    passphrase: str
    receipts: tuple[Receipt, ...]


def build_sample(folder: Path, made_on: date) -> SampleMade:
    """Write the sample files, import them into a new vault, open the case and print the packet.

    A sample vault that is there already is used as it is: what was tried out in it stays.
    """
    vault_folder, packet = folder / "Nora Sample.vault", folder / "packet.pdf"
    receipts = () if vault_folder.exists() else _make_vault(folder, vault_folder)
    with open_vault(vault_folder, passphrase=PASSPHRASE) as vault:
        packet.write_bytes(print_packet(vault, None, made_on, sample=True).pdf)
    return SampleMade(vault_folder=vault_folder, packet=packet, passphrase=PASSPHRASE, receipts=receipts)


def _make_vault(folder: Path, vault_folder: Path) -> tuple[Receipt, ...]:
    # Made under another name and renamed when whole, so that an interrupted first start leaves no half sample.
    making = folder / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    files = write_sample(folder / "files")
    case, parts_of = JOURNEY
    with create_vault(making / "vault", PASSPHRASE).vault as vault:
        run = new_run()
        receipts = tuple(keep(vault, read, run) for read in read_paths(files))
        for part in parts_of(vault.add(case).id):
            vault.add(part)
    (making / "vault").rename(vault_folder)
    making.rmdir()
    return receipts
