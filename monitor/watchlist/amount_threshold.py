"""Compare the amounts of money in a text with the ``min_amount`` of a rule."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.matching import SpanIndex, index_mentions
from monitor.model import Amount, Mention, Threshold
from monitor.watchlist.rule_evidence import Evidence

MAX_DISTANCE_WORDS = 40  # from a mention; an amount in the title may be at any distance
_AS_DOLLARS = frozenset({"USDT", "USDC"})


def first_sufficient_amount(
    thresholds: Sequence[Threshold], evidence: Evidence, mentions: Sequence[Mention]
) -> tuple[Amount, Threshold] | None:
    """Return the first amount that reaches one of *thresholds*, and that threshold; None if no amount does.

    Amounts are compared only within one currency; USDT and USDC count as USD. Of a range such as "$1-2M", the lower end
    counts. The size of a company or fund (valuation, endowment, revenue) is not a loss, and is ignored.

    Args:
        thresholds: The thresholds of the rule.
        evidence: The text with its amounts.
        mentions: The mentions that satisfy the rule. The amount must be in the title or within ``MAX_DISTANCE_WORDS``
            words of one of them.
    """
    near = index_mentions(mentions)
    for amount in lower_ends([amount for amount in evidence.amounts if amount.may_be_loss]):
        reached = next((t for t in thresholds if _reaches(amount, t)), None)
        if reached and (amount.field == "title" or _is_near(amount, evidence, near)):
            return amount, reached
    return None


def lower_ends(amounts: Sequence[Amount]) -> list[Amount]:
    """Return *amounts* without the upper ends of ranges such as "$1-2M"."""
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
    # the distance of neighbours is 1: there is one word less between two spans than their distance
    return mentions.overlapping(first - MAX_DISTANCE_WORDS, first + count + MAX_DISTANCE_WORDS) is not None
