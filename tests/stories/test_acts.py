from __future__ import annotations

import pytest

from monitor.stories.acts import acts_in


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        pytest.param("Two men arrested in Porto over the Vantor theft", {"an arrest"}, id="participle as a verb"),
        pytest.param("US sanctioned the Oakmere mixer", {"sanctions"}, id="verb with an object"),
        pytest.param("Founder of Oakmere sentenced to nine years", {"a judgment"}, id="judgment"),
        pytest.param("Jailed hacker sells a memoir", set(), id="participle that describes, at the beginning"),
        pytest.param("Coins move to the sanctioned exchange Oakmere", set(), id="participle that describes"),
        pytest.param("US-sanctioned mixer Oakmere is back", set(), id="compound"),
        pytest.param("Teenager pleads guilty to the Vantor theft", {"a charge"}, id="a plea"),
        pytest.param("Man pleaded not guilty in Vantor case", {"a charge"}, id="another plea"),
        pytest.param("Jury finds founder guilty on all counts", {"a judgment"}, id="a verdict"),
        pytest.param("Oakmere is back", set(), id="none"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_acts_that_a_text_reports(text, acts):
    assert acts_in(text) == acts
