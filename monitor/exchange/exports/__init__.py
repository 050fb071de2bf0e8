"""Exports of hits, feeds and cases to the formats of other programs."""
