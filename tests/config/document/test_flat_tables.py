import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples

from monitor.config.document.flat_tables import LongKeyError, parse_toml
from monitor.config.document.positions import read_positions

FLAT = """\
[actors.ghost]
aliases = ["Ghost", "=GST"]
severity = "critical"   # a comment

within = 9
[actors.gang]
weak = [
    "gang",
    "band",
]
extend = true
[feeds]
wire = "https://wire.example/rss"
[actors.last]
aliases = ["no line break at the end"]"""

PIECES = (
    "[actors.a]\n",
    "[actors.a]  # first\n",
    "[actors.b]\n",
    "[actors.c]\r\n",
    "[actors.b.c]\n",
    '[actors."q"]\n',
    "[actors]\n",
    "[[actors]]\n",
    "[[actors.b]]\n",
    "[feeds]\n",
    'aliases = ["One", "Two"]\n',
    'aliases = ["One", "Two",]\r\n',
    "aliases = []\n",
    "weak = [\n",
    '  "x",\n',
    "]\n",
    '  "y"]\n',
    "[1]\n",
    "within = 15\n",
    "within = 015\n",
    "within = 1.5\n",
    "extend = true\n",
    'name = "é ü"\n',
    'name = "a \\" b"\n',
    "name = 'it'\n",
    'note = """\n',
    '"""\n',
    "'''\n",
    "# comment\n",
    "# see https://token.example\n",
    "\n",
    'b = ["short"]\n',
    'actors.b.aliases = ["dotted"]\n',
    "actors = { a = { within = 1 } }\n",
    "[actors.d]\nwithin = 3",
)


def paths(value, path=()):
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from paths(child, (*path, key))


def parsed(parse, text):
    try:
        return json.dumps(parse(text))  # with the order of the keys
    except ValueError as error:
        return str(error)


@settings(max_examples=examples(400))
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_the_tables_and_errors_are_those_of_the_toml_parser(text):
    assert parsed(lambda t: parse_toml(t)[0], text) == parsed(tomllib.loads, text)


@settings(max_examples=examples(200))
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_every_position_is_the_same_as_in_the_whole_text(text):
    try:
        table, flat = parse_toml(text)
    except ValueError:
        return
    whole, found = read_positions(text), read_positions(text, flat)
    for path in [*paths(table), ("actors", "a", "none"), ("none",)]:
        for key in (False, True):
            assert found.find(path, key=key) == whole.find(path, key=key)


def test_flat_tables_are_read_without_the_toml_parser():
    _, flat = parse_toml(FLAT)
    assert list(flat.spans) == ["ghost", "gang", "last"]
    assert flat.rest.count("\n") == FLAT.count("\n")
    assert "Ghost" not in flat.rest
    assert "band" not in flat.rest


@pytest.mark.parametrize(
    "body",
    ['url = "json://token"', "# https://token.example", 'name = "a" # json://token', "name = 'single'", "within = 1.5"],
)
def test_a_table_with_anything_else_is_left_to_the_parser(body):
    assert not parse_toml(f"[actors.ghost]\n{body}\n")[1].spans


def test_the_order_of_the_actors_is_that_of_the_text():
    text = "[actors.b]\nwithin = 1\n[actors.z]\nwithin = 2\n[actors.a]\nname = 'x'\n[actors.m]\nname = \"y\"\n"
    table, flat = parse_toml(text)
    assert list(table["actors"]) == ["b", "z", "a", "m"]
    assert len(flat.spans) == 3


LONG = "a." * 100_000 + "b"


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        (f"{LONG} = 1", 0, 0),
        (f"\n  [{LONG}]", 1, 3),
        (f"[[{LONG}]]", 0, 2),
        (f"x = {{ y = 1, {LONG} = 1 }}", 0, 13),
        (f"{LONG.replace('a', chr(34) + 'a' + chr(34)).replace('.', ' . ')} = 1", 0, 0),
    ],
    ids=["key", "header", "array of tables", "inline table", "quoted"],
)
def test_a_key_with_too_many_parts_is_refused_before_it_is_parsed(text, row, column):
    with pytest.raises(LongKeyError) as raised:
        parse_toml(text)
    assert (raised.value.row, raised.value.column) == (row, column)


def test_a_text_with_many_dots_is_no_key():
    text = f'a = "{LONG}"\nb = ["{LONG}"]\n# {LONG} = 1\n{".".join("c" * 64)} = 1'
    assert parse_toml(text)[0]["a"] == LONG
