"""Recognises acts of authorities and companies, such as an arrest or sanctions, that can start a new story."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ACTS = {
    "an arrest": "arrest arrested arrests detained detains extradited extradition extradites nabbed",
    "sanctions": "sanctions sanctioned sanctioning designates designated blacklists blacklisted",
    "a charge": "charged charges indicts indicted indictment",
    "a judgment": "sentenced sentences convicted convicts guilty acquitted acquits jailed",
    "a settlement": "settles settled settlement fine fined fines compensation",
    "a lawsuit": "lawsuit lawsuits sues sued",
    "a recovery": "recovered recovers refund refunds refunded reimburse reimburses reimbursed",
}
_ACT_OF = {word: act for act, words in _ACTS.items() for word in words.split()}
_PLEA = frozenset({"plead", "pleads", "pleaded", "pleading", "pled", "plea"})  # belongs to the charge it answers
_PLEA_REACH = 2  # words between "pleads" and "guilty"

# before a participle that describes a noun: "the sanctioned exchange", "wallets of jailed hackers"
_BEFORE_EPITHET_WORDS = """
    a an the this that of by for to with from how why what when where at on in into and or over against about between
    as after before its his her their our
"""
# after a participle that is a verb: "arrested in Dubai", "charged with fraud", "sanctioned by the US"
_AFTER_VERB_WORDS = """
    in for over by after at on as and with to from of under amid following during near while but or if when
"""
_BEFORE_EPITHET, _AFTER_VERB = frozenset(_BEFORE_EPITHET_WORDS.split()), frozenset(_AFTER_VERB_WORDS.split())
_WORD = re.compile(r"(?P<joined>-)?(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)|(?P<stop>[.:;!?|,])")


def acts_in(text: str) -> frozenset[str]:
    """Return the acts that *text* reports, each as people call it: "an arrest".

    A participle that only describes a person or a company ("jailed activist", "a US-sanctioned exchange") reports no
    act, and a plea belongs to the charge that it answers.
    """
    return frozenset(_acts(text))


def _acts(text: str) -> Iterator[str]:
    words = [(found["word"] or "", bool(found["joined"])) for found in _WORD.finditer(text)]
    for place, (word, joined) in enumerate(words):
        lower = word.lower()
        act = _ACT_OF.get(lower)
        if act is None or _is_epithet(words, place, joined=joined):
            continue
        pleaded = any(before.lower() in _PLEA for before, _ in words[max(0, place - 1 - _PLEA_REACH) : place])
        yield "a charge" if lower == "guilty" and pleaded else act


def _is_epithet(words: list[tuple[str, bool]], place: int, *, joined: bool) -> bool:
    """Return whether a participle describes the noun behind it and reports no act."""
    word = words[place][0].lower()
    if not word.endswith("ed"):
        return False
    before = words[place - 1][0].lower() if place else ""
    after = words[place + 1][0] if place + 1 < len(words) else ""
    describes = joined or not before or before in _BEFORE_EPITHET
    return describes and bool(after) and after.lower() not in _AFTER_VERB
