"""Reads facts out of text: sums of money, addresses and transactions of chains, CVE ids. Pure."""

from monitor.facts.amounts import read_amounts
from monitor.facts.indicators import read_indicators

__all__ = ["read_amounts", "read_indicators"]
