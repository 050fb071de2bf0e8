"""Describe in words what changed between two configurations: ``actor garantex: + "Grinex"``."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

from monitor.config import Config, ExampleTest
from monitor.model import Actor, Feed, Keyword, QuietWindow, Recurrence, Rule, Severity, SourceList, Threshold
from monitor.redaction import HIDDEN, Redactor
from monitor.wording import counted

MOST_ITEMS = 5  # of a list that are named; the others are counted
MOST_LENGTH = 80  # characters of a value
_KINDS = (
    ("feed", "feeds"),
    ("actor", "actors"),
    ("keyword", "keywords"),
    ("list", "lists"),
    ("rule", "rules"),
    ("destination", "destinations"),
)
_SETTINGS = ("alerts", "health", "http", "storage")
# fields that a short form sets, left out of the words: ``actor garantex: + "Grinex"``
_PLAIN = {(Actor, "aliases"), (Keyword, "terms")}
_WHOLE = ("added", "removed", "enabled", "disabled")
# values that are not shown, only that they changed
_SECRET = frozenset({"auth", "headers", "ping", "proxy"})
_LABELS = {
    "severity_given": "severity set in the file",
    "own_every": "every set for this feed",
    "needs_context": "needs context",
    "list_id": "list",
}
_UNITS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the configuration that was added, removed or edited, such as a feed or a rule."""

    kind: str  # feed, actor, keyword, list, rule, destination, alerts, health, http, storage or tests
    name: str  # its id; empty: there is only one
    words: str  # "added", "removed", or what changed

    def __str__(self) -> str:
        """Return the change in words, such as ``actor garantex: + "Grinex"``."""
        subject = f"{self.kind} {self.name}".rstrip()
        return f"{subject} {self.words}" if self.words.startswith(_WHOLE) else f"{subject}: {self.words}"


def find_changes(before: Config, after: Config) -> tuple[Change, ...]:
    """Return everything that differs between two configurations: feeds, actors, rules, destinations, settings, tests.

    The result contains no secret. If a secret is ``***`` in one of the configurations, it is ignored in the comparison.
    """
    words = _Words(Redactor((*before.secrets, *after.secrets)))
    found = [
        *(change for kind, key in _KINDS for change in _of_tables(kind, before, after, key, words)),
        *(
            Change(name, "", said)
            for name in _SETTINGS
            if (said := words.of_fields(getattr(before, name), getattr(after, name)))
        ),
        *_of_tests(before.tests, after.tests),
    ]
    return tuple(found)


def change_words(changes: tuple[Change, ...], most: int = 20) -> list[str]:
    """Return *changes* in words, one line each, at most *most* lines; a further line counts the rest."""
    lines = [str(change) for change in changes[:most]]
    return [*lines, f"and {len(changes) - most:,} more"] if len(changes) > most else lines


def _of_tables(kind: str, before: Config, after: Config, key: str, words: _Words) -> Iterator[Change]:
    old: Mapping[str, Any] = getattr(before, key)
    new: Mapping[str, Any] = getattr(after, key)
    for name in (*(name for name in new if name not in old), *old):
        if name not in old:
            yield Change(kind, name, "enabled" if kind == "feed" and name in before.disabled_feeds else "added")
        elif name not in new:
            yield Change(kind, name, "disabled" if kind == "feed" and name in after.disabled_feeds else "removed")
        elif old[name] != new[name] and (said := words.of_fields(*_comparable(old[name], new[name], before, after))):
            yield Change(kind, name, said)
    if kind == "feed":
        yield from _of_disabled_feeds(before, after)


def _of_disabled_feeds(before: Config, after: Config) -> Iterator[Change]:
    for name in sorted(after.disabled_feeds - before.disabled_feeds - before.feeds.keys()):
        yield Change("feed", name, "added, disabled")
    for name in sorted(before.disabled_feeds - after.disabled_feeds - after.feeds.keys()):
        yield Change("feed", name, "removed, was disabled")


def _comparable(old: Any, new: Any, before: Config, after: Config) -> tuple[Any, Any]:
    """Return two values of a setting without the differences that follow from another setting, reported by itself.

    For example, a new default interval in ``[http]`` changes every feed that has no interval of its own.
    """
    if isinstance(old, Feed):
        # those that have no interval of their own follow [http]
        new = dataclasses.replace(new, max_wait_s=old.max_wait_s)
        if not old.own_every and not new.own_every and not (old.adaptive or new.adaptive):
            new = dataclasses.replace(new, every_s=old.every_s)
    if isinstance(old, Actor) and old.severity is not new.severity:
        new = dataclasses.replace(new, severity_given=old.severity_given)
    if isinstance(old, Rule) and old.actors == before.actors.keys() and new.actors == after.actors.keys():
        new = dataclasses.replace(new, actors=old.actors)  # any actor
    if isinstance(old, Rule) and old.feeds is not None and new.feeds is not None:
        present = before.feeds.keys() & after.feeds.keys()
        if old.feeds & present == new.feeds & present and old.feeds >= before.feeds.keys():
            new = dataclasses.replace(new, feeds=old.feeds)
    return old, new


