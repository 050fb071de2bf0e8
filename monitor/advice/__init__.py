"""Propose edits of the watchlist: the smallest changes that make a text a hit, or no longer a hit."""
