"""Parse the rules of a site for programs: robots.txt (RFC 9309) and tdmrep.json (TDM Reservation Protocol).

Both files are hostile input, so that every function here takes time linear in their length.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

MAX_CRAWL_DELAY_S = 30.0  # with a longer one the articles of a poll would never be read
_MAX_RULES = 5000
_ENCODED = re.compile(r"%([0-9a-fA-F]{2})")
_ASCII = string.punctuation
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")  # RFC 3986 section 2.3


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of a robots.txt that apply to the monitor."""

    rules: tuple[tuple[str, bool], ...] = ()  # pattern, and whether paths that match it may be read
    delay_s: float = 0.0  # seconds between two requests

    def allows(self, path: str) -> bool:
        """Return whether the monitor may read *path*, query included: the longest matching rule decides.

        If an allow and a disallow rule are equally long, reading is allowed (RFC 9309 section 2.2.2).
        """
        verdict, length, path = True, -1, as_compared(path)
        for pattern, allowed in self.rules:
            # of two equally long patterns, the one that allows reading wins
            if (len(pattern), allowed) > (length, verdict) and matches_path(pattern, path):
                verdict, length = allowed, len(pattern)
        return verdict or path == "/robots.txt"


NO_RULES = Robots()


def read_robots(text: str, name: str) -> Robots:
    """Return the rules in a robots.txt for the program called *name*; unknown lines are ignored.

    Args:
        text: The content of the robots.txt.
        name: The name of the program, as robots.txt files write it after ``User-agent:``.
    """
    ours: list[tuple[str, str]] = []
    all_agents: list[tuple[str, str]] = []
    found = heading = False  # whether a group names us, and whether the lines before were a group's user agents
    in_ours = in_all = False  # whether the current group is for us, and for all programs
    for field, value in _lines(text):
        if field == "user-agent":
            agent = value.lower()
            in_ours = (heading and in_ours) or agent == name
            in_all = (heading and in_all) or agent == "*"
            found = found or in_ours
            heading = True
            continue
        heading = heading and field not in ("allow", "disallow", "crawl-delay")
        if in_ours:
            ours.append((field, value))
        if in_all:
            all_agents.append((field, value))
    return _rules(ours if found else all_agents)


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text.lstrip("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield field.strip().lower(), value.strip()


def _rules(lines: Iterable[tuple[str, str]]) -> Robots:
    rules: list[tuple[str, bool]] = []
    delay_s = 0.0
    for field, value in lines:
        if field in ("allow", "disallow") and value and len(rules) < _MAX_RULES:
            rules.append((as_compared(value), field == "allow"))
        elif field == "crawl-delay":
            delay_s = _seconds(value)
    return Robots(tuple(rules), min(delay_s, MAX_CRAWL_DELAY_S))


def _seconds(value: str) -> float:
    plain = value.replace(".", "", 1)
    return float(value[:9]) if plain.isascii() and plain.isdecimal() else 0.0


def reserved_paths(text: str) -> tuple[str, ...]:
    """Return the path patterns that a tdmrep.json reserves, which means that programs must not read these pages.

    Args:
        text: The content of the tdmrep.json.
    """
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    rules = [rule for rule in listed if isinstance(rule, dict)] if isinstance(listed, list) else []
    return tuple(
        rule["location"]
        for rule in rules[:_MAX_RULES]
        if rule.get("tdm-reservation") in (1, "1") and isinstance(rule.get("location"), str)
    )


def as_compared(path: str) -> str:
    """Return a path or pattern in the form in which they are compared (RFC 9309 section 2.2.2).

    Characters outside of ASCII are percent-encoded, and percent-encoded letters, digits and ``-._~`` are decoded.
    """
    if path.isascii() and "%" not in path:
        return path
    return _ENCODED.sub(_unreserved, quote(path, safe=_ASCII))


def _unreserved(encoded: re.Match[str]) -> str:
    character = chr(int(encoded[1], 16))
    return character if character in _UNRESERVED else encoded[0].upper()


def matches_path(pattern: str, path: str) -> bool:
    """Return whether *path* starts with *pattern*, where ``*`` stands for any text and a final ``$`` for the end."""
    whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not whole or path == first
    at = len(first)
    *between, last = rest
    for part in between:  # the first occurrence suffices: if any occurrence leads to a match, it does
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    if whole:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
