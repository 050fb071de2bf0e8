"""The words that are never taken for a slip of the pen."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files


@cache
def load_words() -> frozenset[str]:
    """Return the shipped vocabulary, folded: about 75,000 English words and the trade's own.

    Read once, on the first call (about 20 ms). The English words are SCOWL's, in American and British spelling
    (http://wordlist.aspell.net; its licence is beside them, in WORDS-LICENSE). The trade's are our own.
    """
    room = files(__package__ or "monitor.matching")
    english = gzip.decompress(room.joinpath("words.txt.gz").read_bytes()).decode("ascii")
    trade = room.joinpath("trade-words.txt").read_text(encoding="ascii")
    return frozenset(english.split()) | frozenset(trade.split())
