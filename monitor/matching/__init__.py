"""Finds actors and keywords in text: slips of the pen, look-alike letters and other spellings included.

Pure: a text in, its mentions out.
"""

from monitor.matching.alike import NameIndex
from monitor.matching.candidates import Candidate, Found
from monitor.matching.context import distance, near, neighbours, reach, row_of_mentions
from monitor.matching.find import Matcher
from monitor.matching.learning import WordCount
from monitor.matching.row import Row
from monitor.matching.spelling import Alias, AliasKind, parse_alias
from monitor.matching.text import Words, fold, folded_words
from monitor.matching.vocabulary import load_words

__all__ = [
    "Alias",
    "AliasKind",
    "Candidate",
    "Found",
    "Matcher",
    "NameIndex",
    "Row",
    "WordCount",
    "Words",
    "distance",
    "fold",
    "folded_words",
    "load_words",
    "near",
    "neighbours",
    "parse_alias",
    "reach",
    "row_of_mentions",
]
