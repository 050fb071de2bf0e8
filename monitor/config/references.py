"""Names that refer to other parts of the configuration, and tags that stand for several."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from monitor.config.merging import MergedConfig
from monitor.config.report import Report
from monitor.config.schema.values import did_you_mean, quoted
from monitor.config.settings import KeyPath

TAG = "tag:"
ANY = "*"
MAX_COMPARED = 50_000  # names, 60 µs each: a file full of dead references must not take minutes
NOUNS = {
    "feeds": "feed",
    "actors": "actor",
    "keywords": "keyword",
    "rules": "rule",
    "destinations": "destination",
}


class References:
    """Resolves names against all that is defined; what is dead goes to the report."""

    def __init__(self, merged: MergedConfig, report: Report) -> None:
        self._merged = merged
        self._report = report
        self._compared = 0
        self._defined: dict[str, Mapping[str, Any]] = {
            "feeds": merged.feeds,
            "actors": merged.actors,
            "keywords": merged.keywords,
            "rules": merged.main.rules,
            "destinations": merged.main.destinations,
        }
        self._tagged = {section: _by_tag(self._defined[section]) for section in ("feeds", "actors")}
        self._tags_unknown = {path[0] for path in merged.broken if path[2:3] in ((), ("tags",))}

    def named(self, section: str, names: Sequence[str], path: KeyPath) -> tuple[str, ...]:
        """Return those of *names* that *section* defines, each once; *path* is where the list of names stands."""
        for index, name in enumerate(names):
            self._check(section, name, (*path, index))
        return tuple(dict.fromkeys(name for name in names if name in self._defined[section]))

    def one(self, section: str, name: str, path: KeyPath) -> None:
        """Report *name*, which stands at *path*, when *section* does not define it."""
        self._check(section, name, path)

    def meant(self, section: str, names: Sequence[str], path: KeyPath, *, any_of: bool = False) -> frozenset[str]:
        """Return the names that *names* stand for, ``tag:NAME`` and, with *any_of*, ``*`` included."""
        found: set[str] = set()
        for index, name in enumerate(names):
            if name == ANY and any_of:
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
            self._dead(path, f"no {NOUNS[section]} called {quoted(name)}", name, self._defined[section])
        return False

    def _all(self, section: str, path: KeyPath) -> frozenset[str]:
        names = frozenset(self._defined[section])
        # an empty set would ask for none instead of for any
        if not names and not any(p[0] == section for p in self._merged.broken):
            self._dead(path, f'"{ANY}" stands for every {NOUNS[section]}, and there is none', "", ())
        return names

    def _with_tag(self, section: str, tag: str, path: KeyPath) -> frozenset[str]:
        tagged = self._tagged[section]
        if tag not in tagged and section not in self._tags_unknown:
            self._dead(path, f"no {NOUNS[section]} has the tag {quoted(tag)}", tag, tagged)
        return tagged.get(tag, frozenset())

    def _dead(self, path: KeyPath, message: str, name: str, known: Collection[str]) -> None:
        self._compared += len(known)
        hint = did_you_mean(name, known) if name and self._compared <= MAX_COMPARED else ""
        if not hint and not self._merged.complete and path[-2] != "send_to":
            return  # the file that could not be read may define it, and has its own problem
        self._report.error(self._merged.origins.place(path), message, hint)


def _by_tag(defined: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    tagged: dict[str, set[str]] = {}
    for name, shape in defined.items():
        for tag in shape.tags:
            tagged.setdefault(tag, set()).add(name)
    return {tag: frozenset(names) for tag, names in tagged.items()}
