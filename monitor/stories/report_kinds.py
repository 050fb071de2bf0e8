"""Recognise acts that an entry reports (arrests, sanctions, settlements ...), and round-ups of several events.

A new act can open a new story about a known event. A round-up is never joined to a story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.stories.tokens import tokens

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
_WORD = re.compile(r"(-)?([^\W\d_]+(?:['’][^\W\d_]+)?)|[.:;!?|,]")  # a hyphen, a word; or, both empty, a stop

MANY_AMOUNTS = 6  # a text with this many different amounts is a round-up
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


def acts_in(text: str) -> frozenset[str]:
    """Return the acts that *text* reports, such as "an arrest" or "sanctions".

    A participle that only describes a person or a company ("jailed activist", "a US-sanctioned exchange") is not an
    act. "Pleads guilty" counts as "a charge".
    """
    return frozenset(_acts(text))


def _acts(text: str) -> Iterator[str]:
    found = _WORD.findall(text)
    words = [word.lower() for _, word in found]
    if _ACT_OF.keys().isdisjoint(words):
        return
    for place, lower in enumerate(words):
        act = _ACT_OF.get(lower)
        if act is None or _is_epithet(words, place, joined=bool(found[place][0])):
            continue
        pleaded = not _PLEA.isdisjoint(words[max(0, place - 1 - _PLEA_REACH) : place])
        yield "a charge" if lower == "guilty" and pleaded else act


def _is_epithet(words: list[str], place: int, *, joined: bool) -> bool:
    """Return whether a participle only describes the noun after it ("the sanctioned exchange") and reports no act.

    Args:
        words: The words of the text in lower case.
        place: The position of the participle in *words*.
        joined: Whether a hyphen stands directly before it: "US-sanctioned".
    """
    if not words[place].endswith("ed"):
        return False
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    describes = joined or not before or before in _BEFORE_EPITHET
    return describes and bool(after) and after not in _AFTER_VERB


def is_roundup(title: str, amounts: int) -> bool:
    """Return whether an entry is a round-up of several events, by its title or because it names many amounts.

    Args:
        title: The title of the entry.
        amounts: How many different amounts of money the entry names.
    """
    return amounts >= MANY_AMOUNTS or _SERIES.search(title) is not None or _count_headlines(title) >= MANY_CLAUSES


def _count_headlines(title: str) -> int:
    """Return how many parts of a title read like headlines: "X hacked; Y sued; Z fined" has 3.

    The result is 0 if there are fewer than ``MANY_CLAUSES``.
    """
    parts = [part.strip().removeprefix("and ").strip() for part in _CLAUSE_END.split(title)]
    and_more = _AND_MORE.search(title) is not None
    begun = [part for part in parts if part[:1].isupper()]
    if len(begun) + and_more < MANY_CLAUSES:
        return 0
    return sum(len(tokens(part)) >= _CLAUSE_WORDS for part in begun) + and_more
