from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.invented_stories import item

from monitor.stories import ActorRelations, StoryItem, profile_of
from monitor.stories.evidence import similarity, weigh

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


@given(st.text(max_size=80), st.text(max_size=80))
def test_evidence_is_the_same_from_either_side(one, other):
    assert total(item(one), item(other)) == pytest.approx(total(item(other), item(one)))
