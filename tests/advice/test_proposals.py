from __future__ import annotations

import os

import pytest

from monitor.advice.effect import count_effect
from monitor.advice.proposals import ExplainedText, Proposal, propose
from monitor.config import load
from monitor.model import Text
from monitor.watchlist import compile_watchlist, explain, judge

CONFIG = """
[actors.heron]
aliases = ["Heron Kit", "Grey Heron Works", "=ZINC"]
weak = ["Heron"]
context = ["phish*"]
within = "5 words"

[actors]
inferno = ["Inferno"]

[keywords]
theft = ["stole*"]

[rules.theft]
actors = ["heron"]
keywords = ["theft"]
within = "10 words"
send_to = ["desk"]

[rules.fire]
actors = ["inferno"]
send_to = ["desk"]

[destinations.desk]
url = "console://"
"""


def proposed(tmp_path, text: str, *, actor: str | None = None, more: str = "") -> tuple[Proposal, ...]:
    """Return the proposals for *text*, after checking that each has the intended effect when it is pasted."""
    file = tmp_path / "config.toml"
    file.write_text(CONFIG + more)
    config = load(file, environ={}).config
    watchlist = compile_watchlist(config)
    explanation = explain(watchlist, Text(text))
    found = propose(ExplainedText(Text(text), "", actor, explanation), config, watchlist, os.environ)
    for proposal in found:
        file.write_text(proposal.edit.text)
        pasted = compile_watchlist(load(file, environ={}).config)
        assert bool(judge(pasted, Text(text)).rules) is not bool(explanation.judgement.rules)
    return found


def settings(proposals: tuple[Proposal, ...]) -> list[tuple[str, str, tuple[str, ...] | str]]:
    return [(p.setting.name, p.setting.key, p.setting.add or p.setting.value) for p in proposals]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Heron gang stole wallets", ("heron", "context", ("gang",))),
        ("Heron gang from the far north east stole by phishing", ("heron", "within", '"10 words"')),
        ("Gray Heronn Workz stole a wallet", ("heron", "aliases", ("Gray Heronn Workz",))),
        ("Zinc stole a wallet", ("heron", "aliases", ("Zinc",))),
        ("Heron Kit drains a wallet", ("theft", "terms", ("drains",))),
        (
            "Heron Kit was seen again on Monday in the old town of the far north where it stole",
            ("theft", "within", '"20 words"'),
        ),
    ],
    ids=["context", "within of the actor", "typo", "case", "keyword", "within of the rule"],
)
def test_a_missed_text_gets_the_change_that_makes_it_a_hit(tmp_path, text, first):
    assert settings(proposed(tmp_path, text))[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Towering Inferno remade", ("inferno", "exclude", ("Towering Inferno",))),
        ("A new Inferno Tower opens", ("inferno", "exclude", ("Inferno Tower",))),
        ("Infernno opens", ("inferno", "exclude", ("Infernno",))),
    ],
)
def test_a_hit_gets_the_change_that_silences_it(tmp_path, text, first):
    assert settings(proposed(tmp_path, text))[0] == first


def test_a_new_name_of_a_known_actor_is_proposed_as_its_alias(tmp_path):
    assert settings(proposed(tmp_path, "Infernexo opens", actor="inferno"))[0] == ("inferno", "aliases", ("Infernexo",))


def test_a_text_that_names_nobody_gets_no_proposal(tmp_path):
    assert proposed(tmp_path, "an exchange lists two new pairs") == ()


def test_a_change_that_makes_an_example_fail_comes_last_and_says_so(tmp_path):
    example = '\n[[tests]]\ntitle = "Towering Inferno Drainer"\nexpect = { actors = ["inferno"] }\n'
    found = proposed(tmp_path, "Towering Inferno remade", more=example)
    assert settings(found)[0] == ("inferno", "exclude", ("Inferno remade",))
    assert [p.failing for p in found][-1] == ("Towering Inferno Drainer",)


def test_the_effect_on_past_entries_is_counted(tmp_path):
    proposal = proposed(tmp_path, "Towering Inferno remade")[0]
    (tmp_path / "config.toml").write_text(CONFIG)
    before = compile_watchlist(load(tmp_path / "config.toml", environ={}).config)
    past = [("f", Text(t)) for t in ("Towering Inferno again", "Inferno returns", "Heron Kit stole", "nothing")]
    effect = count_effect(past, proposal.setting, before, proposal.watchlist)
    assert (effect.entries, effect.lost, effect.gained) == (4, 1, 0)
