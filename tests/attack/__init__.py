"""Attacks that run longer than a test may: each is a script, and a short round of it is a test."""
