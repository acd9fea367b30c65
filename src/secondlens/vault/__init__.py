"""Keeping: one locked vault for one person. The only place with SQL or cryptography."""

from secondlens.vault.check import CheckReport
from secondlens.vault.documents import Document
from secondlens.vault.opening import NewVault, create_vault, open_vault
from secondlens.vault.rows import Version
from secondlens.vault.search import Found
from secondlens.vault.slots import LEAST_COST, Cost
from secondlens.vault.vault import Vault

__all__ = [
    "LEAST_COST",
    "CheckReport",
    "Cost",
    "Document",
    "Found",
    "NewVault",
    "Vault",
    "Version",
    "create_vault",
    "open_vault",
]
