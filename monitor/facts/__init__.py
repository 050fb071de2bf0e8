"""Reads facts out of text: sums of money."""

from monitor.facts.amounts import read_amounts

__all__ = ["read_amounts"]
