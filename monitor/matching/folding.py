"""Fold words for comparison: case, accents, width and look-alike letters of other scripts are ignored.

If a look-alike is not recognised ("Lаzаrus" with Cyrillic letters), add the letter to the table in this module.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# scripts written without spaces, or with particles attached to the name: always words of their own
CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0002fa1f"
)
_HAS_CJK = re.compile(f"[{CJK}]")

# Cyrillic, Greek, Armenian and stroked letters that look like Latin ones: replaced in names and texts alike, so that
# a name written entirely in Cyrillic still equals itself
_LOOK_ALIKES = str.maketrans(
    "авеёікмнорстухѕјһԁԛԝӏԍ" + "αβεηικνορτυχγϲϳ" + "օսցհղոռ" + "ıɑɡłøđħŧ",
    "abeeikmhopctyxsjhdqwlg" + "abenikvoptuxycj" + "ough" + "nnn" + "iaglodht",
)

# Arabic articles, conjunctions and prepositions attached to the word after them, and how many letters must remain.
# (Light stemming: Larkey, Ballesteros and Connell, "Improving stemming for Arabic information retrieval", SIGIR 2002.)
_ARABIC = re.compile("[\u0621-\u064a]")
_ARABIC_PREFIXES = (
    *((article, 3) for article in ("وال", "بال", "فال", "كال", "ال", "لل")),
    *((particle, 5) for particle in "وفبلك"),
)


def fold(word: str) -> str:
    """Return *word* in the form in which words are compared: without case, accents, width and invisible characters.

    Look-alike letters of other scripts become Latin ones: "Lаzаrus" with a Cyrillic "а" becomes ``lazarus``. The result
    is empty if nothing is left. Hangul syllables stay composed.
    """
    return word.lower() if word.isascii() else _fold(word)


@lru_cache(maxsize=8192)  # names and words repeat
def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    folded = unicodedata.normalize("NFC", kept.translate(_LOOK_ALIKES))
    return _without_prefixes(folded) if _ARABIC.match(folded) else folded


def _without_prefixes(word: str) -> str:
    """Return an Arabic *word* without the article, conjunctions and prepositions written together with it."""
    for prefix, remaining in _ARABIC_PREFIXES:
        if word.startswith(prefix) and len(word) >= len(prefix) + remaining:
            return _without_prefixes(word[len(prefix) :])
    return word


def has_cjk(text: str) -> bool:
    """Return whether *text* contains a Chinese, Japanese or Korean character."""
    return not text.isascii() and _HAS_CJK.search(text) is not None
