from __future__ import annotations

import pytest

from monitor.stories.relations import ActorRelations, Relation

# a general actor yields to two crews; a third crew stands alone
RELATIONS = ActorRelations({"northern-hackers": ["heron", "plover"]})


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        pytest.param({"heron"}, set(), Relation.UNKNOWN, id="one names nobody"),
        pytest.param({"heron", "mixer"}, {"mixer"}, Relation.RELATED, id="one in common"),
        pytest.param({"northern-hackers"}, {"heron"}, Relation.RELATED, id="general and particular"),
        pytest.param({"heron"}, {"plover"}, Relation.FAMILY, id="two crews of one state"),
        pytest.param({"heron"}, {"gang"}, Relation.UNRELATED, id="unrelated"),
    ],
)
def test_relation_of_two_sets_of_actors(one, other, relation):
    assert RELATIONS.between(one, other) is relation
    assert RELATIONS.between(other, one) is relation
