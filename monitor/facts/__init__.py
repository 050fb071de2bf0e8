"""Reads facts from text: amounts of money, addresses and transactions of blockchains, CVE ids. Pure."""

from monitor.facts.amounts import read_amounts
from monitor.facts.indicators import read_indicators

__all__ = ["read_amounts", "read_indicators"]
