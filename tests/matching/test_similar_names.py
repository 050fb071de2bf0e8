import random

from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples

from monitor.matching import parse_alias, similar_names
from monitor.matching.forms import Pattern
from monitor.matching.search.pattern_index import PatternIndex
from monitor.matching.similar_names import _one_edit_away

PARTS = ("lazar", "lazra", "lazer", "us", "es", "s", "group", "gruop", "1", "12", " ", "wallet", "walet", "о", "ü")
names = st.lists(
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("".join).filter(str.strip), min_size=2, max_size=60
)


def compared_with_all(aliases):
    index = PatternIndex([Pattern(alias, None) for alias in aliases])
    return {(n, other) for n, alias in enumerate(aliases) for other in _one_edit_away(index, alias)}


@settings(max_examples=examples(200))
@given(names)
def test_the_similar_names_are_those_that_a_comparison_with_all_finds(written):
    aliases = [parse_alias(name) for name in written]
    assert set(similar_names([(alias, None) for alias in aliases])) == compared_with_all(aliases)


def test_many_names_that_share_their_beginning_and_end_are_not_all_compared(monkeypatch):
    made = random.Random(7)
    endings = {"".join(made.choices("abcdefghijklm", k=6)) for _ in range(800)}
    aliases = [parse_alias(f"wallet cluster {ending} of the mixer") for ending in sorted(endings)]
    compared = []
    module = similar_names.__globals__
    monkeypatch.setitem(module, "OSA", type("Counted", (), {"distance": count(module["OSA"], compared)}))
    list(similar_names([(alias, None) for alias in aliases]))
    assert len(compared) < 40 * len(aliases)


def count(metric, compared):
    def distance(one, other, score_cutoff):
        compared.append((one, other))
        return metric.distance(one, other, score_cutoff=score_cutoff)

    return staticmethod(distance)
