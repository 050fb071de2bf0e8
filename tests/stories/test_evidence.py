from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.invented_stories import item

from monitor.stories import ActorRelations, StoryItem, profile_of
from monitor.stories.evidence import _whole_name, similarity, weigh

OLD = item(
    "Quillbridge halts withdrawals overnight", "Some $42 million left.", outlet="Chain Post", link="https://a.example/1"
)
NEW = item("Users of Quillbridge cannot withdraw", "Coins left at night.", hours=1, outlet="Ledger Wire")
WALLET = "0x47666fab8bd0ac7003bce3f5c3585383f09486e2"


def total(new: StoryItem, old: StoryItem = OLD) -> float:
    one, other = profile_of(new), profile_of(old)
    relation = ActorRelations().between(one.actor_ids, other.actor_ids)
    return weigh(one, other, similarity(one, other, {}), {}, relation).total


def with_facts(base: StoryItem, summary: str) -> StoryItem:
    """Return *base* with the amounts and addresses of *summary*, and its own words."""
    facts = item("A title", summary)
    return replace(base, amounts=facts.amounts, indicators=facts.indicators)


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(with_facts(NEW, "It was $42 million."), id="same amount"),
        pytest.param(with_facts(NEW, "It was $44 million."), id="nearly the same amount"),
        pytest.param(replace(NEW, link="https://a.example/1"), id="same link"),
        pytest.param(replace(NEW, summary=NEW.summary + " Said by, according to the Chain Post."), id="cites it"),
        pytest.param(replace(NEW, at=OLD.at), id="nearer in time"),
        pytest.param(replace(NEW, title=OLD.title), id="similar words"),
    ],
)
def test_evidence_for_one_event(new):
    assert total(new) > total(NEW) + 0.01


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(with_facts(NEW, "It was $9 million."), id="another amount"),
        pytest.param(replace(NEW, outlet="Chain Post"), id="the same outlet"),
        pytest.param(item("Users of Oakmere cannot withdraw", NEW.summary, hours=1), id="another victim"),
        pytest.param(replace(NEW, actors=("Quillbridge",)), id="a tracked actor is all they share"),
    ],
)
def test_evidence_against_one_event(new):
    assert total(new) < total(NEW) - 0.01


def test_the_same_address_speaks_for_one_event():
    one, other = (with_facts(base, f"Coins left {WALLET}.") for base in (NEW, OLD))
    assert total(one, other) > total(one) + 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("FBI warns of invented airdrops", "FBI warns of stolen phone numbers", id="an agency"),
        pytest.param(
            "Kaspersky finds spyware in shop apps", "Kaspersky finds backdoor in cheap tablets", id="a vendor"
        ),
        pytest.param("SEC charges Oakmere with fraud", "SEC charges founder of Vantor with fraud", id="the same act"),
        pytest.param("Jailed founder of Oakmere seeks mercy", "Jailed founder of Vantor seeks mercy", id="epithet"),
    ],
)
def test_a_source_and_what_it_always_does_are_no_evidence(one, other):
    assert total(item(one, outlet="A"), item(other, outlet="B")) < 0


def test_a_name_that_past_news_had_needs_more_than_one_of_nobody():
    known = total(item("Nike data stolen", outlet="A"), item("Thieves extort Nike", outlet="B"))
    assert known < total(item("Oakmere data stolen", outlet="A"), item("Thieves extort Oakmere", outlet="B"))


def test_the_same_act_against_a_rare_name_is_evidence():
    listed = item("Treasury sanctions exchange Oakmere", outlet="A")
    act, no_act = "OFAC blacklists platform Oakmere", "OFAC mentions platform Oakmere"
    assert total(item(act, outlet="B"), listed) > total(item(no_act, outlet="B"), listed) + 0.9


def test_another_victim_and_another_amount_weigh_more_than_either():
    sums = replace(OLD, title="Hackers rob Oakmere of coins", summary="")
    other = replace(sums, title="Thieves take coins of Vantor", at=NEW.at)
    assert total(with_facts(other, "$9 million"), with_facts(sums, "$42 million")) < total(other, sums) - 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "Protocol Vantor exploited in flash loan attack",
            "Protocol Oakmere exploited in flash loan attack",
            id="name",
        ),
        pytest.param(
            "Thieves take $30M from Vantor today", "Thieves take $9M from Oakmere today", id="name and number"
        ),
    ],
)
def test_titles_of_one_template_with_other_names_are_other_events(one, other):
    assert total(item(one), item(other)) < 0


