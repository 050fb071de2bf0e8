"""Phrases that explain why a rule matched a text or not."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.matching import word_distance
from monitor.model import Amount, MatchKind, Mention, Threshold
from monitor.watchlist.surge import Surge
from monitor.wording import counted


def describe_actor(mention: Mention) -> str:
    """Return how the text matches an actor: ``"Lazarus Group" (exact)``, ``"Lazarous" for Lazarus (1 edit)``."""
    if mention.kind is MatchKind.ADDRESS:
        return f"address {mention.text} of {mention.actor}"
    if mention.kind is MatchKind.EXACT:
        return f'"{mention.text}" (exact)'
    how = counted(mention.edits, "edit") if mention.kind is MatchKind.FUZZY else str(mention.kind)
    return f'"{mention.text}" for {mention.alias} ({how})'


def describe_keyword(mention: Mention) -> str:
    """Return the keyword and the text that matched it, such as ``theft: "drained"``."""
    return f'{mention.keyword}: "{mention.text}"'


def describe_pair(actor: Mention | None, keyword: Mention | None) -> str:
    """Return in words a mention of an actor, a mention of a keyword, and the distance between them.

    One of the two is None if the rule does not require it.
    """
    if actor is None or keyword is None:
        return describe_actor(actor) if actor else describe_keyword(keyword) if keyword else ""
    distance = describe_distance(word_distance(actor, keyword))
    return f"{describe_actor(actor)} with {describe_keyword(keyword)}, {distance}"


def describe_distance(words: int) -> str:
    """Return a distance in words, such as ``4 words away``."""
    return "in the same words" if words == 0 else f"{counted(words, 'word')} away"


def describe_amount(amount: Amount, threshold: Threshold) -> str:
    """Return in words that an amount reaches a threshold, such as ``$1.46B is at least $1M``."""
    return f"{amount.text} is at least {threshold.written}"


def describe_surge(surge: Surge) -> str:
    """Return a surge in words, such as ``9 stories in 24 h, 1.0 a day in the 28 days before``."""
    return f"{surge.today} stories in 24 h, {surge.usual:.1f} a day in the {surge.days} days before"


def list_names(names: Iterable[str], most: int = 5) -> str:
    """Return *names* sorted and separated by commas: the first *most* of them, and how many more there are."""
    every = sorted(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def describe_first_mention(span_s: float) -> str:
    """Return in words that an actor has not been in a story for *span_s* seconds."""
    days, rest = divmod(span_s, 86_400)
    span = counted(int(days), "day") if days and not rest else counted(round(span_s / 3600), "hour")
    return f"in no story of the last {span}"
