"""Which amounts of a text reach a rule's smallest."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching import SpanIndex, index_mentions
from monitor.model import Amount, Mention, Threshold
from monitor.watchlist.evidence import Evidence

NEAR_WORDS = 40  # how far from a mention an amount outside the title still belongs to it
_AS_DOLLARS = frozenset({"USDT", "USDC"})


def enough(
    thresholds: Sequence[Threshold], evidence: Evidence, mentions: Sequence[Mention]
) -> tuple[Amount, Threshold] | None:
    """Return the first amount that reaches one of *thresholds*, with it; None when none does.

    Nothing is converted: a value compares within its own currency, where USDT and USDC are dollars. Of a range the
    lower end counts. The amount stands in the title or within ``NEAR_WORDS`` words of one of *mentions*.
    """
    near = index_mentions(mentions)
    for amount in lower_ends(evidence.amounts):
        reached = next((t for t in thresholds if _reaches(amount, t)), None)
        if reached and (amount.field == "title" or _is_near(amount, evidence, near)):
            return amount, reached
    return None


def lower_ends(amounts: Sequence[Amount]) -> list[Amount]:
    """Return *amounts* without the upper ends of ranges."""
    lowest: dict[tuple[str, int], Amount] = {}
    for amount in amounts:
        at = amount.field, amount.start
        if at not in lowest or amount.value < lowest[at].value:
            lowest[at] = amount
    return list(lowest.values())


def _reaches(amount: Amount, threshold: Threshold) -> bool:
    return _currency(amount.currency) == _currency(threshold.currency) and amount.value >= threshold.value


def _currency(written: str) -> str:
    return "USD" if written in _AS_DOLLARS else written


def _is_near(amount: Amount, evidence: Evidence, mentions: SpanIndex[Mention]) -> bool:
    first, count = evidence.words_of(amount)
    # neighbours are 1 apart, so the words in between are one fewer than the distance
    return mentions.overlapping(first - NEAR_WORDS, first + count + NEAR_WORDS) is not None
