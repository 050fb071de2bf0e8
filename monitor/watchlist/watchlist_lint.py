"""Check the spellings and rules of a watchlist: errors for invalid spellings, warnings for probable mistakes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from monitor.config import Config
from monitor.errors import Place, Problem
from monitor.facts import parse_address
from monitor.garbage_collection import paused_garbage_collection
from monitor.matching import Alias, AliasKind, load_vocabulary, parse_alias, similar_names
from monitor.model import Actor, Rule, Scope
from monitor.watchlist.published_list_lint import addresses_of, lint_published_lists
from monitor.wording import counted

MIN_LETTERS = 4  # shorter names are often ordinary words
MIN_STEM = 3  # a shorter stem begins too many words

_CLAUSE_MARKS = re.compile("[,;:!?]")
_NAME_KEYS = frozenset({"aliases", "weak"})

_Path = tuple[str | int, ...]


class _Spelling(NamedTuple):
    """A valid spelling of an actor or keyword, and its path in the configuration.

    It is a tuple, because a configuration may have a hundred thousand of them.
    """

    alias: Alias
    path: _Path

    @property
    def owner(self) -> str:
        return str(self.path[1])

    @property
    def is_actor_name(self) -> bool:
        return self.path[0] == "actors" and self.path[2] in _NAME_KEYS

    @property
    def is_plain_alias(self) -> bool:
        return self.alias.kind is AliasKind.PLAIN and self.path[2] == "aliases" and self.path[0] == "actors"

    @property
    def list(self) -> tuple[object, ...]:
        """Return which list of the configuration contains the spelling.

        ``aliases`` and ``weak`` count as one list, so that a spelling in both is a duplicate.
        """
        section, owner, key, *_ = self.path
        return (section, owner, "names" if self.is_actor_name else key, *self.path[3:-1])  # with the group of terms


def lint_watchlist(config: Config, today: date | None = None) -> tuple[Problem, ...]:
    """Return the problems with the spellings and rules of *config*, in the order of files and lines.

    A spelling that is invalid or can never match is an error; all other problems are warnings. The spellings in packs
    shipped with the monitor get no warnings, because they were reviewed when they were added.

    Args:
        config: The configuration.
        today: The current date, to check the age of published lists; None skips that check.
    """
    with paused_garbage_collection():
        return _lint(config, today)


def has_valid_spellings(config: Config) -> bool:
    """Return whether all spellings in *config* are valid, so that ``lint_watchlist`` would report no error."""
    try:
        for written in {written for _, written in _spellings(config)}:
            parse_alias(written)
        for _, written in addresses_of(config):
            parse_address(written)
    except ValueError:
        return False
    return True


def _lint(config: Config, today: date | None) -> tuple[Problem, ...]:
    problems, spellings = _parse(config)
    problems += lint_published_lists(config, today)
    problems += _lint_each(config, spellings)
    for same in _grouped(spellings):
        problems += _lint_duplicates(config, same)
        problems += _lint_shared(config, same)
    problems += _lint_similar(config, spellings)
    for actor in config.actors.values():
        problems += _lint_context(config, actor)
    for rule in config.rules.values():
        problems += _lint_rule(config, rule)
    return tuple(sorted(problems, key=lambda p: (str(p.place.file), p.place.line, p.place.column, p.message)))


def _parse(config: Config) -> tuple[list[Problem], list[_Spelling]]:
    problems: list[Problem] = []
    spellings: list[_Spelling] = []
    parsed: dict[str, Alias] = {}  # many actors share context words
    for path, written in _spellings(config):
        try:
            alias = parsed.get(written) or parsed.setdefault(written, parse_alias(written))
            spellings.append(_Spelling(alias, path))
        except ValueError as error:
            message, _, hint = str(error).rpartition("; ")
            problems.append(Problem("error", config.place(*path), message or hint, hint if message else ""))
    return problems, spellings


def _spellings(config: Config) -> Iterator[tuple[_Path, str]]:
    for actor in config.actors.values():
        for key in ("aliases", "weak", "context", "context_generic", "exclude"):
            for n, written in enumerate(getattr(actor, key)):
                yield ("actors", actor.id, key, n), written
        for c, combination in enumerate(actor.combine):
            for g, group in enumerate(combination.all):
                for n, written in enumerate(group):
                    yield ("actors", actor.id, "combine", c, "all", g, n), written
    for keyword in config.keywords.values():
        for n, written in enumerate(keyword.terms):
            yield ("keywords", keyword.id, "terms", n), written
    for rule in config.rules.values():
        for n, written in enumerate(rule.unless):
            yield ("rules", rule.id, "unless", n), written


def _lint_each(config: Config, spellings: list[_Spelling]) -> Iterator[Problem]:
    words = load_vocabulary()
    for spelling in spellings:
        alias = spelling.alias
        if alias.kind is AliasKind.ENDING and len("".join(alias.words)) < MIN_STEM and not alias.unspaced:
            message = f'"{alias.written}" begins many words'
            yield Problem("warning", config.place(*spelling.path), message, "write more letters before the *")
        if alias.kind is not AliasKind.REGEX and "*" in alias.written.strip().rstrip("*"):
            word = alias.written.replace("*", "").strip()
            message = f'the * in "{alias.written}" has no effect: only the end of a spelling may vary'
            hint = f'write "{word}" or "{word}*"'
            yield Problem("warning", config.place(*spelling.path), message, hint)
        # only a reported spelling needs its location: there may be a hundred thousand spellings
        doubt = _doubt(alias, words) if spelling.is_plain_alias else ""
        if doubt and not _is_in_pack(place := config.place(*spelling.path)):
            yield Problem("warning", place, f'"{alias.written}" is {doubt}', _stricter(alias))


def _doubt(alias: Alias, words: frozenset[str]) -> str:
    """Return why a plain alias probably matches too many texts; empty if it does not."""
    name = "".join(alias.words)
    if alias.unspaced:
        return "a single character" if len(name) == 1 else ""
    if len(name) < MIN_LETTERS:
        return "short and will match ordinary words"
    return "an ordinary word" if len(alias.words) == 1 and name in words else ""


def _stricter(alias: Alias) -> str:
    """Return a hint that proposes stricter spellings of an alias, which still match the text as written."""
    weak = "move it to weak and add a context"
    exact = f"={alias.written.strip()}"
    if alias.unspaced or parse_alias(exact).core != alias.written.strip():
        return weak
    return f'write "{exact}" to match only these capitals, or {weak}'


def _grouped(spellings: list[_Spelling]) -> list[list[_Spelling]]:
    """Return groups of two or more spellings that match exactly the same texts."""
    groups: dict[tuple[object, ...], list[_Spelling]] = defaultdict(list)
    for spelling in spellings:
        groups[_identity(spelling.alias)].append(spelling)
    return [group for group in groups.values() if len(group) > 1]


def _identity(alias: Alias) -> tuple[object, ...]:
    """Return a key that is equal for two aliases exactly if they match the same texts."""
    # a comma between two words of a spelling lets it match where a text has one: "Doe, Jane"
    marks = _CLAUSE_MARKS.findall(alias.core)
    if alias.kind is AliasKind.PLAIN and not marks:
        return alias.words  # as most are
    same: object = {AliasKind.REGEX: alias.written, AliasKind.EXACT: alias.core}.get(alias.kind, alias.words)
    return None, alias.kind, same, *(marks if alias.kind in (AliasKind.PLAIN, AliasKind.ENDING) else ())


def _lint_duplicates(config: Config, same: list[_Spelling]) -> Iterator[Problem]:
    first: dict[tuple[object, ...], _Spelling] = {}
    for spelling in same:
        known = first.setdefault(spelling.list, spelling)
        if known is not spelling and not _is_in_pack(place := config.place(*spelling.path)):
            message = f'"{spelling.alias.written}" means the same as "{known.alias.written}" before it'
            yield Problem("warning", place, message, "delete one of the two")


def _lint_shared(config: Config, same: list[_Spelling]) -> Iterator[Problem]:
    shared = [spelling for spelling in same if spelling.is_actor_name]
    owners = list(dict.fromkeys(spelling.owner for spelling in shared))
    if len(owners) < 2:
        return
    for spelling in shared[1:] + shared[:1]:
        if not _is_in_pack(place := config.place(*spelling.path)):
            actors = f"{counted(len(owners), 'actor')}: {', '.join(owners)}"
            message = f'"{spelling.alias.written}" is a spelling of {actors}'
            hint = "each of them is mentioned where it occurs; delete it from all but the intended ones"
            yield Problem("warning", place, message, hint)
            return


def _lint_similar(config: Config, spellings: list[_Spelling]) -> Iterator[Problem]:
    names = [spelling for spelling in spellings if spelling.is_plain_alias]
    reported: set[frozenset[_Path]] = set()
    for one, two in similar_names([(s.alias, config.actors[s.owner].fuzzy) for s in names]):
        spelling, other = names[one], names[two]
        pair = frozenset((spelling.path, other.path))
        if other.owner == spelling.owner or pair in reported or _is_in_pack(place := config.place(*spelling.path)):
            continue
        reported.add(pair)
        message = f'"{spelling.alias.written}" is one edit from "{other.alias.written}" of [actors.{other.owner}]'
        hint = f'a typo may match the other; set fuzzy = "off" in [actors.{spelling.owner}] and [actors.{other.owner}]'
        yield Problem("warning", place, message, hint)


def _lint_context(config: Config, actor: Actor) -> Iterator[Problem]:
    if actor.weak and not _has_context(actor):
        place = config.place("actors", actor.id, "weak")
        message = f"the weak spellings of [actors.{actor.id}] never count: it has no context"
        yield Problem("warning", place, message, "add context words, or move the spellings to aliases")
    for number, combination in enumerate(actor.combine):
        if combination.needs_context and not _has_context(actor):
            place = config.place("actors", actor.id, "combine", number)
            message = f"this combination of [actors.{actor.id}] never counts: the actor has no context"
            yield Problem("warning", place, message, 'add context words, or delete needs = "context"')


def _has_context(actor: Actor) -> bool:
    return bool(actor.context or len(actor.context_generic) > 1)


def _lint_rule(config: Config, rule: Rule) -> Iterator[Problem]:
    if rule.actors and not any(_can_match(config.actors[a]) for a in rule.actors if a in config.actors):
        message = f"[rules.{rule.id}] cannot match: none of its actors has a spelling that can count"
        yield Problem("warning", config.place("rules", rule.id, "actors"), message, "add an alias to one of them")
    if rule.keywords and not any(config.keywords[k].terms for k in rule.keywords if k in config.keywords):
        message = f"[rules.{rule.id}] cannot match: its keywords have no terms"
        yield Problem("warning", config.place("rules", rule.id, "keywords"), message, "add a term to one of them")
    if rule.within is not Scope.ANYWHERE and not (rule.actors and rule.keywords):
        message = f"within in [rules.{rule.id}] has no effect: it limits the distance between actors and keywords"
        hint = "add both actors and keywords, or delete the line"
        yield Problem("warning", config.place("rules", rule.id, "within"), message, hint)


def _can_match(actor: Actor) -> bool:
    combined = any(not combination.needs_context or _has_context(actor) for combination in actor.combine)
    return bool(actor.aliases or actor.addresses or (actor.weak and _has_context(actor)) or combined)


def _is_in_pack(place: Place) -> bool:
    return place.file.parent == _packs() or place.file.resolve().parent == _packs()


@cache
def _packs() -> Path:
    return Path(str(files("monitor"))).resolve() / "packs"
