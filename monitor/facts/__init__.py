"""Find facts in the text of an entry: amounts of money, blockchain addresses and transactions, and CVE ids."""

from monitor.facts.amounts import read_amounts
from monitor.facts.indicators import read_indicators

__all__ = ["read_amounts", "read_indicators"]
