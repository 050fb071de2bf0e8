from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import THOROUGH, examples
from support.linear_time import MOST_TIMES, growth
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


@pytest.mark.parametrize("name", [name for name, parser in PARSERS.items() if parser.linear])
def test_the_time_is_linear_in_the_length_of_the_text(name):
    parser = PARSERS[name]

    def read(text: str) -> None:
        with contextlib.suppress(*parser.errors):
            parser.read(text)

    starts = ("", *parser.pieces[:6]) if THOROUGH else ("",)
    units = [*parser.pieces, *(a + b for a, b in zip(parser.pieces, parser.pieces[1:], strict=False)), " ", "a"]
    units = units if THOROUGH else units[:: max(1, len(units) // 4)]
    for start in starts:
        for unit in units:
            times = growth(read, start, unit)
            assert times is None or times <= MOST_TIMES, f"{start!r} + {unit!r} * n: {times:.1f} times the time"
