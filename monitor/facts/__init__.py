"""Find facts in the text of an entry: amounts of money, blockchain addresses and transactions, and CVE ids."""

from monitor.facts.addresses import WatchedAddress, parse_address
from monitor.facts.amounts import read_amounts
from monitor.facts.indicators import read_indicators

__all__ = ["WatchedAddress", "parse_address", "read_amounts", "read_indicators"]
