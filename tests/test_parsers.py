from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.parsers import PARSERS, Parser


def texts_of(parser: Parser) -> st.SearchStrategy[str]:
    """Generate texts of pieces of the parser's notation, and of any characters."""
    piece = st.sampled_from(parser.pieces) | st.text(max_size=5)
    return st.lists(piece, max_size=25).map("".join)


@pytest.mark.parametrize("name", PARSERS)
def test_any_text_gives_a_result_or_the_documented_error(name):
    parser = PARSERS[name]

    @settings(max_examples=examples(120))
    @given(texts_of(parser))
    def read(text):
        with contextlib.suppress(*parser.errors):
            parser.read(text)

    read()
