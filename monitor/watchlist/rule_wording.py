"""The words in which a rule says why it matched, and why not."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.matching import word_distance
from monitor.model import Amount, MatchKind, Mention, Threshold


def of_actor(mention: Mention) -> str:
    """Return ``"Lazarus Group" (exact)``, or, when the text is not the alias, what it is taken for."""
    if mention.kind is MatchKind.EXACT:
        return f'"{mention.text}" (exact)'
    edits = f"{mention.edits} edit" + ("" if mention.edits == 1 else "s")
    how = edits if mention.kind is MatchKind.FUZZY else str(mention.kind)
    return f'"{mention.text}" for {mention.alias} ({how})'


def of_keyword(mention: Mention) -> str:
    """Return ``theft: "drained"``."""
    return f'{mention.keyword}: "{mention.text}"'


def of_pair(actor: Mention | None, keyword: Mention | None) -> str:
    """Return what a rule's actor and keyword were, and how far apart."""
    if actor is None or keyword is None:
        return of_actor(actor) if actor else of_keyword(keyword) if keyword else ""
    return f"{of_actor(actor)} with {of_keyword(keyword)}, {of_distance(word_distance(actor, keyword))}"


def of_distance(words: int) -> str:
    """Return ``4 words away``."""
    return "in the same words" if words == 0 else f"{words} word{'' if words == 1 else 's'} away"


def of_amount(amount: Amount, threshold: Threshold) -> str:
    """Return ``$1.46B is at least $1M``."""
    return f"{amount.text} is at least {threshold.written}"


def listed(words: Iterable[str], most: int = 5) -> str:
    """Return *words* in order with commas, the rest as a number when there are many."""
    every = sorted(words)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