RELATIONS = ActorRelations({"state": ["heron", "plover"]})
# similarity, evidence, and evidence if all words are common; each pair shows another part of the evidence
PAIRS = [
    pytest.param(
        item("Quillbridge halts withdrawals overnight"),
        item("Quillbridge halts withdrawals overnight"),
        (1.000, 10.447, 1.750),
        id="same words",
    ),
    pytest.param(
        item("Quillbridge halts withdrawals overnight"),
        item("Senate schedules hearing about stablecoins"),
        (0.000, -7.027, -7.027),
        id="nothing",
    ),
    pytest.param(
        item("Quillbridge halts withdrawals overnight"),
        item("Quillbridge halts withdrawals overnight", hours=36),
        (1.000, 9.397, 0.700),
        id="a day apart",
    ),
    pytest.param(
        item("Quillbridge halts withdrawals overnight", outlet="Wire"),
        item("Oakmere halts payments of users overnight", outlet="Wire"),
        (0.479, -6.814, -10.425),
        id="one outlet",
    ),
    pytest.param(
        item("Quillbridge halts withdrawals", outlet="Chain Post"),
        item("Users of Quillbridge wait, according to Chain Post", outlet="Wire"),
        (0.444, 4.715, 1.607),
        id="cites",
    ),
    pytest.param(
        item("Quillbridge loses $42 million to thieves"),
        item("Thieves rob Quillbridge of $42M overnight"),
        (0.706, 8.146, 1.852),
        id="same amount",
    ),
    pytest.param(
        item("Quillbridge loses $42 million to thieves"),
        item("Thieves rob Quillbridge of $44M overnight"),
        (0.473, 6.970, 2.748),
        id="near amount",
    ),
    pytest.param(
        item("Quillbridge loses $42 million to thieves"),
        item("Thieves rob Oakmere of $9M overnight"),
        (0.234, -11.106, -13.190),
        id="other amount",
    ),
    pytest.param(
        item("Protocol Vantor exploited in flash loan attack"),
        item("Protocol Oakmere exploited in flash loan attack"),
        (0.633, -6.570, -11.443),
        id="template",
    ),
    pytest.param(
        item("Quillbridge thief moves funds", summary="Coins left 0x47666fab8bd0ac7003bce3f5c3585383f09486e2 at dawn."),
        item(
            "Coins of bridge thief reach mixer",
            summary="Watchers of 0x47666fab8bd0ac7003bce3f5c3585383f09486e2 saw deposits.",
        ),
        (0.414, 8.227, 3.966),
        id="indicator",
    ),
    pytest.param(
        item("Bridge halted for users", outlet="Chain Post", link="https://chainpost.example/a/quill"),
        item("An evening to forget for users", outlet="Mirror", link="https://chainpost.example/a/quill/"),
        (1.127, 8.703, 8.102),
        id="link",
    ),
    pytest.param(
        item("Night Heron robs Oakmere of coins", actors=["Night Heron"], ids=["heron"]),
        item("Grebe Gang robs Oakmere of coins", actors=["Grebe Gang"], ids=["grebe"]),
        (0.716, -8.029, -17.597),
        id="unrelated actors",
    ),
    pytest.param(
        item("Night Heron robs Oakmere of coins", actors=["Night Heron"], ids=["heron"]),
        item("Plover Crew robs Oakmere of coins", actors=["Plover Crew"], ids=["plover"]),
        (0.712, -1.070, -10.617),
        id="family, shared name",
    ),
    pytest.param(
        item("Night Heron robs exchange of coins", actors=["Night Heron"], ids=["heron"]),
        item("Plover Crew robs exchange of coins", actors=["Plover Crew"], ids=["plover"]),
        (0.626, -7.885, -12.025),
        id="family",
    ),
    pytest.param(
        item("Night Heron sends fake job offers", actors=["Night Heron"], ids=["heron"]),
        item("Night Heron empties a wallet in Asia", actors=["Night Heron"], ids=["heron"]),
        (0.351, 0.083, -3.333),
        id="only actor",
    ),
    pytest.param(
        item("Police arrest Night Heron leader in Dubai", actors=["Night Heron"], ids=["heron"]),
        item("Night Heron member arrested at airport", actors=["Night Heron"], ids=["heron"]),
        (0.551, 6.271, 1.619),
        id="same act, actor",
    ),
    pytest.param(
        item("Treasury sanctions exchange Oakmere"),
        item("OFAC blacklists platform Oakmere"),
        (0.383, 2.886, -2.315),
        id="same act, name",
    ),
    pytest.param(
        item("FBI warns of invented airdrops"),
        item("FBI warns of stolen phone numbers"),
        (0.415, -0.485, -4.031),
        id="source",
    ),
    pytest.param(
        item("Nike data stolen by former clerk"),
        item("Thieves extort Nike over shoes"),
        (0.275, -1.633, -4.695),
        id="known name",
    ),
    pytest.param(
        item("Norden Harbour Trust admits data theft by clerk"),
        item("NHT admits theft of data by a clerk"),
        (0.886, 2.337, -1.869),
        id="abbreviation",
    ),
    pytest.param(
        item("KelpDAO drained overnight in exploit"),
        item("Kelp DAO loses coins overnight"),
        (0.788, 6.464, 4.081),
        id="compound",
    ),
    pytest.param(
        item("Bitcoin falls as Binance halts trading"),
        item("Binance lists tokens while Bitcoin rises"),
        (0.224, -3.868, -4.934),
        id="common names",
    ),
    pytest.param(
        item("Amber Falcon Systems hit by ransomware crew"),
        item("Ransomware crew leaks files of Amber Falcon Systems"),
        (0.874, 8.744, -1.848),
        id="long name",
    ),
]


