"""Merge the files of a configuration: find duplicate names, and apply ``extend`` and ``remove``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from monitor.config.document.source import Source
from monitor.config.report import Origins, Report
from monitor.config.schema.tables import (
    ActorTable,
    Extendable,
    FeedTable,
    FileTable,
    KeywordTable,
    ListTable,
    TestTable,
)
from monitor.config.schema.values import quoted
from monitor.config.settings import KeyPath
from monitor.config.validation import ParsedFile
from monitor.model import comparable_address

S = TypeVar("S", bound=Extendable)

# the lists that ``remove`` applies to
SPELLINGS = ("aliases", "weak", "context", "context_generic", "exclude", "terms", "addresses")
SECTIONS = ("feeds", "actors", "keywords", "lists")  # that every file may contain


@dataclass(slots=True)
class MergedConfig:
    """The merged contents of all files of a configuration; rules and settings come only from *main*, the main file."""

    main: FileTable
    origins: Origins
    feeds: dict[str, FeedTable] = field(default_factory=dict)
    actors: dict[str, ActorTable] = field(default_factory=dict)
    keywords: dict[str, KeywordTable] = field(default_factory=dict)
    lists: dict[str, ListTable] = field(default_factory=dict)
    tests: list[tuple[TestTable, Source, KeyPath]] = field(default_factory=list)
    broken: set[KeyPath] = field(default_factory=set)  # invalid values; already reported
    complete: bool = True  # False: a file could not be read, and may define names that seem unknown

    def knows(self, section: str, name: str) -> bool:
        """Return whether *section* (such as "feeds") defines *name*, even if that definition has errors."""
        defined: dict[str, Any] = getattr(self if section in SECTIONS else self.main, section)
        return name in defined or any(path[:2] == (section, name) for path in self.broken)


def merge_files(parts: list[ParsedFile], report: Report, *, complete: bool) -> MergedConfig:
    """Merge the files of a configuration into one.

    Args:
        parts: The files; each may extend tables of earlier ones, and the last is the main file.
        report: Collects the errors.
        complete: False if a file could not be read; names that seem unknown are then not reported.
    """
    main = parts[-1]
    merged = MergedConfig(main.shape, Origins(main.source), complete=complete)
    for part in parts:
        merged.broken |= part.broken
        for section in SECTIONS:
            _Merger(section, part, merged, report).into(getattr(merged, section), getattr(part.shape, section))
        merged.tests += [
            (test, part.source, ("tests", index))
            for index, test in enumerate(part.shape.tests)
            if ("tests", index) not in part.broken
        ]
    return merged


class _Merger:
    """Merges one section (such as "feeds") of one file into that section of the files before it."""

    def __init__(self, section: str, part: ParsedFile, merged: MergedConfig, report: Report) -> None:
        self._section = section
        self._source = part.source
        self._broken = part.broken
        self._merged = merged
        self._origins = merged.origins
        self._report = report

    def into(self, known: dict[str, S], new: dict[str, S]) -> None:
        for name, shape in new.items():
            if name not in known:
                known[name] = self._first(name, shape)
            elif shape.extend or (self._section, name, "extend") in self._broken:
                known[name] = self._extended(name, known[name], shape)
            else:
                first = self._origins.place((self._section, name), key=True)
                self._report.error(
                    self._source.place((self._section, name), key=True),
                    f"{quoted(name)} in [{self._section}] is already defined in {first.file}:{first.line}",
                    "add extend = true to extend that one, or use another name",
                )

    def _first(self, name: str, shape: S) -> S:
        self._origins.record((self._section, name), self._source, (self._section, name))
        if shape.extend and self._merged.complete and not self._merged.knows(self._section, name):
            self._report.error(
                self._source.place((self._section, name, "extend"), key=True),
                f"{quoted(name)} in [{self._section}] has extend = true, but no earlier file defines it",
                "delete the line, or include the file that defines it",
            )
        elif not shape.extend and getattr(shape, "remove", None):
            self._report.error(
                self._source.place((self._section, name, "remove"), key=True),
                f"remove in [{self._section}.{name}] needs extend = true",
                "delete the spellings from the list instead",
            )
        return shape

    def _extended(self, name: str, old: S, new: S) -> S:
        removed = self._removed(name, old, new)
        if removed and self._section == "actors":
            self._drop_examples(name)
        values: dict[str, Any] = {}
        for key in type(new).model_fields:
            before, given = getattr(old, key), key in new.model_fields_set
            if key in ("extend", "remove"):
                continue
            path = (self._section, name, key)
            if isinstance(before, list):
                if given or (removed and key in SPELLINGS):
                    values[key] = self._list(path, before, getattr(new, key), removed if key in SPELLINGS else ())
            elif given and isinstance(before, dict):
                values[key] = before | getattr(new, key)
                for inner in getattr(new, key):
                    self._origins.record((*path, inner), self._source, (*path, inner))
            elif given:
                values[key] = getattr(new, key)
                self._origins.record(path, self._source, path)
        return old.model_copy(update=values)

    def _drop_examples(self, actor: str) -> None:
        """Drop the examples of included files that expect *actor*, because this file removes spellings of it."""
        self._merged.tests = [
            example
            for example in self._merged.tests
            if (expect := example[0].expect) is None or actor not in (expect.actors or ())
        ]

    def _list(self, path: KeyPath, before: list[Any], added: list[Any], removed: Iterable[str]) -> list[Any]:
        same = comparable_address if path[-1] == "addresses" else _itself
        items: dict[Any, tuple[Any, Source, KeyPath]] = {}
        for index, item in enumerate(before):
            items.setdefault(same(item), (item, *self._origins.find((*path, index))))
        # before the additions: a spelling that is removed and added to another list is moved there
        for item in removed:
            items.pop(same(item), None)
        for index, item in enumerate(added):
            items.setdefault(same(item), (item, self._source, (*path, index)))
        for index, (_, source, local) in enumerate(items.values()):
            self._origins.record((*path, index), source, local)
        return [item for item, _, _ in items.values()]

    def _removed(self, name: str, old: S, new: S) -> set[str]:
        known = {spelling for key in SPELLINGS for spelling in getattr(old, key, ())}
        addresses = set(map(comparable_address, getattr(old, "addresses", ())))
        removed: list[str] = getattr(new, "remove", [])
        for index, spelling in enumerate(removed):
            if spelling not in known and comparable_address(spelling) not in addresses:
                self._report.warn(
                    self._source.place((self._section, name, "remove", index)),
                    f"{quoted(spelling)} is not a spelling of [{self._section}.{name}]; nothing to remove",
                )
        return set(removed)


def _itself(item: Any) -> Any:
    return item
