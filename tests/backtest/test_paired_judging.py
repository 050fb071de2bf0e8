"""Judging by two watchlists at once gives what each gives by itself."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

from monitor.backtest.paired_judging import PairedJudge, WatchlistParts
from monitor.model import Actor, Entry, Keyword, Rule, Text
from monitor.watchlist import judge

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = [
    "Garantex", "Garantexx", "Grinex", "Lazarus", "Group", "Lazurus", "Inferno", "Drainer", "inferno", "phishing",
    "Towering", "heron", "hackers", "stole", "$2M", "exchange", "drill", "Pyongyang", "operatives", "Conti", "Kontti",
    "bridge", "the", "of", "in", "was", "by", "heist", "lockbit", "LockBit", "Lock", "Bit",
]  # fmt: skip
ACTORS = {
    actor.id: actor
    for actor in (
        Actor("garantex", "Garantex", ("Garantex",)),
        Actor("lazarus", "Lazarus", ("Lazarus Group", "Lazarus"), exclude=("Lazarus Group drill",)),
        Actor("inferno", "Inferno", ("Inferno Drainer",), weak=("Inferno",), context=("phish*",)),
        Actor("dprk", "DPRK", ("Pyongyang operatives",), yields_to=frozenset({"lazarus", "garantex"})),
        Actor("lockbit", "LockBit", ("LockBit",)),
        Actor("conti", "Conti", ("=Conti",)),
    )
}
KEYWORDS = {"theft": Keyword("theft", ("stole*", "heist")), "exchange": Keyword("exchange", ("exchange", "bridge"))}
RULES = {
    "theft": Rule("theft", ("slack",), frozenset(ACTORS), frozenset({"theft"}), within=6, unless=("drill",)),
    "any": Rule("any", ("log",), frozenset(ACTORS)),
}
EDITS = {
    "lazarus": [
        {"aliases": ("Lazarus Group",)}, {"exclude": ()}, {"fuzzy": 0}, {"yields_to": frozenset({"dprk"})},
        {"aliases": ("Lazarus Group", "Lazurus")},
    ],
    "inferno": [{"context": ("heist",)}, {"weak": ()}],
    "garantex": [{"aliases": ("Garantex", "Grinex")}, {"aliases": ("Garantexx",)}],
    "dprk": [{"yields_to": frozenset()}, {"aliases": ("operatives", "Pyongyang*")}],
}  # fmt: skip


def entry(text: Text) -> Entry:
    return Entry("wire", "1", "Wire", "https://wire.example/1", text, "", NOW, None, NOW, b"")


def edited(dice: random.Random) -> WatchlistParts:
    actors, keywords, rules = dict(ACTORS), dict(KEYWORDS), dict(RULES)
    for key in dice.sample(sorted(EDITS), dice.randint(0, 2)):
        actors[key] = replace(actors[key], **dice.choice(EDITS[key]))
    if dice.random() < 0.3:
        del actors[dice.choice(sorted(actors))]
    if dice.random() < 0.3:
        actors["heron"] = Actor("heron", "Heron", ("heron hackers", "heron"))
    if dice.random() < 0.3:
        keywords["theft"] = Keyword("theft", ("drain*",))
    if dice.random() < 0.4:
        rules["theft"] = replace(rules["theft"], within=2, unless=dice.choice([(), ("drill", "bridge")]))
    rules = {key: replace(rule, actors=frozenset(actors)) for key, rule in rules.items()}
    return WatchlistParts(actors, keywords, rules)


def test_what_both_lists_find_equals_what_each_finds_alone():
    dice = random.Random(7)
    base = WatchlistParts(ACTORS, KEYWORDS, RULES)
    differing = 0
    for _ in range(12):
        other = edited(dice)
        lists = base.compile(), other.compile()
        paired = PairedJudge(*lists, with_profiles=False)
        for _ in range(40):
            text = Text(" ".join(dice.choices(WORDS, k=9)), " ".join(dice.choices(WORDS, k=dice.choice([0, 12]))))
            judged = paired.judge(entry(text))
            expected = [judge(one, text, feed="wire") for one in lists]
            assert [judged.base.judgement, judged.edited.judgement] == expected, (text, other)
            differing += expected[0] != expected[1]
    assert differing > 60  # or nothing was tried


def test_equal_lists_are_matched_once():
    parts = WatchlistParts(ACTORS, KEYWORDS, RULES)
    paired = PairedJudge(parts.compile(), parts.compile(), with_profiles=True)
    judged = paired.judge(entry(Text("Lazarus Group stole it")))
    assert judged.edited is judged.base
    assert not paired.has_other_spellings
