"""Safekeeping: the ways in, who saw what, backups, and what to do when something is wrong with the vault."""
