"""The rarity of words: the fewer texts contain a word, the more two texts that do have in common."""

from __future__ import annotations

import gzip
import math
from functools import cache
from importlib.resources import files

MOST = 8.0  # of a word in no text or in a few; the largest value there is
TABLE = "words.tsv.gz"


@cache
def _table() -> tuple[dict[str, float], float]:
    """Return the rarity of every word that is known, and that of all others.

    Read once, on the first call (about 10 ms). The counts are of 15,721 news items about cryptocurrencies, security
    and finance of 2009 to 2026, titles and summaries; words of a single one are left out. ``benchmarks/story_words.py``
    makes the file.
    """
    lines = gzip.decompress(files(__package__ or "monitor.stories").joinpath(TABLE).read_bytes()).decode().splitlines()
    texts = int(lines[0])
    counts = (line.split("\t") for line in lines[1:])
    known = {word: min(MOST, math.log((texts + 1) / (int(count) + 1))) for word, count in counts}
    return known, min(MOST, math.log((texts + 1) / 2))


def rarity(word: str) -> float:
    """Return the rarity of *word*, as ``stem`` returns it: from 0, in every text, to ``MOST``."""
    known, unknown = _table()
    return known.get(word, unknown)
