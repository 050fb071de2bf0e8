"""Addresses of actors: what is a mention, and what only looks like one."""

import pytest

from monitor.model import Actor, Keyword, MatchKind, Rule, Severity, Text
from monitor.watchlist import Watchlist, explain, judge, story_item

ETHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
SEGWIT = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
BITCOIN = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
MONERO = "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H"
SOLANA = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
FERRY = Actor("ferry", "Tin Ferry", ("Tin Ferry",), addresses=(ETHER, SEGWIT, BITCOIN, MONERO, SOLANA))
RULE = Rule("r", ("desk",), actors=frozenset({"ferry", "other"}))


def watch(*actors, rules=(RULE,)):
    return Watchlist({actor.id: actor for actor in actors}, {}, {rule.id: rule for rule in rules})


WATCHLIST = watch(FERRY)


@pytest.mark.parametrize("address", [ETHER, SEGWIT, BITCOIN, MONERO, SOLANA])
@pytest.mark.parametrize("field", ["title", "summary", "content"])
def test_an_entry_that_names_an_address_mentions_its_actor(address, field):
    text = Text(**{"title": "Coins moved", field: f"Coins went to {address}, says the bureau."})
    (mention,) = judge(WATCHLIST, text).mentions
    assert (mention.actor, mention.alias, mention.kind, mention.edits) == ("ferry", address, MatchKind.ADDRESS, 0)
    assert mention.text == getattr(text, field)[mention.start : mention.end] == address


@pytest.mark.parametrize(
    "written",
    [
        ETHER.lower(),
        ETHER.upper(),
        ETHER.replace("A", "a"),
        SEGWIT.upper(),
        f"https://scan.example/address/{ETHER}#tokens",
    ],
    ids=["lower", "upper", "wrong EIP-55", "segwit in capitals", "in a link"],
)
def test_case_is_ignored_where_the_chain_ignores_it(written):
    assert judge(WATCHLIST, Text(f"Coins went to {written}")).actors == ("ferry",)


def test_an_address_with_invisible_characters_inside_is_a_mention_that_quotes_the_text():
    written = f"{ETHER[:20]}\u200b{ETHER[20:]}"
    (mention,) = judge(WATCHLIST, Text(f"Coins went to {written} today")).mentions
    assert mention.text == written


@pytest.mark.parametrize(
    "other",
    [
        ETHER.lower().replace("5aae", "5aaf"),
        f"{ETHER[:6]}{'0' * 32}{ETHER[-4:]}",
        "0x5aAe…eAed",
        "0x5aAeb6...BeAed",
        BITCOIN.lower(),
        f"{ETHER}00",
        f"a{ETHER}",
        ETHER[:-1],
    ],
    ids=["one letter", "same ends", "shortened", "three dots", "base58 in lower case", "longer", "glued", "cut off"],
)
def test_what_only_looks_like_an_address_is_no_mention(other):
    assert judge(WATCHLIST, Text(f"Coins went to {other} today")).mentions == ()


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (ETHER.lower().replace("5aae", "5aaf"), f"not {ETHER}: it differs in 1 character; it may be a look-alike"),
        (f"{ETHER[:6]}{'0' * 32}{ETHER[-4:]}", f"not {ETHER}: only beginning and end agree"),
        ("0x5aAe…eAed", f"a shortened address is no evidence: many begin and end like {ETHER}"),
        (f"{ETHER}00", f"not {ETHER}: it differs in 2 characters"),
    ],
    ids=["one letter", "same ends", "shortened", "longer"],
)
def test_explain_says_why_a_look_alike_does_not_count(other, reason):
    (match,) = explain(WATCHLIST, Text(f"Coins went to {other} today")).matches
    assert not match.counts
    assert (match.mention.actor, match.mention.text) == ("ferry", other)
    assert match.rejected_because.startswith(reason)


def test_explain_shows_an_address_that_counts():
    (match,) = explain(WATCHLIST, Text(f"Coins went to {ETHER.lower()}")).matches
    assert (match.counts, match.mention.kind) == (True, MatchKind.ADDRESS)


def test_an_address_needs_no_context_and_every_actor_that_has_it_is_mentioned():
    weak = Actor("other", "Other", (), weak=("Ferry",), context=("crypto",), addresses=(ETHER.lower(),))
    assert set(judge(watch(FERRY, weak), Text(f"Seen: {ETHER}")).actors) == {"ferry", "other"}


def test_the_rule_says_which_address_it_was():
    (match,) = judge(WATCHLIST, Text(f"Coins went to {ETHER}")).rules
    assert (match.why, match.severity) == (f"address {ETHER} of ferry", Severity.MEDIUM)


def test_a_general_actor_yields_to_one_whose_address_is_named():
    general = Actor("other", "Unnamed hackers", ("unnamed hackers",), yields_to=frozenset({"ferry"}))
    text = Text(f"Unnamed hackers moved coins to {ETHER}")
    assert judge(watch(FERRY, general), text).actors == ("ferry",)


def test_an_address_is_no_name_that_stories_are_compared_by():
    text = Text(f"Tin Ferry moved coins to {ETHER}")
    item = story_item(text, judge(WATCHLIST, text), at=None, outlet="", link="")
    assert item.actors == ("Tin Ferry",)
    assert item.actor_ids == {"ferry"}


def test_an_address_in_a_keyword_rule_counts_from_its_nearest_occurrence():
    rule = Rule("r", ("desk",), actors=frozenset({"ferry"}), keywords=frozenset({"theft"}), within=5)
    watchlist = Watchlist({"ferry": FERRY}, {"theft": Keyword("theft", ("stolen",))}, {"r": rule})
    text = Text(f"{ETHER} again", content=f"{'word ' * 30} stolen coins went to {ETHER}")
    assert [m.rule for m in judge(watchlist, text).rules] == ["r"]
    assert len(judge(watchlist, text).indicators) == 1
