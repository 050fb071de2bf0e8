from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.policy.suppression import silenced
from monitor.model import Rule, Silence

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERON = Silence(1, "actor", "heron", "ana", "known campaign", NOW - HOUR, NOW + HOUR)
TANAGER = replace(HERON, id=2, name="tanager")
THEFTS = replace(HERON, id=3, subject="rule", name="thefts")
RULES = {
    "thefts": Rule("thefts", ("desk",), actors=frozenset({"heron", "tanager"})),
    "any": Rule("any", ("desk",), actors=frozenset({"heron", "tanager"})),
    "sanctions": Rule("sanctions", ("desk",), keywords=frozenset({"sanctions"})),
}


def by(silences, *, rules=("thefts",), actors=("heron",), now=NOW):
    found = silenced(silences, rules=rules, actors=actors, known=RULES, now=now)
    return found and found.id


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"silences": []}, None),
        ({"silences": [HERON]}, 1),
        ({"silences": [HERON], "now": NOW + HOUR}, None),
        ({"silences": [HERON], "now": NOW - 2 * HOUR}, None),
        ({"silences": [HERON], "now": NOW - HOUR}, 1),
        ({"silences": [TANAGER]}, None),
        ({"silences": [HERON], "actors": ("heron", "tanager")}, None),
        ({"silences": [HERON, TANAGER], "actors": ("heron", "tanager")}, 1),
        ({"silences": [THEFTS], "actors": ("heron", "tanager")}, 3),
        ({"silences": [THEFTS], "rules": ("thefts", "any")}, None),
        ({"silences": [THEFTS, HERON], "rules": ("thefts", "any")}, 3),
        ({"silences": [HERON], "rules": ("thefts", "any")}, 1),
        ({"silences": [HERON], "rules": ("sanctions",)}, None),
        ({"silences": [HERON], "rules": ("thefts", "sanctions")}, None),
        ({"silences": [HERON], "rules": ("gone",)}, None),
        ({"silences": [HERON], "rules": ()}, None),
    ],
    ids=[
        "none",
        "its actor",
        "over",
        "not begun",
        "just begun",
        "another actor",
        "one of two actors",
        "both actors",
        "the rule, whoever is named",
        "one of two rules",
        "one rule by itself and one by its actor",
        "the actor in two rules",
        "a rule that asks for no actor",
        "one rule remains",
        "a rule that is gone",
        "no rule",
    ],
)
def test_a_hit_is_silenced_when_nothing_of_it_remains(given, expected):
    assert by(**given) == expected
