"""Watches crypto news feeds for tracked actors and tells the right people, once, with the reason."""
