"""Frozen documents and pure rules: no files, no clock, no randomness, no numbers library."""
