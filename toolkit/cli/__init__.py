"""Thin commands, one file a noun."""