def _of_tests(old: tuple[ExampleTest, ...], new: tuple[ExampleTest, ...]) -> Iterator[Change]:
    before, after = ([dataclasses.replace(test, number=0) for test in tests] for tests in (old, new))
    added, removed = (sum(t not in others for t in tests) for tests, others in ((after, before), (before, after)))
    said = [*([f"{counted(added, 'test')} added"] if added else []), *([f"{removed} removed"] if removed else [])]
    if said:
        yield Change("tests", "", ", ".join(said))


class _Words:
    """Describes in words how two versions of a feed, an actor, a rule or a table of settings differ."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def of_fields(self, old: Any, new: Any) -> str:
        """Return the fields that differ with their old and new values, in words; empty if none differ."""
        said = []
        for field in dataclasses.fields(new):
            before, after = getattr(old, field.name), getattr(new, field.name)
            if before != after and (words := self._of_field(type(new), field.name, before, after)):
                said.append(words)
        return ", ".join(said)

    def _of_field(self, kind: type, name: str, old: Any, new: Any) -> str:
        label = _LABELS.get(name) or (name.removesuffix("_s") if name.endswith("_s") else name)
        if name in _SECRET:
            return "" if _same_but_masked(old, new) else f"{label} changed"
        if name == "url":
            return self._of_url(kind, old, new)
        if _is_list(old) or _is_list(new):
            return self._of_list("" if (kind, name) in _PLAIN else f"{label} ", old, new)
        if name == "within" and isinstance(old, int) and isinstance(new, int):
            return f"{label} {old} -> {counted(new, 'word')}"
        if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > MOST_LENGTH:
            return f"{label} changed"
        return f"{label} {self._value(name, old)} -> {self._value(name, new)}"

    def _of_url(self, kind: type, old: str, new: str) -> str:
        if _same_but_masked(old, new):
            return ""
        before, after = self._redacted(old), self._redacted(new)
        if kind in (Feed, SourceList) and before != after:
            return f"url {_short(before)} -> {_short(after)}"
        schemes = [url.partition("://")[0] for url in (old, new)]
        return "url changed" if schemes[0] == schemes[1] else f"url {schemes[0]}://... -> {schemes[1]}://..."

    def _of_list(self, label: str, old: Any, new: Any) -> str:
        """Return in words what was added to and removed from a list.

        If only the order of the items changed, that is said too, but only for lists in which order matters.
        """
        before, after = ([self._item(item) for item in _items(value)] for value in (old, new))
        added = [item for item in after if item not in before]
        removed = [item for item in before if item not in after]
        if not added and not removed:
            return (
                f"{label}order changed" if isinstance(new, tuple) and len(before) == len(after) else f"{label}changed"
            )
        return f"{label}{' '.join(filter(None, (_listed('+', added), _listed('-', removed))))}"

    def _item(self, item: Any) -> str:
        return f'"{_short(self._redacted(item))}"' if isinstance(item, str) else self._value("", item)

    def _value(self, name: str, value: Any) -> str:
        if value is None:
            return "not set"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Severity):
            return value.word
        if isinstance(value, Recurrence | QuietWindow | Threshold):
            return f'"{value.written}"'
        if name == "within":
            return counted(value, "word") if isinstance(value, int) else str(value)
        if name.endswith("_s") and isinstance(value, int | float):
            return duration_words(value)
        if isinstance(value, Enum | int | float | Decimal | date):
            return str(value)
        if dataclasses.is_dataclass(value):
            fields = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
            return "{ " + ", ".join(f"{name.removesuffix('_s')} = {self._value(name, v)}" for name, v in fields) + " }"
        if _is_list(value):
            return f"[{_listed('', [self._item(item) for item in _items(value)])}]"
        return f'"{_short(self._redacted(str(value)))}"'

    def _redacted(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return [self._redacted(item) for item in value]
        return self._redactor.redact(value) if isinstance(value, str) else value


def _same_but_masked(old: Any, new: Any) -> bool:
    """Return whether two values are equal if ``***`` in one of them stands for any text in the other."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_same_but_masked, old, new))
    if old == new or not (isinstance(old, str) and isinstance(new, str)):
        return bool(old == new)
    return any(
        HIDDEN in masked and re.fullmatch(".+".join(map(re.escape, masked.split(HIDDEN))), plain, re.DOTALL)
        for masked, plain in ((old, new), (new, old))
    )


def duration_words(seconds: float) -> str:
    """Return a duration as a configuration writes it: ``90s``, ``5m``, ``2d``."""
    for unit, size in _UNITS:
        if seconds and seconds % size == 0:
            return f"{int(timedelta(seconds=seconds).total_seconds() // size)}{unit}"
    return f"{seconds:g}s"


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple | frozenset)


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return sorted(value) if isinstance(value, frozenset) else list(value)


def _listed(sign: str, items: list[str]) -> str:
    """Return the first few of *items*, each with *sign* before it, as in ``+ "Grinex"``."""
    if not items:
        return ""
    shown = ", ".join(f"{sign} {item}".lstrip() for item in items[:MOST_ITEMS])
    return f"{shown} and {len(items) - MOST_ITEMS:,} more" if len(items) > MOST_ITEMS else shown


def _short(text: str) -> str:
    return text if len(text) <= MOST_LENGTH else f"{text[: MOST_LENGTH - 3]}..."
