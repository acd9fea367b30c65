"""Bringing files in: choose them, watch them being read, see what is in them, keep or throw away, the receipt."""
