"""Collect the other names that news items give tracked actors, and decide which to suggest as new aliases."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from monitor.exchange.group_strictness import GROUP_CONTEXT
from monitor.exchange.names import ListedName, NameKind
from monitor.exchange.strictness import Spellings, spellings
from monitor.learning.names_in_text.linked_names import LinkedName
from monitor.learning.names_in_text.phrases import Relation
from monitor.matching import folded_words
from monitor.model import Actor, Entry
from monitor.stories import count_outlets

ENOUGH_OUTLETS = 2  # for a name that a text only puts in brackets, or after "the group"
MAX_EXAMPLES = 3
MAX_OUTLETS = 100  # that are kept for each name
MAX_NAMES = 20_000  # that are kept while entries are read; further ones are not counted


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of an entry that serves as evidence.

    It is text from a feed, so it must be escaped before it is shown.
    """

    sentence: str
    outlet: str
    link: str


@dataclass(frozen=True, slots=True)
class NewAlias:
    """A name that news items give a tracked actor and that is not an alias of this actor yet."""

    actor: str  # its id
    name: str
    relation: Relation
    phrases: tuple[str, ...]  # by which they do, the most frequent first
    outlets: tuple[str, ...]
    entries: int
    evidence: tuple[Quotation, ...]
    spellings: Spellings  # as the watchlist would have it, by the rules of the importers
    others: tuple[str, ...] = ()  # other actors that have this name in the watchlist


@dataclass(frozen=True, slots=True)
class NewAliases:
    """The names that news items give tracked actors: to suggest, uncertain, of another actor, and of subgroups.

    In each group, names that the most outlets use come first.
    """

    suggested: tuple[NewAlias, ...]
    unsure: tuple[NewAlias, ...]  # one outlet, by brackets alone or of vendors' overlaps
    shared: tuple[NewAlias, ...]  # already a name of another actor
    parts: tuple[NewAlias, ...]  # a subgroup or an affiliate: another actor, no alias


@dataclass(slots=True)
class _Seen:
    written: Counter[str] = field(default_factory=Counter)
    phrases: Counter[str] = field(default_factory=Counter)
    outlets: dict[str, None] = field(default_factory=dict)
    sentences: set[tuple[str, ...]] = field(default_factory=set)
    relations: set[Relation] = field(default_factory=set)
    evidence: list[Quotation] = field(default_factory=list)
    others: tuple[str, ...] = ()
    entries: int = 0
    is_certain: bool = False


class AliasCollector:
    """Counts the other names that entries give tracked actors; the number of names is limited."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, tuple[str, ...]], _Seen] = {}

    def add(self, entry: Entry, names: list[LinkedName]) -> None:
        """Count the names in one entry.

        Args:
            entry: The entry.
            names: The names that ``NameReader`` found in its text.
        """
        for name in names:
            key = (name.actor, folded_words(name.name))
            if key not in self._seen and len(self._seen) >= MAX_NAMES:
                continue
            seen = self._seen.setdefault(key, _Seen())
            seen.entries += 1
            seen.written[name.name] += 1
            seen.phrases[name.phrase or "( )"] += 1
            seen.relations.add(name.relation)
            seen.others = seen.others or name.others
            seen.is_certain |= name.is_certain
            known = [one.outlet for one in seen.evidence]
            if entry.outlet not in known and len(seen.evidence) < MAX_EXAMPLES:
                seen.evidence.append(Quotation(name.sentence, entry.outlet, entry.link))
            if len(seen.outlets) < MAX_OUTLETS:
                seen.outlets.setdefault(entry.outlet)
            if len(seen.sentences) < MAX_OUTLETS:
                seen.sentences.add(folded_words(name.sentence))

    def result(self) -> NewAliases:
        """Return the counted names in four groups.

        The groups are: names to suggest as aliases, uncertain names, names that are already aliases of another actor,
        and names of subgroups or affiliates.
        """
        suggested: list[NewAlias] = []
        unsure: list[NewAlias] = []
        shared: list[NewAlias] = []
        parts: list[NewAlias] = []
        for (actor, _), seen in self._seen.items():
            alias = _alias(actor, seen)
            if not (alias.spellings.aliases or alias.spellings.weak):  # a description and no name
                continue
            if alias.others:
                shared.append(alias)
            elif alias.relation is Relation.PART:
                parts.append(alias)
            # outlets that carry the same headline are one witness
            elif seen.is_certain or min(count_outlets(alias.outlets), len(seen.sentences)) >= ENOUGH_OUTLETS:
                suggested.append(alias)
            else:
                unsure.append(alias)
        return NewAliases(*(tuple(sorted(found, key=_rank)) for found in (suggested, unsure, shared, parts)))


def _alias(actor: str, seen: _Seen) -> NewAlias:
    name = seen.written.most_common(1)[0][0]
    # whoever says that it is a part of the actor, or that they overlap, contradicts that it is the same
    relation = next(one for one in (Relation.PART, Relation.SAME, Relation.OVERLAP) if one in seen.relations)
    return NewAlias(
        actor,
        name,
        relation,
        tuple(phrase for phrase, _ in seen.phrases.most_common()),
        tuple(seen.outlets),
        seen.entries,
        tuple(seen.evidence),
        spellings(((name, ListedName(name, name, NameKind.GROUP, (name,))),)),
        seen.others,
    )


def _rank(alias: NewAlias) -> tuple[int, int, str, str]:
    return -count_outlets(alias.outlets), -alias.entries, alias.actor, alias.name


def with_alias(actor: Actor, alias: NewAlias) -> Actor:
    """Return *actor* with the spellings of *alias* added.

    If a spelling is weak and the actor has no context words, it also gets general ones about attacks, such as "hacked".
    """
    new = alias.spellings
    context = actor.context or ((*GROUP_CONTEXT,) if new.weak else ())
    return replace(
        actor,
        aliases=tuple(dict.fromkeys((*actor.aliases, *new.aliases))),
        weak=tuple(dict.fromkeys((*actor.weak, *new.weak))),
        context=context,
    )
