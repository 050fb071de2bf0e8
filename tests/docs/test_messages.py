"""Every message that the documentation explains is one that the monitor prints."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from support.documentation import DOCS, REPOSITORY

PAGE = DOCS / "guides" / "troubleshooting.md"
# the first column of its tables, without their heads
MESSAGES = [
    cell
    for cell in re.findall(r"(?m)^\| ([^|]+?) \|", PAGE.read_text())
    if cell not in ("message", "---") and "---" not in cell
]


@cache
def texts_in_the_code() -> str:
    """Return all texts of the program, one per line; what an f-string inserts is an ellipsis."""
    found = []
    for file in sorted((REPOSITORY / "monitor").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.JoinedStr):
                parts = [str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values]
                found.append("".join(parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(" ".join(text.split()) for text in found)


def is_in_the_code(message: str) -> bool:
    """Return whether one text of the program has all parts of *message* in their order."""
    pieces = [re.escape(piece) for piece in message.split("…")]
    return re.search("[^\n]*?".join(pieces), texts_in_the_code()) is not None


def test_there_are_messages():
    assert len(MESSAGES) > 40


@pytest.mark.parametrize("message", MESSAGES)
def test_an_explained_message_is_one_of_the_program(message):
    assert is_in_the_code(message)


def test_an_invented_message_is_noticed():
    assert not is_in_the_code("the server answered … and then it sang")
