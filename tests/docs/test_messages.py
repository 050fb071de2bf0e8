"""Every message that the documentation explains is one that the monitor prints."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from support.documentation import DOCS

import monitor

PAGE = DOCS / "guides" / "troubleshooting.md"
# the first column of its tables, without their heads
MESSAGES = [
    cell
    for cell in re.findall(r"(?m)^\| ([^|]+?) \|", PAGE.read_text())
    if cell not in ("message", "---") and "---" not in cell
]


def texts_of(file: Path) -> str:
    """Return all texts in a module, one per line; what an f-string inserts is an ellipsis."""
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return "\n".join(" ".join(text.split()) for text in found)


def not_in_the_code(messages: list[str]) -> list[str]:
    """Return the messages of which no text of the program has all parts in their order."""
    missing = {message: re.compile("[^\n]*?".join(map(re.escape, message.split("…")))) for message in messages}
    for file in Path(monitor.__file__).parent.rglob("*.py"):
        source = file.read_text()
        # parsing all modules takes seconds: look only into those that have every word
        likely = [m for m in missing if all(word in source for word in re.findall(r"\w{4,}", m))]
        texts = texts_of(file) if likely else ""
        for message in likely:
            if missing[message].search(texts):
                del missing[message]
    return list(missing)


def test_there_are_messages():
    assert len(MESSAGES) > 40


def test_every_explained_message_is_one_of_the_program():
    assert not_in_the_code(MESSAGES) == []


def test_an_invented_message_is_noticed():
    invented = "the server answered … and then it sang"
    assert not_in_the_code([invented, MESSAGES[0]]) == [invented]
