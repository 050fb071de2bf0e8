"""Resolve references between tables of a configuration: to feeds, actors, keywords, rules and destinations."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from monitor.config.merging import MergedConfig
from monitor.config.report import Report
from monitor.config.schema.values import ID, did_you_mean, quoted
from monitor.config.settings import KeyPath

TAG = "tag:"
ANY = "*"
MAX_COMPARED = 50_000  # names, 60 µs each, so that a file full of unknown names does not take minutes
NOUNS = {
    "feeds": "feed",
    "actors": "actor",
    "keywords": "keyword",
    "lists": "list",
    "rules": "rule",
    "destinations": "destination",
}


class References:
    """Looks up names and tags in everything that the configuration defines, and reports unknown ones as errors."""

    def __init__(self, merged: MergedConfig, report: Report) -> None:
        self._merged = merged
        self._report = report
        self._compared = 0
        self._defined: dict[str, Mapping[str, Any]] = {
            "feeds": merged.feeds,
            "actors": merged.actors,
            "keywords": merged.keywords,
            "lists": merged.lists,
            "rules": merged.main.rules,
            "destinations": merged.main.destinations,
        }
        self._tagged = {section: _by_tag(self._defined[section]) for section in ("feeds", "actors")}
        self._tags_unknown = {path[0] for path in merged.broken if path[2:3] in ((), ("tags",))}

    def known_names(self, section: str, names: Sequence[str], path: KeyPath) -> tuple[str, ...]:
        """Return *names* without duplicates and without unknown names, which are reported as errors.

        Args:
            section: The section that must define the names, for example ``"destinations"``.
            names: The names; tags are not allowed.
            path: The path of the list of names in the configuration, for messages.
        """
        for index, name in enumerate(names):
            self._check(section, name, (*path, index))
        return tuple(dict.fromkeys(name for name in names if name in self._defined[section]))

    def require(self, section: str, name: str, path: KeyPath) -> None:
        """Report an error if *section* does not define *name*.

        Args:
            section: The section that must define the name, for example ``"actors"``.
            name: The name.
            path: The path of the name in the configuration, for messages.
        """
        self._check(section, name, path)

    def resolve(
        self, section: str, selectors: Sequence[str], path: KeyPath, *, allow_any: bool = False
    ) -> frozenset[str]:
        """Return the names that *selectors* select; unknown names and tags are reported as errors.

        Args:
            section: The section that must define the names: ``"feeds"`` or ``"actors"``.
            selectors: Names and ``tag:NAME``.
            path: The path of the list in the configuration, for messages.
            allow_any: Whether ``*`` selects everything in *section*.
        """
        found: set[str] = set()
        for index, name in enumerate(selectors):
            if name == ANY and allow_any:
                found |= self._all(section, (*path, index))
            elif name.startswith(TAG):
                found |= self._with_tag(section, name.removeprefix(TAG), (*path, index))
            elif self._check(section, name, (*path, index)):
                found.add(name)
        return frozenset(found)

    def _check(self, section: str, name: str, path: KeyPath) -> bool:
        if name in self._defined[section]:
            return True
        if not self._merged.knows(section, name):
            way_out = f"define [{section}.{name if re.fullmatch(ID, name) else 'NAME'}], or delete it here"
            self._unknown(path, f"no {NOUNS[section]} called {quoted(name)}", (name, self._defined[section]), way_out)
        return False

    def _all(self, section: str, path: KeyPath) -> frozenset[str]:
        names = frozenset(self._defined[section])
        # in a rule, an empty set would mean that no actor is required
        if not names and not any(p[0] == section for p in self._merged.broken):
            way_out = f"define one in [{section}], or include a pack"
            self._unknown(path, f'"{ANY}" means any {NOUNS[section]}, but none is defined', ("", ()), way_out)
        return names

    def _with_tag(self, section: str, tag: str, path: KeyPath) -> frozenset[str]:
        tagged = self._tagged[section]
        if tag not in tagged and section not in self._tags_unknown:
            noun = NOUNS[section]
            way_out = f"add tags = [{quoted(tag)}] to the {noun}s that should have it"
            self._unknown(path, f"no {noun} has the tag {quoted(tag)}", (tag, tagged), way_out)
        return tagged.get(tag, frozenset())

    def _unknown(self, path: KeyPath, message: str, compared: tuple[str, Collection[str]], way_out: str) -> None:
        """Report an unknown name or tag; the hint is the most similar known one, or else *way_out*."""
        name, known = compared
        self._compared += len(known)
        hint = did_you_mean(name, known) if name and self._compared <= MAX_COMPARED else ""
        if not hint and not self._merged.complete and path[-2] != "send_to":
            return  # a file that could not be read may define it; that file is reported
        self._report.error(self._merged.origins.place(path), message, hint or way_out)


def _by_tag(defined: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    tagged: dict[str, set[str]] = {}
    for name, shape in defined.items():
        for tag in shape.tags:
            tagged.setdefault(tag, set()).add(name)
    return {tag: frozenset(names) for tag, names in tagged.items()}
