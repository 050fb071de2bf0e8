"""Find actors and keywords in text: misspellings, look-alike letters and spelling variants included.

Pure: takes a text and returns its mentions.
"""

from monitor.matching.candidate import SpanIndex
from monitor.matching.context import describe_within, index_mentions, is_within, nearest_mentions, word_distance
from monitor.matching.explanation import ExplainedMatch
from monitor.matching.matcher import Matcher, MatchResult
from monitor.matching.similar_names import similar_names
from monitor.matching.spelling import Alias, AliasKind, parse_alias
from monitor.matching.text import Words, fold, folded_words
from monitor.matching.vocabulary import WordCounter, load_vocabulary

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
