"""Compile the actors, keywords and rules of a configuration into a Watchlist."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from monitor.config import Config
from monitor.errors import ConfigError
from monitor.facts import parse_address
from monitor.garbage_collection import paused_garbage_collection
from monitor.matching import Matcher, load_vocabulary
from monitor.model import Actor, Keyword, Rule, SourceList
from monitor.stories import ActorRelations
from monitor.watchlist.watchlist_lint import lint_watchlist


class Watchlist:
    """Actors, keywords and rules, compiled with the matcher that finds their mentions in texts.

    Args:
        actors: The actors by id.
        keywords: The keywords by id.
        rules: The rules by id; matching rules are listed in this order.
        vocabulary: Ordinary words, in normalised spelling, that are never taken for a misspelled name.
        learned: Further such words that the daemon has learned from the feeds.
        lists: The published lists that actors come from, by id.

    Raises:
        ValueError: A spelling or an address is invalid.
    """

    def __init__(
        self,
        actors: Mapping[str, Actor],
        keywords: Mapping[str, Keyword],
        rules: Mapping[str, Rule],
        *,
        vocabulary: frozenset[str] = frozenset(),
        learned: frozenset[str] = frozenset(),
        lists: Mapping[str, SourceList] = MappingProxyType({}),
    ) -> None:
        self.actors = actors
        self.keywords = keywords
        self.rules = rules
        self.lists = lists
        # as addresses are compared, each with the ticker of its chain
        self.addresses = {
            address.value: address.chain for actor in actors.values() for address in map(parse_address, actor.addresses)
        }
        unless = dict.fromkeys(phrase for rule in rules.values() for phrase in rule.unless)
        self.matcher = Matcher(actors.values(), keywords.values(), unless, vocabulary=vocabulary, learned=learned)

    @cached_property
    def actor_relations(self) -> ActorRelations:
        """Which actors are related to each other; reports about unrelated actors never form one story."""
        return ActorRelations({actor.id: actor.yields_to for actor in self.actors.values()})

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 hash, in hex, of actors, keywords and rules; the order of keys and lists does not affect it."""
        watched = [sorted((_plain(thing) for thing in part.values()), key=_text) for part in self._parts()]
        return hashlib.sha256(_text(watched).encode()).hexdigest()

    def _parts(self) -> tuple[Mapping[str, object], ...]:
        return self.actors, self.keywords, self.rules, self.lists


def compile_watchlist(config: Config, learned: frozenset[str] = frozenset()) -> Watchlist:
    """Return the watchlist of *config*, compiled with the shipped vocabulary of ordinary words.

    *learned* are further ordinary words that the daemon has learned from its feeds, which are not taken for typos
    either. Only the daemon passes them, so that the results of ``match``, ``test`` and ``check`` are reproducible.

    Raises:
        ConfigError: A spelling or an address is invalid.
    """
    try:
        with paused_garbage_collection():
            return Watchlist(
                config.actors,
                config.keywords,
                config.rules,
                vocabulary=load_vocabulary(),
                learned=learned,
                lists=config.lists,
            )
    except ValueError as error:
        problems = tuple(problem for problem in lint_watchlist(config) if problem.level == "error")
        raise ConfigError(problems) from error


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _plain(value: object) -> object:
    """Return *value* as JSON types, with lists and sets sorted."""
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | frozenset):
        return sorted(map(_plain, value), key=_text)
    return str(value) if isinstance(value, Decimal | date) else value
