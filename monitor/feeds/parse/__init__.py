"""Parses documents into entries: parsing in worker processes, cleaning of texts, identity."""
