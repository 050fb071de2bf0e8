"""Advice for editing a watchlist: the smallest changes that make a text match, or no longer match."""