@pytest.mark.parametrize(("old", "new", "numbers"), PAIRS)
def test_the_weights_of_the_evidence_are_those_that_were_fitted(old, new, numbers):
    for one, other in ((profile_of(new), profile_of(old)), (profile_of(old), profile_of(new))):
        relation, found = RELATIONS.between(one.actor_ids, other.actor_ids), []
        for damping in ({}, dict.fromkeys((*one.weights, *other.weights), 0.5)):
            similar = similarity(one, other, damping)
            found += [similar, weigh(one, other, similar, damping, relation).total]
        assert (found[0], found[1], found[3]) == pytest.approx(numbers, abs=0.001)


def test_the_evidence_names_what_both_entries_have():
    def shared(old: StoryItem, new: StoryItem):
        one, other = profile_of(new), profile_of(old)
        return weigh(one, other, similarity(one, other, {}), {}, RELATIONS.between(one.actor_ids, other.actor_ids))

    old = item(
        "Night Heron robs Quillbridge of $42 million", f"Coins left {WALLET}.", outlet="Wire", actors=["Night Heron"]
    )
    new = item(
        "Quillbridge robbed of $42M by Night Heron",
        f"{WALLET}, according to Wire.",
        outlet="Post",
        actors=["Night Heron"],
    )
    found = shared(old, new)
    assert [name.name for name in found.shared] == ["Quillbridge", "Night", "Heron"]
    assert (found.victim, found.same_amount, found.near_amount, found.other_amount) == (
        "Quillbridge",
        "$42M",
        "",
        False,
    )
    assert (found.indicator, found.link, found.cited, found.name_rarity) == (WALLET, False, True, 8.0)
    near = shared(old, item("Quillbridge robbed of $44M and $9M"))
    assert (near.same_amount, near.near_amount, near.other_amount) == ("", "$44M", False)
    other = shared(old, item("Quillbridge robbed of $9M", outlet="Wire"))
    assert (other.near_amount, other.other_amount, other.cited) == ("", True, False)


@given(st.text(max_size=80), st.text(max_size=80))
def test_evidence_is_the_same_from_either_side(one, other):
    assert total(item(one), item(other)) == pytest.approx(total(item(other), item(one)))


@pytest.mark.parametrize(
    ("word", "words", "names", "whole"),
    [
        ("b", "xabcd", "abcd", "abc"),
        ("c", "abcde", "abcde", "abc"),
        ("a", "abc", "ab", "ab"),
        ("b", "ab", "ab", "ab"),
        ("b", "abc", "b", "b"),
        ("b", "abc", "bc", "bc"),
    ],
    ids=["both sides", "three words before", "at the beginning", "at the end", "alone", "after"],
)
def test_a_name_is_up_to_three_words_that_stand_together(word, words, names, whole):
    assert _whole_name(word, tuple(words), set(names)) == set(whole)
