"""Find the names of actors and keywords in text, also misspelled, with look-alike letters or in spelling variants.

Nothing here reads files or keeps state that changes a result. If a name is missed or found by mistake, look in:

    folding       which letters count as equal: case, accents, look-alikes (Cyrillic "о" for Latin "o")
    words         how a text is split into words and sentences, and how distances are counted
    spelling      how an entry of the watchlist is read: =X, drain*, /regex/
    forms         in which ways a name may be written, and how many edits each allows
    search        how names are found: typos, plurals, joined or split words, text without spaces
    context       which mentions need a context word (weak aliases, short names with a typo) or are excluded
    combination   how an actor is found by a description instead of a name
    addresses     how a blockchain address of an actor is found, and what only looks like it
    match         which match suppresses another: yields_to, overlapping matches, the exact name of another actor
    vocabulary    which words are ordinary and therefore never taken for a typo
"""

from monitor.matching.candidate import SpanIndex
from monitor.matching.context import describe_within, index_mentions, is_within, nearest_mentions, word_distance
from monitor.matching.explanation import ExplainedMatch
from monitor.matching.folding import fold
from monitor.matching.match import Rejection
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
    "Rejection",
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
