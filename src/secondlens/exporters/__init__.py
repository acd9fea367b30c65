"""Packets out: a packet in, bytes out. One format a file; no vault, no network, no settings."""
