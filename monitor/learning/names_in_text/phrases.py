"""The phrases by which news items give another name of an actor ("also known as"), in many languages.

``phrases.tsv`` lists them and explains its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from importlib.resources import files

# a company, whose name has capitals whatever the case of the phrase; its length is limited, because a phrase can begin
# after every hyphen
_WHO = r"(?-i:[A-Z][\w&.’'-]{0,40}(?:\s+(?:of|the|and|\d{1,9}|[A-Z][\w&.’'-]{0,40})){0,4})"
_ADVERBS = (
    r"(?:(?:also|sometimes|commonly|better|widely|collectively|internally|variously|otherwise|publicly|once|now"
    r"|formerly|previously|popularly|often|more)\s+){0,4}"
)
_UNSPACED = ("ko", "zh", "ja")  # a name stands right beside a phrase


class Relation(StrEnum):
    """What a phrase says about the two names that it links: the same actor, an overlap, or a part of the actor."""

    SAME = "same"  # two names of one actor
    OVERLAP = "overlap"  # vendors see much in common
    PART = "part"  # a subgroup, an affiliate, a successor: another actor


def read_table(name: str) -> list[list[str]]:
    """Return the rows of the tab-separated file *name* of this package, without comments and empty lines."""
    text = files(__package__ or "monitor.learning.names_in_text").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


_ROWS = read_table("phrases.tsv")


def _alternatives(rows: Iterable[Sequence[str]]) -> str:
    source = "|".join(phrase for _, _, phrase in rows)
    return source.replace("<adverbs>", _ADVERBS).replace("<who>", _WHO)


def _compiled(kind: str) -> re.Pattern[str]:
    spaced = _alternatives(row for row in _ROWS if row[0] == kind and row[1] not in _UNSPACED)
    unspaced = _alternatives(row for row in _ROWS if row[0] == kind and row[1] in _UNSPACED)
    beside = rf"|(?:{unspaced})" if unspaced else ""
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w){beside}", re.IGNORECASE)


PHRASES = {relation: _compiled(relation.value) for relation in Relation}
BETWEEN_COMMAS = re.compile(
    "(?:" + _alternatives(row for row in _ROWS if row[0] == "comma") + r")(?:\s+|(?<=-))", re.IGNORECASE
)
_INSIDE = _alternatives(row for row in _ROWS if row[0] == "brackets")
# right behind an opening bracket: "formerly known as"
IN_BRACKETS = re.compile(
    rf"(?:{_INSIDE})(?:\s+|(?=[^a-zà-žа-яё\s]))(?:(?:known|bekannt)\s+(?:as|als)\s+)?", re.IGNORECASE
)
HINTS = tuple(hint for kind, _, hints in _ROWS if kind == "hint" for hint in hints.split("|"))
