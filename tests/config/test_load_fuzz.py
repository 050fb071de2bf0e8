import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples

from monitor.config import load

SECRET = "s3same-0pen-n0w"
TEXT = f"""\
include = ["more.toml", "*.none"]
[feeds]
wire = "https://wire.example/rss"
[feeds.inner]
url = "https://a:{SECRET}@inner.example/rss"
every = "1h"
headers = {{ X-Key = "${{KEY}}" }}
[actors.ghost]
aliases = ["Ghost", "=GST"]
within = "9 words"
yields_to = ["tag:gang"]
tags = ["gang"]
[keywords]
theft = ["stolen"]
[rules.one]
actors = ["tag:gang", "*"]
min_amount = ["$1M"]
send_to = ["desk"]
[destinations.desk]
url = "slack://{SECRET}/b/c"
[http]
allow_private = ["127.0.0.0/8"]
[[tests]]
title = "x"
expect = {{ actors = ["ghost"] }}
"""
lines = TEXT.splitlines(keepends=True)
line_numbers = st.integers(0, len(lines) - 1)
signs = st.sampled_from(
    ["[", "]", '"', "'", "=", "{", "}", "\n", "\r", "\t", ".", ",", "#", "\\", "é", "\x00", "7", " "]
)


@st.composite
def mutations(draw):
    text = list(lines)
    for _ in range(draw(st.integers(1, 4))):
        number = draw(line_numbers)
        match draw(st.sampled_from(["delete", "double", "move", "sign"])):
            case "delete":
                text[number] = ""
            case "double":
                text[number] *= 2
            case "move":
                text[number], text[0] = text[0], text[number]
            case "sign":
                at = draw(st.integers(0, len(text[number])))
                text[number] = text[number][:at] + draw(signs) + text[number][at + draw(st.integers(0, 2)) :]
    return "".join(text)


@settings(max_examples=examples(150), deadline=None, derandomize=True)
@given(mutations())
def test_no_text_makes_loading_raise_and_every_problem_is_inside_the_file(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_text(text, encoding="utf-8", newline="")
        path.chmod(0o600)
        Path(folder, "more.toml").write_text("[keywords]\nmore = ['x']\n")
        loaded = load(path, environ={"HOME": folder, "KEY": "k" * 9})
    rows = text.split("\n")
    for problem in loaded.problems:
        place = problem.place
        assert 1 <= place.line <= len(rows)
        assert 1 <= place.column <= len(rows[place.line - 1]) + 1
        assert SECRET not in str(problem)
    assert (loaded.config is None) == any(p.level == "error" for p in loaded.problems)


@settings(max_examples=examples(60), deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_no_bytes_make_loading_raise(raw):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_bytes(raw)
        loaded = load(path, environ={})
    assert all(p.place.line <= raw.count(b"\n") + 1 for p in loaded.problems)
