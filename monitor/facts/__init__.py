"""Find facts in the text of an entry: amounts of money, blockchain addresses and transactions, and CVE ids."""

from monitor.facts.addresses import WatchedAddress, parse_address
from monitor.facts.amounts import read_amounts
from monitor.facts.indicators import NONE_WATCHED, distinct_indicators, find_indicators, read_indicators

__all__ = [
    "NONE_WATCHED",
    "WatchedAddress",
    "distinct_indicators",
    "find_indicators",
    "parse_address",
    "read_amounts",
    "read_indicators",
]
