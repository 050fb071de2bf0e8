"""What authorities and companies do about an event: each such act is news of its own."""

from __future__ import annotations

from collections.abc import Iterable

_ACTS = {
    "an arrest": "arrest arrested arrests detained extradited extradition nabbed",
    "sanctions": "sanctions sanctioned sanctioning designates designated blacklists blacklisted",
    "a charge": "charged charges indicts indicted indictment",
    "a judgment": "sentenced convicted guilty acquitted jailed",
    "a settlement": "settles settled settlement fine fined fines compensation",
    "a lawsuit": "lawsuit lawsuits sues sued",
    "a recovery": "recovered recovers refund refunds refunded reimburse reimburses reimbursed",
}
_ACT_OF = {word: act for act, words in _ACTS.items() for word in words.split()}


def acts_in(written: Iterable[str]) -> frozenset[str]:
    """Return the acts that the words of a text speak of, each as people call it: "an arrest"."""
    return frozenset(_ACT_OF[word] for word in map(str.lower, written) if word in _ACT_OF)
