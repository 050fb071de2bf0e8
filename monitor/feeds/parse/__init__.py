"""Parses documents into entries: one module for each format, worker processes, identity of entries."""
