"""Split a text into comparable tokens, in any script, and look up how rare each token is in news.

A token is a word without its English ending, a name, or a number. The rarer a token is, the more it shows that two
texts report the same event.
"""

from __future__ import annotations

import gzip
import math
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from sys import intern

_TOKEN = re.compile(
    r"((\d+(?:,\d{3})*(?:\.\d+)?)(?:[\s-]?(k|m|mn|mln|million|bn?|billion|tn?|trillion)(?![^\W_]))?)|([^\W_]+)",
    re.IGNORECASE,
)  # a number as written, its digits, its scale; or a word
_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}  # by first letter

# some feeds write "10. 5 million" and "U. S."
_TORN = re.compile(r"(?<=\d)([.,]) (?=\d)")
_INITIALS = re.compile(r"\b([A-Z])\. ?(?=[A-Z]\b)")
_COMPASS = {"N": "North", "S": "South"}
_HALF_OF_KOREA = re.compile(r"\b([NS])\.? ?(?=Korea)")

_CAPITALISED = re.compile(r"[A-Z][\w’']*(?:[ -](?:of |and |for |the )?[A-Z][\w’']*)+")
_ABBREVIATION_LETTERS = (3, 4, 5)

_SILENT = """
    a about after all also amid an and any are as at be been but by can could do does for from had has have he her his
    how if in into is it its just may might more most new no not now of off on one or our out over per report reported
    reportedly reports said say says she so some than that the their them then there these they this those to two up us
    via was we were what when where which while who why will with would you your
    appeared com key post takeaways tldr http https www
"""
_STOP = frozenset(_SILENT.split())

# words for the same thing that differ by more than an ending
_SAME = {
    "btc": "bitcoin", "eth": "ether", "ethereum": "ether", "stole": "steal", "stolen": "steal", "theft": "steal",
    "thefts": "steal", "heist": "steal", "heists": "steal", "sued": "sue", "seized": "seiz", "seizure": "seiz",
}  # fmt: skip
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ers", "ed", "er", "es", "s", "ly")
_SHORTEST = 4  # letters that must remain when an ending is removed

MAX_RARITY = 8.0  # the rarity of a word that occurs in no text
MAX_KNOWN_RARITY = 7.9  # the largest rarity of a word that occurs in two texts or more
TABLE = "words.tsv.gz"


def tokens(text: str) -> list[tuple[str, str]]:
    """Return the tokens of *text*: pairs of the key of a word and the word as written; stop words are left out.

    The key of a number is its value, so that 120K, 120,000 and 0.12 million have the same key ``#120000``.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'")
    if "." in text:
        text = _INITIALS.sub(r"\1", text)
    if ". " in text or ", " in text:
        text = _TORN.sub(r"\1", text)
    if "Korea" in text:
        text = _HALF_OF_KOREA.sub(lambda m: _COMPASS[m[1]] + " ", text)
    found = [
        _word(word) if word else (_number(digits, scale), number)
        for number, digits, scale, word in _TOKEN.findall(text)
    ]
    return [token for token in found if token[0]]


@lru_cache(maxsize=8192)  # the same words come again and again; more would be mostly words that came once
def _word(written: str) -> tuple[str, str]:
    """Return the comparison key of a word (see ``stem``) and the word itself, both interned to save memory."""
    return intern(stem(written.lower())), intern(written)


def _number(digits: str, scale: str) -> str:
    value = float(digits.replace(",", "")) * (_SCALES[scale[0].lower()] if scale else 1)
    return f"#{value:.12g}"


def stem(word: str) -> str:
    """Return a lower-case word without accents and English endings, for comparison; empty for a stop word."""
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(c for c in decomposed if not unicodedata.combining(c))
        word = unicodedata.normalize("NFC", word)  # Hangul stays composed
    if word in _STOP or (len(word) == 1 and word.isascii()):
        return ""
    if word in _SAME:
        return _SAME[word]
    if any(map(str.isdigit, word)):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word[: -len(ending)]
            break
    if len(word) > _SHORTEST + 1 and word.endswith("an"):  # Korean, Russian, American
        word = word[:-1]
    return word[:-1] if len(word) > _SHORTEST and word[-1] in "eiy" else word


def is_name(written: str) -> bool:
    """Return whether a word is written like a name: with a capital letter, or in a script without capitals."""
    return not written[0].islower()


def initials(text: str) -> frozenset[str]:
    """Return the initials of each run of capitalised words: "jlr" for Jaguar Land Rover."""
    rows = (re.split(r"[ -]", found[0]) for found in _CAPITALISED.finditer(text))
    found = {"".join(word[0] for word in row if word[:1].isupper()).lower() for row in rows}
    return frozenset(letters for letters in found if len(letters) >= _ABBREVIATION_LETTERS[0])


def is_abbreviation(written: str) -> bool:
    """Return whether a word may be the initials of a name: it consists of three to five capitals."""
    return len(written) in _ABBREVIATION_LETTERS and written.isupper()


@cache
def _table() -> tuple[dict[str, float], float]:
    """Return the rarity of each known word, and the rarity of all other words.

    The first call reads the file (about 10 ms). It was counted in the titles and summaries of 15,721 news items about
    cryptocurrencies, security and finance from 2009 to 2026; words of a single item are left out.
    ``benchmarks/story_words.py`` creates it.
    """
    lines = gzip.decompress(files(__package__ or "monitor.stories").joinpath(TABLE).read_bytes()).decode().splitlines()
    texts = int(lines[0])
    counts = (line.split("\t") for line in lines[1:])
    known = {word: min(MAX_KNOWN_RARITY, math.log((texts + 1) / (int(count) + 1))) for word, count in counts}
    return known, min(MAX_RARITY, math.log((texts + 1) / 2))


def rarities_of(words: Iterable[str]) -> dict[str, float]:
    """Return a dictionary with the rarity of each of *words*."""
    known, unknown = _table()
    return {word: known.get(word, unknown) for word in words}


def rarity(word: str) -> float:
    """Return how rare a word is in news: from 0 (it is in every text) to ``MAX_RARITY``.

    Args:
        word: The word as ``stem`` returns it.
    """
    known, unknown = _table()
    return known.get(word, unknown)
