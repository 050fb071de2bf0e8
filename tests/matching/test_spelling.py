import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.spelling import AliasKind, parse_alias


@pytest.mark.parametrize(
    ("written", "kind", "words"),
    [
        ("Grey Harbour", AliasKind.PLAIN, ("grey", "harbour")),
        ("=Dai", AliasKind.EXACT, ("dai",)),
        ("SEA", AliasKind.EXACT, ("sea",)),
        ("UNC1", AliasKind.PLAIN, ("unc1",)),
        ("HARBOUR", AliasKind.PLAIN, ("harbour",)),
        ("Sea", AliasKind.PLAIN, ("sea",)),
        ("drain*", AliasKind.ENDING, ("drain",)),
        ("grey har*", AliasKind.ENDING, ("grey", "har")),
        ("/a-?b/", AliasKind.REGEX, ()),
    ],
)
def test_a_spelling_says_how_strict_it_is(written, kind, words):
    alias = parse_alias(written)
    assert (alias.kind, alias.words, alias.written) == (kind, words, written)


@pytest.mark.parametrize(
    ("written", "part"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("  ", "empty", id="blank"),
        pytest.param("*", "every word", id="bare star"),
        pytest.param("☢", "no letter or digit", id="symbol"),
        pytest.param("=", "no letter or digit", id="bare equals"),
        pytest.param("Grey *", "must follow a word directly", id="star after a blank"),
        pytest.param("/(a/", "missing )", id="broken expression"),
        pytest.param("/(?=a)b/", "RE2", id="look-ahead"),
        pytest.param("/a*/", "empty text", id="expression that matches nothing"),
        pytest.param("//", "empty text", id="empty expression"),
    ],
)
def test_an_invalid_spelling_says_what_to_write_instead(written, part):
    with pytest.raises(ValueError, match=re.escape(part)):
        parse_alias(written)


@given(st.text(st.characters(), max_size=30))
def test_any_text_is_a_spelling_or_a_value_error(written):
    with contextlib.suppress(ValueError):
        alias = parse_alias(written)
        assert alias.words or alias.kind is AliasKind.REGEX
