from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from monitor.model import Amount, MatchKind, Mention, Threshold
from monitor.watchlist.rule_wording import (
    describe_actor,
    describe_amount,
    describe_distance,
    describe_first_mention,
    describe_pair,
    list_names,
)

HERON = Mention("heron", None, "Night Heron", "night-heron", "title", 0, 11, 0, MatchKind.FOLDED, 0, 2, 0)
THEFT = Mention(None, "theft", "stole", "stole", "title", 12, 17, 0, MatchKind.EXACT, 2, 1, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": MatchKind.ADDRESS, "text": "0x12"}, "address 0x12 of heron"),
        ({"kind": MatchKind.EXACT}, '"night-heron" (exact)'),
        ({}, '"night-heron" for Night Heron (folded)'),
        ({"kind": MatchKind.FUZZY, "edits": 1}, '"night-heron" for Night Heron (1 edit)'),
        ({"kind": MatchKind.FUZZY, "edits": 2}, '"night-heron" for Night Heron (2 edits)'),
    ],
    ids=["address", "exact", "folded", "one edit", "two edits"],
)
def test_a_mention_says_how_it_matches(change, words):
    assert describe_actor(replace(HERON, **change)) == words


def test_a_pair_names_what_the_rule_requires():
    assert describe_pair(HERON, THEFT) == '"night-heron" for Night Heron (folded) with theft: "stole", 1 word away'
    assert describe_pair(HERON, None) == '"night-heron" for Night Heron (folded)'
    assert describe_pair(None, THEFT) == 'theft: "stole"'
    assert describe_pair(None, None) == ""


@pytest.mark.parametrize(("words", "said"), [(0, "in the same words"), (1, "1 word away"), (4, "4 words away")])
def test_a_distance_is_counted_in_words(words, said):
    assert describe_distance(words) == said


@pytest.mark.parametrize(
    ("span_s", "said"),
    [(86_400, "1 day"), (30 * 86_400, "30 days"), (3600, "1 hour"), (36 * 3600, "36 hours"), (5400 + 1800, "2 hours")],
)
def test_a_span_without_a_story_is_given_in_days_or_hours(span_s, said):
    assert describe_first_mention(span_s) == f"in no story of the last {said}"


def test_names_are_sorted_and_only_the_first_are_listed():
    assert list_names(["b", "a"]) == "a, b"
    assert list_names("edcba") == "a, b, c, d, e"
    assert list_names("gfedcba") == "a, b, c, d, e and 2 more"
    assert list_names("cba", most=2) == "a, b and 1 more"
    assert list_names([]) == ""


def test_an_amount_is_compared_as_both_are_written():
    amount = Amount(Decimal(1_460_000_000), "USD", "$1.46B", "title", 0, 6)
    assert describe_amount(amount, Threshold(Decimal(1_000_000), "USD", "$1M")) == "$1.46B is at least $1M"
