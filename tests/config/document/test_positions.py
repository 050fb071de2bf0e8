import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.document.positions import read_positions

TEXT = """\
a.b = 1 # one
"q k" = ["x", { y = 2, "z" = ["é", 'ö'] }]
[feeds.'odd name'.deep]
t = 1979-05-27
[[tests]]
title = "first"
[tests.expect]
s = 1.5
[[tests]]
title = "second"
"""


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        (("a", "b"), False, (0, 6, 7)),
        (("a", "b"), True, (0, 2, 3)),
        (("q k",), True, (1, 0, 5)),
        (("q k", 1, "y"), False, (1, 20, 21)),
        (("q k", 1, "z", 1), False, (1, 35, 38)),
        (("feeds", "odd name"), True, (2, 7, 17)),
        (("feeds", "odd name", "deep", "t"), False, (3, 4, 14)),
        (("tests", 0, "expect", "s"), False, (7, 4, 7)),
        (("tests", 1, "title"), False, (9, 8, 16)),
        (("tests", 1, "missing"), False, (8, 2, 7)),
        (("nowhere",), False, (0, 0, 0)),
    ],
    ids=str,
)
def test_keys_and_values_are_found_by_their_path(path, key, place):
    span = read_positions(TEXT).find(path, key=key)
    assert (span.row, span.column, span.end_column) == place


def test_duplicate_keys_are_found():
    assert [path for path, _ in read_positions("a = 1\n[b]\n[b.c]\n[b]\na = 2\na = 3\n").duplicates] == [
        ("b",),
        ("b", "a"),
    ]


@pytest.mark.parametrize(
    "text", ["a." * 5000 + "b = 1", "a = " + "[" * 300 + "]" * 300, "a = " + "{" * 5000, "[[", "= ="]
)
def test_unusual_texts_are_parsed_completely(text):
    read_positions(text)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        yield path, value
    else:
        for key, inner in items:
            yield from leaves(inner, (*path, key))


names = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=5)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)


@given(st.dictionaries(names, st.dictionaries(names, st.lists(texts, max_size=3), max_size=3), max_size=4))
def test_every_value_is_at_its_position(tables):
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    text = "\n".join(
        f"[{quoted(name)}]\n" + "".join(f"{quoted(k)} = [{', '.join(map(quoted, v))}]\n" for k, v in table.items())
        for name, table in tables.items()
    )
    lines = text.split("\n")
    for path, value in leaves(tables):
        span = read_positions(text).find(path)
        assert tomllib.loads("x = " + lines[span.row][span.column : span.end_column])["x"] == value
