"""Numbers beside the name of a coin that count or number something and are no amounts."""

from __future__ import annotations

import re

# "11 bitcoin ETFs", "500 BTC wallets": the number counts what comes after the coin
_COUNTED = re.compile(
    r"\s(?:spot\s)?(?:etfs?|etps?|miners?|mining|wallets?|address(?:es)?|atms?|holders?|nodes?|validators?|whales?"
    r"|traders?|transactions?|futures|options|funds?|investors?|exchanges?|companies|firms?|treasur(?:y|ies)|projects?"
    r"|users?|developers?|maximalists?|price|prices|upgrades?|blocks?|pools?|accounts?|conferences?|maxis?|clients?|apps?"
    r"|dapps?|contracts?|forks?|bridges?|startups?|scams|layers?|l2s?|rollups?|kiosks?|machines?|halvings?"
    r"|millionaires?|billionaires?|thefts|hacks|networks?|chains?)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(
    rf"{_COUNTED.pattern}|\s(?!(?:is|was|has|as|this|its|plus|across|less|versus|vs|thus|towards|unless)\b)[a-z]+s\b",
    re.IGNORECASE,
)
# "Nov 21 ETH fell", "layer 2 ETH": the number belongs to what comes before it
_NUMBERED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december|layer|level|tier|phase|stage|version|top|day|week|part|season|type|class|article|section|step"
    r"|no|number|chapter|round|block)[.#]?\s*$",
    re.IGNORECASE,
)


def counts_something(text: str, unit: str, end: int) -> bool:
    """Return whether a unit only names the things that are counted: "500 BTC wallets".

    Args:
        text: The field that holds the number.
        unit: The coin behind the number.
        end: Where the unit ends, in characters.
    """
    # Ethereum is the name of the network first, so that any plural behind it may be what is counted
    return (_PLURAL if unit.lower() == "ethereum" else _COUNTED).match(text, end) is not None


def is_numbered(text: str, start: int) -> bool:
    """Return whether the number at *start* belongs to the word before it: "Nov 21", "layer 2"."""
    return _NUMBERED.search(text[max(0, start - 14) : start]) is not None
