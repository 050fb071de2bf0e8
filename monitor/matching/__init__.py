"""Find actors and keywords in text: misspellings, look-alike letters and spelling variants included.

Pure: takes a text and returns its mentions. Where to look when a name is missed or found by mistake:

    folding     case, accents, look-alike letters (Cyrillic "о" for "o")
    words       what is a word, a sentence, a distance
    spelling    the marks of the watchlist: =X, drain*, /regex/
    forms       the ways to write a name, and the edits that each allows
    search      typos, plurals, words joined or split, names in text without spaces
    context     weak spellings, excluded phrases, short names with a typo
    combination actors that are described and not named
    match       one match suppresses another: yields_to, overlaps, the exact name of another actor
    vocabulary  ordinary words, which are never typos
"""

from monitor.matching.candidate import SpanIndex
from monitor.matching.context import describe_within, index_mentions, is_within, nearest_mentions, word_distance
from monitor.matching.explanation import ExplainedMatch
from monitor.matching.folding import fold
from monitor.matching.matcher import Matcher, MatchResult
from monitor.matching.similar_names import similar_names
from monitor.matching.spelling import Alias, AliasKind, parse_alias
from monitor.matching.vocabulary import WordCounter, load_vocabulary
from monitor.matching.words import Words, folded_words

__all__ = [
    "Alias",
    "AliasKind",
    "ExplainedMatch",
    "MatchResult",
    "Matcher",
    "SpanIndex",
    "WordCounter",
    "Words",
    "describe_within",
    "fold",
    "folded_words",
    "index_mentions",
    "is_within",
    "load_vocabulary",
    "nearest_mentions",
    "parse_alias",
    "similar_names",
    "word_distance",
]
