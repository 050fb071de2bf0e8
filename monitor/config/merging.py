"""One configuration out of several files: names that are defined twice, extended, or taken away from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from monitor.config.document.source import Source
from monitor.config.report import Origins, Report
from monitor.config.schema.tables import ActorTable, Extendable, FeedTable, FileTable, KeywordTable, TestTable
from monitor.config.schema.values import quoted
from monitor.config.settings import KeyPath
from monitor.config.validation import ParsedFile

S = TypeVar("S", bound=Extendable)

SPELLINGS = ("aliases", "weak", "context", "exclude", "terms")  # what ``remove`` takes away from


@dataclass(slots=True)
class MergedConfig:
    """What all files say together. *main* is the shape of the file that was named: rules and settings are its alone."""

    main: FileTable
    origins: Origins
    feeds: dict[str, FeedTable] = field(default_factory=dict)
    actors: dict[str, ActorTable] = field(default_factory=dict)
    keywords: dict[str, KeywordTable] = field(default_factory=dict)
    tests: list[tuple[TestTable, Source, KeyPath]] = field(default_factory=list)
    broken: set[KeyPath] = field(default_factory=set)  # what was wrong, and must not be complained of again
    complete: bool = True  # False: a file could not be read, and may define what seems to be missing

    def knows(self, section: str, name: str) -> bool:
        """Return whether *name* is defined in *section*, be it wrongly."""
        defined: dict[str, Any] = getattr(self if section in ("feeds", "actors", "keywords") else self.main, section)
        return name in defined or any(path[:2] == (section, name) for path in self.broken)


def merge_files(parts: list[ParsedFile], report: Report, *, complete: bool) -> MergedConfig:
    """Return what *parts* say together; the last is the file that was named, and each may extend those before it.

    *complete* is False when a file is missing from *parts*.
    """
    main = parts[-1]
    merged = MergedConfig(main.shape, Origins(main.source), complete=complete)
    for part in parts:
        merged.broken |= part.broken
        _Merger("feeds", part, merged, report).into(merged.feeds, part.shape.feeds)
        _Merger("actors", part, merged, report).into(merged.actors, part.shape.actors)
        _Merger("keywords", part, merged, report).into(merged.keywords, part.shape.keywords)
        merged.tests += [
            (test, part.source, ("tests", index))
            for index, test in enumerate(part.shape.tests)
            if ("tests", index) not in part.broken
        ]
    return merged


class _Merger:
    """Brings one kind of definition of one file to those of the files before it."""

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
                    f"{quoted(name)} in [{self._section}] is defined already, in {first.file}:{first.line}",
                    "say extend = true to add to it, or take another name",
                )

    def _first(self, name: str, shape: S) -> S:
        self._origins.note((self._section, name), self._source, (self._section, name))
        if shape.extend and self._merged.complete and not self._merged.knows(self._section, name):
            self._report.error(
                self._source.place((self._section, name, "extend"), key=True),
                f"{quoted(name)} in [{self._section}] extends nothing: no file before this one defines it",
                "delete the line, or include the file that has it",
            )
        elif not shape.extend and getattr(shape, "remove", None):
            self._report.error(
                self._source.place((self._section, name, "remove"), key=True),
                f"remove in [{self._section}.{name}] works with extend = true only",
                "delete the spellings themselves",
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
                    self._origins.note((*path, inner), self._source, (*path, inner))
            elif given:
                values[key] = getattr(new, key)
                self._origins.note(path, self._source, path)
        return old.model_copy(update=values)

    def _drop_examples(self, actor: str) -> None:
        """Leave out the examples of earlier files that expect *actor*: it is not the one they were written for."""
        self._merged.tests = [
            example
            for example in self._merged.tests
            if (expect := example[0].expect) is None or actor not in (expect.actors or ())
        ]

    def _list(self, path: KeyPath, before: list[Any], added: list[Any], removed: Iterable[str]) -> list[Any]:
        items: dict[Any, tuple[Source, KeyPath]] = {}
        for index, item in enumerate(before):
            items.setdefault(item, self._origins.of((*path, index)))
        for index, item in enumerate(added):
            items.setdefault(item, (self._source, (*path, index)))
        for item in removed:
            items.pop(item, None)
        for index, (source, local) in enumerate(items.values()):
            self._origins.note((*path, index), source, local)
        return list(items)

    def _removed(self, name: str, old: S, new: S) -> set[str]:
        known = {spelling for key in SPELLINGS for spelling in getattr(old, key, ())}
        removed: list[str] = getattr(new, "remove", [])
        for index, spelling in enumerate(removed):
            if spelling not in known:
                self._report.warn(
                    self._source.place((self._section, name, "remove", index)),
                    f"{quoted(spelling)} is no spelling of [{self._section}.{name}], so there is nothing to remove",
                )
        return set(removed)
