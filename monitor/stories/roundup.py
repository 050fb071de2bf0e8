"""Detects round-ups: entries that report several events, and are never joined to a story."""

from __future__ import annotations

import re

from monitor.stories.tokens import tokens

MANY_AMOUNTS = 6  # different ones in a title and the beginning of its summary
MANY_CLAUSES = 3
_CLAUSE_WORDS = 3

_SERIES = re.compile(
    r"""
      \b(?:week(?:ly)?|month(?:ly)?|daily|morning|evening|news|friday|sunday|hodler['’]?s)\s
        (?:round-?\s?up|wrap(?:-?\s?up)?|recap|digest|brief(?:ing)?|review|bulletin|newsletter|roundup)\b
    | \b(?:this|the|last|past)\s(?:week|month)(?:['’]s)?\s(?:in|top|biggest)\b
    | \b(?:daybook|round-?up|newsletter)\b | \bin\sbrief\s*(?:$|:) | ^weekly\s*:
    | ^(?:the\s)?(?:daily|protocol)\s*:
    | \btop\s(?:\d+|five|ten)\s(?:stories|news|headlines|hacks|breaches|attacks)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AND_MORE = re.compile(r",?\sand\smore\s*(?:$|[!.|:-])", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[;|]|,(?!\d)|\s[–—-]\s")


def is_roundup(title: str, amounts: int) -> bool:
    """Return whether an entry reports several events: its title says so or lists them, or it names many amounts."""
    return amounts >= MANY_AMOUNTS or _SERIES.search(title) is not None or _clauses(title) >= MANY_CLAUSES


def _clauses(title: str) -> int:
    """Return how many parts of a title read like headlines of their own."""
    parts = (part.strip().removeprefix("and ").strip() for part in _CLAUSE_END.split(title))
    return sum(_reads_like_headline(part) for part in parts) + (_AND_MORE.search(title) is not None)


def _reads_like_headline(part: str) -> bool:
    return part[:1].isupper() and sum(1 for _ in tokens(part)) >= _CLAUSE_WORDS
