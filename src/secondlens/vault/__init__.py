"""Keeping: one locked vault for one person. The only place with SQL or cryptography."""

from secondlens.vault.audit import Audited
from secondlens.vault.backup import Backup, Proof, list_backups, prune, read_backup, usual_place
from secondlens.vault.check import CheckReport
from secondlens.vault.documents import Document
from secondlens.vault.gathering import Gathered, Readings
from secondlens.vault.imports import Import, Withdrawn
from secondlens.vault.keyring import Way
from secondlens.vault.opening import NewVault, create_vault, open_vault, repair_vault, restore_vault
from secondlens.vault.passing import Original, PassingOriginal, TakeBytes
from secondlens.vault.recovery_code import new_recovery_code, same_code
from secondlens.vault.repair import Mended
from secondlens.vault.rows import Version
from secondlens.vault.search import Found
from secondlens.vault.series import Day, Reading, Series
from secondlens.vault.slots import LEAST_COST, Cost
from secondlens.vault.tellings import Telling
from secondlens.vault.vault import Vault

__all__ = [
    "LEAST_COST",
    "Audited",
    "Backup",
    "CheckReport",
    "Cost",
    "Day",
    "Document",
    "Found",
    "Gathered",
    "Import",
    "Mended",
    "NewVault",
    "Original",
    "PassingOriginal",
    "Proof",
    "Reading",
    "Readings",
    "Series",
    "TakeBytes",
    "Telling",
    "Vault",
    "Version",
    "Way",
    "Withdrawn",
    "create_vault",
    "list_backups",
    "new_recovery_code",
    "open_vault",
    "prune",
    "read_backup",
    "repair_vault",
    "restore_vault",
    "same_code",
    "usual_place",
]
