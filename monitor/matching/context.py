"""Context words that weak aliases need, phrases that exclude a mention, and distances between mentions.

Distances are counted in words. Neighbours are 1 word apart, so "4 words away" means that three words stand between
them; overlapping spans are 0 words apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from monitor.matching.candidate import Candidate, SpanIndex, index_candidates
from monitor.matching.forms import has_digit
from monitor.matching.match import Match, Rejection, quoted
from monitor.matching.words import Words, folded_words
from monitor.model import Actor, Mention, Scope, Within
from monitor.wording import counted

MIN_CERTAIN = 7  # letters; a shorter misspelled name needs a context word

_Spellings = frozenset[int]  # the pattern numbers of some spellings


def word_distance(one: Mention | Candidate, other: Mention | Candidate) -> int:
    """Return the distance of two mentions in words: 1 for neighbours, 0 if they overlap."""
    return max(0, other.word - (one.word + one.words - 1), one.word - (other.word + other.words - 1))


def is_within(one: Mention, other: Mention, within: Within) -> bool:
    """Return whether the distance of two mentions is at most *within*.

    Args:
        one: A mention of an actor or keyword.
        other: Another mention in the same entry.
        within: The largest distance in words, or ``Scope.SENTENCE`` or ``Scope.ANYWHERE``.
    """
    if within is Scope.ANYWHERE:
        return True
    if within is Scope.SENTENCE:
        return one.sentence == other.sentence
    return word_distance(one, other) <= within


def describe_within(within: Within) -> str:
    """Return a configured distance in words: ``within 15 words``, ``in the same sentence`` or ``anywhere``."""
    if isinstance(within, Scope):
        return "in the same sentence" if within is Scope.SENTENCE else "anywhere"
    return f"within {counted(within, 'word')}"


def index_mentions(mentions: Iterable[Mention]) -> SpanIndex[Mention]:
    """Return an index that finds the mention before, after or at a given word of a text."""
    return SpanIndex(mentions, lambda m: (m.word, m.word + m.words))


def nearest_mentions(one: Mention, others: SpanIndex[Mention]) -> list[Mention]:
    """Return up to three of *others*: one that overlaps *one*, the nearest before it and the nearest after it.

    To find out whether any of *others* is near enough, only these need to be checked.
    """
    start, end = one.word, one.word + one.words
    return [m for m in (others.overlapping(start, end), others.before(start), others.after(end)) if m is not None]


def nearest_context(name: Candidate, context: SpanIndex[Candidate], within: Within, words: Words) -> Candidate | None:
    """Return the context word nearest to a name; None if no context word is near enough.

    A context word confirms a name that is also an ordinary word: "hacked" near "Sandworm".

    Args:
        name: Where the name occurs.
        context: Where context words occur; those that overlap the name are ignored.
        within: The largest distance in words, or ``Scope.SENTENCE`` or ``Scope.ANYWHERE``.
        words: The words of the text.
    """
    beside = [word for word in (context.before(name.start), context.after(name.end)) if word]
    if within is Scope.SENTENCE:
        sentence = words.sentence(name.span(words)[0])
        beside = [word for word in beside if words.sentence(word.span(words)[0]) == sentence]
    elif within is not Scope.ANYWHERE:
        beside = [word for word in beside if word_distance(name, word) <= within]
    return min(beside, key=lambda word: word_distance(name, word), default=None)


class ContextRules:
    """Rejects names that stand in the wrong surroundings, by the actors' ``exclude`` and ``context`` settings.

    Args:
        actors: The actors of the watchlist.
        numbers: The number of each excluded phrase and context word in the index of spellings.
    """

    def __init__(self, actors: Iterable[Actor], numbers: Mapping[str, int]) -> None:
        lists: dict[tuple[str, ...], _Spellings] = {}  # most actors share their list with others

        def numbered(spellings: tuple[str, ...]) -> _Spellings:
            return lists.setdefault(spellings, frozenset(numbers[spelling] for spelling in spellings))

        actors = tuple(actors)
        self._context = {actor.id: numbered(actor.context) for actor in actors if actor.context}
        self._generic = {actor.id: numbered(actor.context_generic) for actor in actors if actor.context_generic}
        self._exclude = {actor.id: numbered(actor.exclude) for actor in actors if actor.exclude}

    def reject(self, words: Words, matches: Iterable[Match], candidates: Iterable[Candidate]) -> None:
        """Reject names inside an excluded phrase, and doubtful names without a context word near them.

        Doubtful are the actor's weak aliases, such as ordinary words, and short names with a typo.

        Args:
            words: The words of the text.
            matches: The matches of the text; those that were rejected before are left unchanged.
            candidates: All places where a spelling occurs, those of context words and excluded phrases included.
        """
        to_check = [match for match in matches if match.counts and self._needs_check(match)]
        if to_check:
            found = _FoundSpellings(words, candidates)
            for match in to_check:
                self._check(match, found)

    def _needs_check(self, match: Match) -> bool:
        actor = match.owner.actor
        return actor is not None and (match.owner.weak or match.candidate.edits > 0 or actor.id in self._exclude)

    def _check(self, match: Match, found: _FoundSpellings) -> None:
        actor, candidate = match.owner.actor, match.candidate
        if actor is None:
            return
        excluding = found.index(self._exclude.get(actor.id)).overlapping(candidate.start, candidate.end)
        if excluding:
            match.reject(Rejection.EXCLUDED, partial(_inside, found.words, excluding))
        elif match.owner.weak or _is_doubtful(candidate, found.words):
            match.context = self._confirming(actor, candidate, found)
            if not match.context:
                context = found.index(self._context.get(actor.id))
                match.reject(Rejection.NO_CONTEXT, partial(_no_context, match, context, found))

    def _confirming(self, actor: Actor, name: Candidate, found: _FoundSpellings) -> tuple[Candidate, ...]:
        """Return the context words that confirm a name: one of ``context``, or two different ``context_generic`` ones.

        Empty if too few context words are near the name.
        """
        context = found.index(self._context.get(actor.id))
        if nearest := nearest_context(name, context, actor.within, found.words):
            return (nearest,)
        confirming: list[Candidate] = []
        for number in self._generic.get(actor.id, frozenset()):
            word = nearest_context(name, found.index(frozenset([number])), actor.within, found.words)
            if word and all(other.end <= word.start or word.end <= other.start for other in confirming):
                confirming.append(word)
        confirming.sort(key=lambda word: word_distance(name, word))
        return tuple(confirming[:2]) if len(confirming) > 1 else ()


def _is_doubtful(candidate: Candidate, words: Words) -> bool:
    """Return whether a misspelled name needs a context word to count.

    It does if it has fewer than MIN_CERTAIN letters, or lacks only the final "s" of the name ("anchor" for "Anchors").
    """
    if not candidate.edits:
        return False
    written, wanted = "".join(folded_words(candidate.text(words))), "".join(candidate.alias.words)
    if has_digit(written):
        return False
    return min(len(written), len(wanted)) < MIN_CERTAIN or written + "s" == wanted


class _FoundSpellings:
    """The places in one text where context words and excluded phrases occur, looked up by sets of such spellings."""

    def __init__(self, words: Words, candidates: Iterable[Candidate]) -> None:
        self.words = words
        self._found: dict[int, list[Candidate]] = {}
        for candidate in candidates:
            self._found.setdefault(candidate.pattern, []).append(candidate)
        self._indexes: dict[_Spellings, SpanIndex[Candidate]] = {frozenset(): index_candidates(())}

    def index(self, spellings: _Spellings | None) -> SpanIndex[Candidate]:
        """Return an index of the places where any of *spellings* occurs in the text; it may be empty."""
        if spellings is None:
            spellings = frozenset()
        known = self._indexes.get(spellings)  # most actors share their context
        if known is None:
            present = spellings.intersection(self._found)
            if present not in self._indexes:
                self._indexes[present] = index_candidates(c for n in present for c in self._found[n])
            known = self._indexes[spellings] = self._indexes[present]
        return known


def _inside(words: Words, phrase: Candidate) -> str:
    return f"inside the excluded phrase {quoted(words, phrase)}"


def _no_context(match: Match, context: SpanIndex[Candidate], found: _FoundSpellings) -> str:
    actor = match.owner.actor
    kind = "weak alias" if match.owner.weak else "a short name with a typo"
    if actor is None or not (actor.context or actor.context_generic):
        return f"{kind}: the actor has no context words"
    return f"{kind}: no context word {describe_within(actor.within)}{_nearest(match.candidate, context, found)}"


def _nearest(name: Candidate, context: SpanIndex[Candidate], found: _FoundSpellings) -> str:
    """Return a clause about the nearest context word, which is too far away.

    For example ``; the nearest is "bank", 21 words away``; empty if the text contains no context word.
    """
    nearest = nearest_context(name, context, Scope.ANYWHERE, found.words)
    if nearest is None:
        return ""
    return f"; the nearest is {quoted(found.words, nearest)}, {counted(word_distance(name, nearest), 'word')} away"
