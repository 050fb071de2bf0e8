"""Imports from other formats into packs of the watchlist: lists of names in CSV."""
