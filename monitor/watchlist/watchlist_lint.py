"""Spellings that cannot be read, and those that run and are probably not what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from monitor.config import Config
from monitor.errors import Place, Problem
from monitor.matching import Alias, AliasKind, NameIndex, load_vocabulary, parse_alias
from monitor.model import Actor, Rule, Scope

MIN_LETTERS = 4  # shorter plain names meet ordinary words
MIN_STEM = 3  # shorter beginnings meet half the dictionary


@dataclass(frozen=True, slots=True)
class _Spelling:
    """A spelling that could be read, and where it stands."""

    alias: Alias
    path: tuple[str | int, ...]

    @property
    def owner(self) -> str:
        return str(self.path[1])

    @property
    def plain_name(self) -> bool:
        return self.path[0] == "actors" and self.path[2] == "aliases" and self.alias.kind is AliasKind.PLAIN


def lint(config: Config) -> tuple[Problem, ...]:
    """Return what is wrong with the spellings and rules of *config*, in the order of files and lines.

    Errors are spellings that can never match or cannot be read. The rest are warnings. Names in the shipped packs
    are not called ordinary, short, doubled or alike: whoever wrote those weighed it.
    """
    problems, spellings = _read(config)
    problems += _ordinary(config, spellings)
    problems += _doubled(config, spellings)
    problems += _alike(config, spellings)
    for actor in config.actors.values():
        problems += _weak_and_context(config, actor)
    for rule in config.rules.values():
        problems += _rule(config, rule)
    return tuple(sorted(problems, key=lambda p: (str(p.place.file), p.place.line, p.place.column, p.message)))


def _read(config: Config) -> tuple[list[Problem], list[_Spelling]]:
    problems: list[Problem] = []
    spellings: list[_Spelling] = []
    for path, written in _written(config):
        try:
            spellings.append(_Spelling(parse_alias(written), path))
        except ValueError as error:
            what, _, way_out = str(error).rpartition("; ")
            problems.append(Problem("error", config.place(*path), what or way_out, way_out if what else ""))
    return problems, spellings


def _written(config: Config) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for actor in config.actors.values():
        for key in ("aliases", "weak", "context", "exclude"):
            for n, written in enumerate(getattr(actor, key)):
                yield ("actors", actor.id, key, n), written
    for keyword in config.keywords.values():
        for n, written in enumerate(keyword.terms):
            yield ("keywords", keyword.id, "terms", n), written
    for rule in config.rules.values():
        for n, written in enumerate(rule.unless):
            yield ("rules", rule.id, "unless", n), written


# ---------------------------------------------------------------- one spelling by itself


def _ordinary(config: Config, spellings: list[_Spelling]) -> Iterator[Problem]:
    words = load_vocabulary()
    for spelling in spellings:
        alias, place = spelling.alias, config.place(*spelling.path)
        if alias.kind is AliasKind.ENDING and len("".join(alias.words)) < MIN_STEM and not alias.unspaced:
            yield Problem(
                "warning", place, f'"{alias.written}" begins many words', "write more of the word before the *"
            )
        if not spelling.plain_name or _in_pack(place):
            continue
        name = "".join(alias.words)
        if alias.unspaced:
            if len(name) == 1:
                yield Problem(
                    "warning", place, f'"{alias.written}" is a single character', "make it weak with a context"
                )
        elif len(name) < MIN_LETTERS:
            hint = f'write "={alias.written.upper()}" or make it weak with a context'
            yield Problem("warning", place, f'"{alias.written}" is short and will meet ordinary words', hint)
        elif len(alias.words) == 1 and name in words:
            hint = f'write "={alias.written}" or make it weak with a context'
            yield Problem("warning", place, f'"{alias.written}" is an ordinary word', hint)


# ---------------------------------------------------------------- spellings beside each other


def _doubled(config: Config, spellings: list[_Spelling]) -> Iterator[Problem]:
    lists = {"aliases": "names", "weak": "names"}  # a name that is weak as well is doubled
    first: dict[tuple[object, ...], _Spelling] = {}
    for spelling in spellings:
        alias, (section, owner, key, _) = spelling.alias, spelling.path
        same = alias.written if alias.kind in (AliasKind.REGEX, AliasKind.EXACT) else alias.words
        known = first.setdefault((section, owner, lists.get(str(key), key), alias.kind, same), spelling)
        place = config.place(*spelling.path)
        if known is not spelling and not _in_pack(place):
            message = f'"{alias.written}" says the same as "{known.alias.written}" before it'
            yield Problem("warning", place, message, "delete one of the two")


def _alike(config: Config, spellings: list[_Spelling]) -> Iterator[Problem]:
    names = [s for s in spellings if s.path[0] == "actors" and s.plain_name]
    index = NameIndex([(s.alias, config.actors[s.owner].fuzzy) for s in names])
    seen: set[frozenset[tuple[str | int, ...]]] = set()
    for spelling in names:
        for number in index.one_edit_away(spelling.alias):
            other = names[number]
            pair = frozenset((spelling.path, other.path))
            place = config.place(*spelling.path)
            if other.owner == spelling.owner or pair in seen or _in_pack(place):
                continue
            seen.add(pair)
            message = f'"{spelling.alias.written}" is one edit from "{other.alias.written}" of [actors.{other.owner}]'
            yield Problem("warning", place, message, 'a typo in either may match the other; consider fuzzy = "off"')


# ---------------------------------------------------------------- actors and rules as a whole


def _weak_and_context(config: Config, actor: Actor) -> Iterator[Problem]:
    if actor.weak and not actor.context:
        place = config.place("actors", actor.id, "weak")
        message = f"the weak names of [actors.{actor.id}] never count: it has no context"
        yield Problem("warning", place, message, "add context words, or move them to aliases")
    if actor.context and not actor.weak:
        place = config.place("actors", actor.id, "context")
        message = f"the context of [actors.{actor.id}] has no effect: it has no weak names"
        yield Problem("warning", place, message, "move the doubtful names to weak, or delete the line")


def _rule(config: Config, rule: Rule) -> Iterator[Problem]:
    if rule.actors and not any(_can_be_met(config.actors[a]) for a in rule.actors if a in config.actors):
        message = f"[rules.{rule.id}] cannot match: none of its actors has a name that can be met"
        yield Problem("warning", config.place("rules", rule.id, "actors"), message, "give one an alias")
    if rule.keywords and not any(config.keywords[k].terms for k in rule.keywords if k in config.keywords):
        message = f"[rules.{rule.id}] cannot match: its keywords have no terms"
        yield Problem("warning", config.place("rules", rule.id, "keywords"), message, "give one a term")
    if rule.within is not Scope.ANYWHERE and not (rule.actors and rule.keywords):
        message = f"within has no effect in [rules.{rule.id}]: it asks how near actors and keywords are"
        yield Problem("warning", config.place("rules", rule.id, "within"), message, "name both, or delete the line")


def _can_be_met(actor: Actor) -> bool:
    return bool(actor.aliases or (actor.weak and actor.context))


def _in_pack(place: Place) -> bool:
    return place.file.resolve().is_relative_to(Path(str(files("monitor"))).resolve() / "packs")
