"""What a site says of programs that read it: robots.txt (RFC 9309) and tdmrep.json (the TDM Reservation Protocol).

Both come from strangers: everything here takes time linear in their length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

MAX_CRAWL_DELAY_S = 30.0  # that a site may ask for between two requests; a longer one would never let us finish
_MOST_RULES = 5000


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of a site for us."""

    rules: tuple[tuple[str, bool], ...] = ()  # pattern, whether what it matches_path may be read
    delay_s: float = 0.0  # between two requests

    def allows(self, path: str) -> bool:
        """Return whether *path*, with its query, may be read: the longest pattern that matches_path it decides."""
        verdict, length = True, -1
        for pattern, allowed in self.rules:
            # of two that are equally long, the one that allows
            if (len(pattern), allowed) > (length, verdict) and matches_path(pattern, path):
                verdict, length = allowed, len(pattern)
        return verdict or path == "/robots.txt"


NO_RULES = Robots()


def read_robots(text: str, name: str) -> Robots:
    """Return what the robots.txt in *text* says to the program called *name*; what it cannot mean is passed over."""
    ours: list[tuple[str, str]] = []
    everybody: list[tuple[str, str]] = []
    found, heading = False, False
    group: list[list[tuple[str, str]]] = []
    for field, value in _lines(text):
        if field == "user-agent":
            agent = value.lower()
            mine = agent != "*" and agent == name
            found = found or mine
            group = [*(group if heading else []), *([ours] if mine else [everybody] if agent == "*" else [])]
            heading = True
            continue
        heading = heading and field not in ("allow", "disallow", "crawl-delay")
        for rules in group:
            rules.append((field, value))
    return _rules(ours if found else everybody)


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text.lstrip("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield field.strip().lower(), value.strip()


def _rules(said: Iterable[tuple[str, str]]) -> Robots:
    rules: list[tuple[str, bool]] = []
    delay_s = 0.0
    for field, value in said:
        if field in ("allow", "disallow") and value and len(rules) < _MOST_RULES:
            rules.append((value, field == "allow"))
        elif field == "crawl-delay":
            delay_s = _seconds(value)
    return Robots(tuple(rules), min(delay_s, MAX_CRAWL_DELAY_S))


def _seconds(value: str) -> float:
    plain = value.replace(".", "", 1)
    return float(value[:9]) if plain.isascii() and plain.isdecimal() else 0.0


def reserved_paths(text: str) -> tuple[str, ...]:
    """Return the patterns of the paths whose reading by programs the tdmrep.json in *text* reserves."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    rules = [rule for rule in listed if isinstance(rule, dict)] if isinstance(listed, list) else []
    return tuple(
        rule["location"]
        for rule in rules[:_MOST_RULES]
        if rule.get("tdm-reservation") in (1, "1") and isinstance(rule.get("location"), str)
    )


def matches_path(pattern: str, path: str) -> bool:
    """Return whether *path* begins as *pattern* says: ``*`` is any text, ``$`` at the end is the end of the path."""
    whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not whole or path == first
    at = len(first)
    *between, last = rest
    for part in between:  # each at its first place: if any fits, that one does
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    if whole:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
