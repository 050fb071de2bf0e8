"""Watches crypto news feeds for tracked actors and notifies the right people, once, with the reason."""
