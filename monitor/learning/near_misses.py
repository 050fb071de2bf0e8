"""Collect near misses in entries about thefts and attacks: spellings that almost match an alias of a tracked actor.

Such a spelling has one typo too many, has other capitals, or lacks a context word nearby.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from monitor.learning.names_in_text.linked_names import quote
from monitor.learning.new_aliases import Quotation
from monitor.matching import ExplainedMatch, Matcher, Rejection, folded_words, load_vocabulary
from monitor.matching.explanation import edit_operations
from monitor.model import Actor, Entry, Mention, Text
from monitor.stories import count_outlets
from monitor.watchlist import Watchlist

# one step more, and it would have counted
_ONE_STEP = frozenset({Rejection.EDITS, Rejection.NO_EDITS, Rejection.CASE, Rejection.NO_CONTEXT})
_TYPO = frozenset({Rejection.EDITS, Rejection.NO_EDITS})
MOST_EDITED = 0.25  # of the letters of a word; with more, it is another word
LONGER_REACHES = (20, 30)  # words that are tried
MAX_CONTEXT = 3  # context words that are tried
MAX_GROUPS = 10_000  # that are kept while entries are read; further ones are not counted
MAX_TEXTS = 20  # of each group that a change is tried on
MAX_EXAMPLES = 3
MAX_OUTLETS = 100


@dataclass(frozen=True, slots=True)
class NearName:
    """A near miss: a place in one text that almost matches an alias of a tracked actor."""

    actor: str  # its id
    alias: str  # as written in the watchlist
    text: str  # as the entry writes it
    rejection: Rejection
    reason: str  # in words; quotes the feed
    sentence: str
    crime_word: str  # of a theft or an attack, in the same entry


@dataclass(frozen=True, slots=True)
class NearMiss:
    """All near misses with the same alias, spelling and reason of rejection, and the change that makes them match."""

    actor: str
    alias: str
    text: str  # as most entries write it
    rejection: Rejection
    reason: str
    entries: int
    outlets: tuple[str, ...]
    evidence: tuple[Quotation, ...]
    actor_after: Actor | None  # with the change that would make them count; None: there is none to advise
    words: tuple[str, ...]  # the spelling or context word that it adds; empty: it lengthens the reach
    tried: int  # entries that the change was tried on
    found: int  # of these, those that mention the actor with it


def near_names(watchlist: Watchlist, text: Text, matches: list[ExplainedMatch], crime_word: str) -> list[NearName]:
    """Return the near misses of *text*, each actor and spelling once.

    Actors that the text mentions by another name are left out.

    Args:
        watchlist: The compiled watchlist.
        text: The title, summary and content of an entry.
        matches: All matches in *text*, including those that were rejected as near misses.
        crime_word: A word for a theft or an attack that *text* contains.
    """
    counting = [match.mention for match in matches if match.counts]
    present = {mention.actor for mention in counting}
    found: dict[tuple[str, str, str], NearName] = {}
    for match in matches:
        mention = match.mention
        actor = watchlist.actors.get(mention.actor or "")
        if actor is None or match.rejection not in _ONE_STEP or mention.actor in present:
            continue
        if any(m.field == mention.field and m.start < mention.end and mention.start < m.end for m in counting):
            continue
        if mention.alias not in actor.aliases and mention.alias not in actor.weak:
            continue
        if match.rejection in _TYPO and not (mention.alias in actor.aliases and _may_be_typo(mention)):
            continue
        value = getattr(text, mention.field)
        one = NearName(
            actor.id,
            mention.alias,
            mention.text,
            match.rejection,
            match.rejected_because,
            quote(value, mention.start, mention.end),
            crime_word,
        )
        found.setdefault((one.actor, one.rejection, one.text), one)
    return [*found.values()]


def _may_be_typo(mention: Mention) -> bool:
    """Return whether the text of *mention* may be a typo of its alias.

    Typos seldom change the first letter or drop the capital of a name.
    """
    written, wanted = folded_words(mention.text), folded_words(mention.alias.lstrip("="))
    if len(written) != len(wanted):
        written, wanted = ("".join(written),), ("".join(wanted),)
    if not all(_is_similar(one, other) for one, other in zip(written, wanted, strict=True)):
        return False
    has_capital = any(c.isupper() or c.lower() == c.upper() for c in mention.text if c.isalpha())
    return has_capital and not any(word in load_vocabulary() and word not in wanted for word in written)


def _is_similar(written: str, wanted: str) -> bool:
    if not written or not wanted or written[0] != wanted[0]:
        return False
    return len(edit_operations(written, wanted)) <= MOST_EDITED * max(len(written), len(wanted))


@dataclass(slots=True)
class _Group:
    first: NearName
    entries: int = 0
    outlets: dict[str, None] = field(default_factory=dict)
    evidence: list[Quotation] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    crime_words: dict[str, int] = field(default_factory=dict)


class NearMissCollector:
    """Groups the near misses of many entries by actor, alias and spelling; the number of groups is limited."""

    def __init__(self, watchlist: Watchlist) -> None:
        self._watchlist = watchlist
        self._groups: dict[tuple[str, str, Rejection, tuple[str, ...]], _Group] = {}

    def add(self, entry: Entry, names: list[NearName]) -> None:
        """Count the near misses of one entry.

        Args:
            entry: The entry.
            names: The near misses that ``near_names`` found in its text.
        """
        for name in names:
            key = (name.actor, name.alias, name.rejection, folded_words(name.text))
            if key not in self._groups and len(self._groups) >= MAX_GROUPS:
                continue
            group = self._groups.setdefault(key, _Group(name))
            group.entries += 1
            if len(group.outlets) < MAX_OUTLETS:
                group.outlets.setdefault(entry.outlet)
            if len(group.evidence) < MAX_EXAMPLES:
                group.evidence.append(Quotation(name.sentence, entry.outlet, entry.link))
            if len(group.texts) < MAX_TEXTS:
                group.texts.append(entry.text)
            word = folded_words(name.crime_word)
            if word and (len(group.crime_words) < MAX_OUTLETS or word[0] in group.crime_words):
                group.crime_words[word[0]] = group.crime_words.get(word[0], 0) + 1

    def result(self) -> tuple[NearMiss, ...]:
        """Return the groups of near misses; those that the most outlets wrote come first."""
        found = [self._near_miss(group) for group in self._groups.values()]
        return tuple(sorted(found, key=lambda m: (-count_outlets(m.outlets), -m.entries, m.actor, m.alias, m.text)))

    def _near_miss(self, group: _Group) -> NearMiss:
        first = group.first
        actor = self._watchlist.actors[first.actor]
        tried: list[tuple[int, Actor, tuple[str, ...]]] = []
        for changed, words in _changes(actor, group):
            matcher = Matcher((changed,), (), vocabulary=load_vocabulary())
            tried.append((sum(bool(matcher.find(text).mentions) for text in group.texts), changed, words))
        count, after, words = max(tried, key=lambda one: one[0], default=(0, actor, ()))  # the first of equal ones
        return NearMiss(
            first.actor,
            first.alias,
            first.text,
            first.rejection,
            first.reason,
            group.entries,
            tuple(group.outlets),
            tuple(group.evidence),
            after if count else None,
            words if count else (),
            len(group.texts),
            count,
        )


def _changes(actor: Actor, group: _Group) -> Iterator[tuple[Actor, tuple[str, ...]]]:
    """Yield variants of *actor* that may turn the near misses of *group* into mentions, each with the words it adds.

    A variant has one more spelling, one more context word, or looks for context words further away (no words added).
    """
    first = group.first
    if first.rejection is Rejection.NO_CONTEXT:
        if isinstance(actor.within, int):
            for further in LONGER_REACHES:
                if further > actor.within and (actor.context or actor.context_generic):
                    yield replace(actor, within=further), ()
        for word in sorted(group.crime_words, key=lambda word: -group.crime_words[word])[:MAX_CONTEXT]:
            yield replace(actor, context=(*actor.context, word)), (word,)
        return
    spelling = f"={first.text}" if first.rejection is Rejection.CASE else first.text
    if first.alias in actor.weak:
        yield replace(actor, weak=(*actor.weak, spelling)), (spelling,)
    else:
        yield replace(actor, aliases=(*actor.aliases, spelling)), (spelling,)
