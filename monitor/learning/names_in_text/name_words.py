"""Word lists from ``name_words.tsv``: words such as "group" or "malware", places, and words about thefts and attacks.

They help to decide where a name begins and ends, and whether an entry is about a crime.
"""

from __future__ import annotations

import re
from collections import defaultdict

from monitor.learning.names_in_text.phrases import read_table
from monitor.model import Text

_LISTS: dict[str, list[str]] = defaultdict(list)
for _list, _line in read_table("name_words.tsv"):
    _LISTS[_list] += _line.split(" ")
GROUP_WORDS, THING_WORDS, PLACES, COMMON_WORDS, LINKING_WORDS = (
    frozenset(_LISTS[name]) for name in ("group", "thing", "place", "common", "linking")
)
SMALL_WORDS, EMPTY_WORDS, FIRST_WORDS, LAST_WORDS = (
    frozenset(_LISTS[name]) for name in ("small", "empty", "first", "last")
)


def _beginnings(*lists: str) -> re.Pattern[str]:
    words = [word.replace("$", r"(?!\w)") for name in lists for word in _LISTS[name]]
    spaced = "|".join(word for word in words if word[0] < "\u3040")
    unspaced = "|".join(word for word in words if word[0] >= "\u3040")
    return re.compile(rf"(?<!\w)(?:{spaced})\w*|(?:{unspaced})", re.IGNORECASE)


_THEFT, _CRIME = _beginnings("theft"), _beginnings("theft", "attack")


def theft_word(text: Text) -> str:
    """Return the first word for a theft in the title or summary of *text*; empty if there is none."""
    match = _THEFT.search(text.title) or _THEFT.search(text.summary)
    return match[0] if match else ""


def crime_word(text: Text) -> str:
    """Return the first word for a theft or another attack in the title or summary of *text*; empty if there is none."""
    match = _CRIME.search(text.title) or _CRIME.search(text.summary)
    return match[0] if match else ""
