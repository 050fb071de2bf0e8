"""Amounts of money in a text: "$1.46B", "EUR 20 million", "$40–50 million", "401,000 ETH".

A number is an amount only when its currency is written. What is doubtful is left out: a wrong sum in an alert
costs more than a missing one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from monitor.facts.amount_roles import is_size
from monitor.facts.east_asian import east_asian_quantities
from monitor.facts.quantities import Quantity, quantities
from monitor.facts.ranges import is_dash, joins
from monitor.facts.spelled import spelled_quantities
from monitor.model import Amount, Text


def read_amounts(text: Text) -> tuple[Amount, ...]:
    """Return the amounts of *text* in reading order; a range gives both ends, the lower first, with one span."""
    return tuple(amount for field, value in text.fields() for amount in _of_field(field, value))


def _of_field(field: str, text: str) -> Iterator[Amount]:
    found = _all_quantities(text)
    second_ends: set[int] = set()  # starts of quantities that a range before them has used up
    for one, other in pairwise([*found, None]):
        if one is None or one.start in second_ends:
            continue
        if other is not None and (ends := _ends(one, other, text)):
            second_ends.add(other.start)
            written, currency = text[one.start : other.end], one.currency or other.currency
            is_loss = not is_size(text, one.start, other.end)
            yield from (Amount(value, currency, written, field, one.start, other.end, is_loss) for value in ends)
        elif one.currency:
            written = text[one.start : one.end]
            is_loss = not is_size(text, one.start, one.end)
            yield Amount(one.value(one.magnitude), one.currency, written, field, one.start, one.end, is_loss)


def _all_quantities(text: str) -> list[Quantity]:
    """Return the numbers of *text* in order; a number in digits gives way to an amount that it is part of."""
    sums = [*spelled_quantities(text), *east_asian_quantities(text)]
    if not sums:
        return list(quantities(text))
    taken = {place for one in sums for place in range(one.start, one.end)}
    rest = [one for one in quantities(text) if one.start not in taken and one.end - 1 not in taken]
    return sorted((*sums, *rest), key=lambda one: one.start)


def _ends(one: Quantity, other: Quantity, text: str) -> tuple[Decimal, ...]:
    """Return both ends of the range that two quantities form; empty if they form none."""
    if not _is_range(one, other, text):
        return ()
    # "$40-50 million": the magnitude belongs to both, unless that would turn the range around ("$500-$1 million")
    shared = one.magnitude is None and one.number <= other.number
    low, high = one.value(other.magnitude if shared else one.magnitude), other.value(other.magnitude)
    # "fell from $115 to $72" is no range, and "$25,200-400" an ellipsis
    return (low, high) if low < high else ()


def _is_range(one: Quantity, other: Quantity, text: str) -> bool:
    """Return whether two quantities are the ends of one range in one currency."""
    if not joins(text, one.start, one.end, other.start):
        return False
    dash = is_dash(text[one.end : other.start])
    if one.currency and other.currency:
        return one.currency == other.currency
    if other.currency:  # "3 to 5 million dollars"
        return not other.leading
    if not one.currency or not one.leading or (one.magnitude is not None and other.magnitude is None):
        return False
    # "$40 to 50 million" and "$100-200" are ranges; "$5 million to 10 wallets" is not
    if other.magnitude is not None:
        return one.magnitude is None or dash
    return dash
