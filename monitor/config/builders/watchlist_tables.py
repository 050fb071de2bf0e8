"""Build actors, keywords, rules and examples from the merged files of a configuration."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from monitor.config.merging import MergedConfig
from monitor.config.references import References
from monitor.config.report import Report
from monitor.config.schema.tables import (
    ActorTable,
    CombinationTable,
    EscalateTable,
    ExpectTable,
    RuleTable,
    TestItemTable,
    TestTable,
)
from monitor.config.settings import ExampleItem, ExampleTest, Expectation, KeyPath
from monitor.model import Actor, Combination, Escalation, Keyword, Rule, Severity, SourceList
from monitor.wording import counted


class WatchlistBuilder:
    """Builds actors, keywords, rules and examples from the merged files; reports missing or contradictory keys."""

    def __init__(self, merged: MergedConfig, references: References, report: Report) -> None:
        self._merged = merged
        self._references = references
        self._report = report

    def actors(self) -> dict[str, Actor]:
        """Return the actors of the configuration by their ids."""
        return {name: self._actor(name, shape) for name, shape in self._merged.actors.items()}

    def keywords(self) -> dict[str, Keyword]:
        """Return the keywords of the configuration by their ids."""
        keywords = {}
        for name, shape in self._merged.keywords.items():
            if not shape.terms:
                self._report_missing(("keywords", name), "terms", "has no terms", 'write terms = ["..."]')
            keywords[name] = Keyword(name, tuple(shape.terms))
        return keywords

    def lists(self) -> dict[str, SourceList]:
        """Return the published lists, such as sanctions lists, by id; one without a date is reported and left out."""
        lists = {}
        for name, shape in self._merged.lists.items():
            path: KeyPath = ("lists", name)
            if not shape.title:
                self._report_missing(path, "title", "has no title", 'write title = "..."')
            if shape.date is None:
                self._report_missing(path, "date", "has no date", "write date = 2026-11-25, the date of the list")
                continue
            lists[name] = SourceList(name, shape.title, shape.date, url=shape.url, sanctions=shape.sanctions)
        return lists

    def rules(self) -> dict[str, Rule]:
        """Return the rules of the configuration by their ids."""
        return {name: self._rule(name, shape) for name, shape in self._merged.main.rules.items()}

    def examples(self) -> tuple[ExampleTest, ...]:
        """Return the examples (``[[tests]]``) of all files; those of included files come first."""
        origins = self._merged.origins
        examples = []
        for number, (shape, source, local) in enumerate(self._merged.tests):
            path: KeyPath = ("tests", number)
            origins.record(path, source, local)
            if shape.feed:
                self._references.require("feeds", shape.feed, (*path, "feed"))
            self._check_example(shape, path)
            examples.append(
                ExampleTest(
                    title=shape.title,
                    expect=Expectation() if shape.items else self._expectation(shape.expect, (*path, "expect")),
                    number=number,
                    summary=shape.summary,
                    content=shape.content,
                    feed=shape.feed,
                    items=tuple(self._item(item, (*path, "items", n)) for n, item in enumerate(shape.items)),
                    notified=self._notified(shape, path),
                    same_story=shape.same_story,
                )
            )
        return tuple(examples)

    def _actor(self, name: str, shape: ActorTable) -> Actor:
        path: KeyPath = ("actors", name)
        if not (shape.aliases or shape.weak or shape.combine or shape.addresses):
            self._report_missing(path, "aliases", "has no spelling", f'write aliases = ["{name}"]')
        if shape.list:
            self._references.require("lists", shape.list, (*path, "list"))
        return Actor(
            id=name,
            name=shape.name or _first_plain(shape.aliases) or name,
            aliases=tuple(shape.aliases),
            weak=tuple(shape.weak),
            context=tuple(shape.context),
            context_generic=tuple(shape.context_generic),
            combine=tuple(self._combination((*path, "combine", n), c) for n, c in enumerate(shape.combine)),
            within=shape.within,
            exclude=tuple(shape.exclude),
            fuzzy=shape.fuzzy,
            severity=shape.severity or Severity.MEDIUM,
            severity_given=shape.severity is not None,
            tags=frozenset(shape.tags),
            yields_to=self._references.resolve("actors", shape.yields_to, (*path, "yields_to")) - {name},
            note=shape.note,
            refs=tuple(shape.refs),
            list_id=shape.list,
            addresses=tuple(shape.addresses),
        )

    def _combination(self, path: KeyPath, shape: CombinationTable) -> Combination:
        if len(shape.all) < 2 or not all(shape.all):
            self._report.error(
                self._merged.origins.place((*path, "all")),
                "a combination needs two groups of terms or more, none of them empty",
                'write all = [["first term"], ["second term"]]; a single term is an alias',
            )
        return Combination(tuple(map(tuple, shape.all)), within=shape.within, needs_context=shape.needs == "context")

    def _rule(self, name: str, shape: RuleTable) -> Rule:
        path: KeyPath = ("rules", name)
        resolve = self._references.resolve
        for key in ("actors", "keywords", "feeds", "send_to", "min_amount"):
            if key in shape.model_fields_set and not getattr(shape, key):
                self._report.error(
                    self._merged.origins.place((*path, key)),
                    f"{key} in [rules.{name}] is an empty list",
                    "name at least one, or delete the line",
                )
        if not shape.model_fields_set & {"actors", "keywords"}:
            self._report_missing(
                path, "actors", "requires no actor and no keyword", 'write actors = ["*"] for any actor', "keywords"
            )
        for setting, used in (("surge = true", shape.surge), ("first_in", shape.first_in is not None)):
            if used and "actors" not in shape.model_fields_set:
                missing = f"has {setting} but no actors"
                self._report_missing(path, "actors", missing, 'write actors = ["*"] for any actor')
        if "send_to" not in shape.model_fields_set:
            self._report_missing(
                path, "send_to", "has no send_to, so its hits are not notified", 'write send_to = ["DESTINATION"]'
            )
        enabled = {key for key, feed in self._merged.feeds.items() if feed.enabled}
        return Rule(
            id=name,
            send_to=self._references.known_names("destinations", shape.send_to, (*path, "send_to")),
            actors=resolve("actors", shape.actors, (*path, "actors"), allow_any=True),
            keywords=frozenset(self._references.known_names("keywords", shape.keywords, (*path, "keywords"))),
            within=shape.within,
            min_amount=tuple(shape.min_amount),
            unless=tuple(shape.unless),
            feeds=resolve("feeds", shape.feeds, (*path, "feeds")) & enabled if shape.feeds else None,
            severity=shape.severity,
            surge=shape.surge,
            first_in_s=shape.first_in,
            escalate=self._escalation(shape.escalate, (*path, "escalate")),
        )

    def _escalation(self, shape: EscalateTable | None, path: KeyPath) -> Escalation | None:
        if shape is None:
            return None
        if not shape.to:
            self._report.error(
                self._merged.origins.place((*path, "to")),
                f"escalate.to in [rules.{path[1]}] is an empty list",
                "name at least one destination, or delete the line",
            )
        return Escalation(shape.after, self._references.known_names("destinations", shape.to, (*path, "to")))

    def _check_example(self, shape: TestTable, path: KeyPath) -> None:
        """Report keys of a ``[[tests]]`` example that are missing or exclude each other."""
        place = self._merged.origins.place
        given = shape.model_fields_set
        if not shape.items:
            if "expect" not in given:
                hint = 'write expect = "nothing", or expect = { actors = ["..."] }'
                self._report.error(place(path), "expect in [[tests]] is missing", hint)
            for key in sorted(given & {"notified", "same_story"}):
                hint = 'add items = [ { title = "...", at = "10:00" } ], or delete it'
                self._report.error(place((*path, key), key=True), f"{key} in [[tests]] needs items", hint)
            return
        for key in sorted(given & {"summary", "content", "feed", "expect"}):
            hint = "write notified or same_story instead" if key == "expect" else "write it in the items"
            self._report.error(place((*path, key), key=True), f"{key} in [[tests]] cannot stand beside items", hint)
        for number, (before, after) in enumerate(pairwise(item.at for item in shape.items), 1):
            if isinstance(before, datetime) and isinstance(after, datetime) and _is_earlier(after, before):
                message = "at in [[tests]] is earlier than that of the item before"
                self._report.error(place((*path, "items", number, "at")), message, "put the items in order of time")
        if not given & {"notified", "same_story"}:
            hint = 'write notified = [["DESTINATION"], []], or same_story = true'
            self._report.error(place((*path, "items"), key=True), "[[tests]] with items expects nothing", hint)

    def _item(self, shape: TestItemTable, path: KeyPath) -> ExampleItem:
        if shape.feed:
            self._references.require("feeds", shape.feed, (*path, "feed"))
        return ExampleItem(
            title=shape.title,
            at=shape.at,
            summary=shape.summary,
            content=shape.content,
            feed=shape.feed,
            outlet=shape.outlet,
        )

    def _notified(self, shape: TestTable, path: KeyPath) -> tuple[frozenset[str], ...] | None:
        if shape.notified is None:
            return None
        if shape.items and len(shape.notified) != len(shape.items):
            lists, items = counted(len(shape.notified), "list"), counted(len(shape.items), "item")
            message = f"notified in [[tests]] has {lists} for {items}"
            hint = 'write a list for each item, as [["DESTINATION"], []]'
            self._report.error(self._merged.origins.place((*path, "notified")), message, hint)
        return tuple(
            frozenset(self._references.known_names("destinations", names, (*path, "notified", number)))
            for number, names in enumerate(shape.notified)
        )

    def _expectation(self, shape: ExpectTable | None, path: KeyPath) -> Expectation:
        if shape is None:
            return Expectation(nothing=True)

        def names(section: str) -> frozenset[str] | None:
            given: list[str] | None = getattr(shape, section)
            if given is None:
                return None
            return frozenset(self._references.known_names(section, given, (*path, section)))

        return Expectation(
            actors=names("actors"), keywords=names("keywords"), rules=names("rules"), severity=shape.severity
        )

    def _report_missing(self, path: KeyPath, key: str, message: str, hint: str, other: str = "") -> None:
        # an invalid value is left out of the table; it was already reported
        if self._merged.broken & {path, (*path, key), (*path, other)}:
            return
        section = f"[{path[0]}.{path[1]}]"
        self._report.error(self._merged.origins.place(path, key=True), f"{section} {message}", hint)


def _first_plain(aliases: list[str]) -> str:
    for alias in aliases:
        if not alias.startswith("=") and "*" not in alias and not (len(alias) > 1 and alias[0] == alias[-1] == "/"):
            return alias
    return ""


def _is_earlier(one: datetime, other: datetime) -> bool:
    """Return whether *one* is before *other*; a time without a zone is compared by its numbers."""
    if one.tzinfo is None or other.tzinfo is None:
        one, other = one.replace(tzinfo=None), other.replace(tzinfo=None)
    return one < other
