"""Suggest changes that make a noisy alias more precise: phrases to exclude, context words to require, exact capitals.

Each change is tried on the past hits of the actor: how many noise hits it prevents, how many relevant hits it loses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.advice.candidates import FUNCTION_WORDS, phrases_around
from monitor.learning.names_in_text.name_words import EMPTY_WORDS
from monitor.learning.triaged_hits import NOISE, RELEVANT, Effect, JudgedHit, TriagedHits, with_alias_moved
from monitor.matching import AliasKind, Matcher, folded_words, parse_alias
from monitor.model import Actor, Keyword, Mention, Text
from monitor.store.actor_view import TriagedText

MIN_NOISE = 2  # hits: one alone says little
MAX_PHRASES = 8
MAX_WORDS = 8
MAX_SHOWN = 3
MIN_WORD = 4  # letters of a context word
REACH = 15  # words around a mention in which context is looked for, if the actor's reach is no number


class RefinementKind(StrEnum):
    """The kinds of changes that make an alias more precise."""

    EXCLUDE = "exclude"  # phrases in which the alias is no mention
    EXACT = "exact"  # the alias counts only with its capitals
    WEAK = "weak"  # the alias counts only near the context that the actor has
    CONTEXT = "context"  # the same, with new context words
    NARROW = "narrow"  # context words that only confirm noise are taken out
    WITHIN = "within"  # context must be nearer
    NO_TYPOS = "no_typos"  # typos do not count


@dataclass(frozen=True, slots=True)
class Refinement:
    """A change of an actor that prevents noise hits, and how many past hits of each triage it would have prevented."""

    kind: RefinementKind
    alias: str
    words: tuple[str, ...]  # the phrases or context words that it is about
    actor: Actor  # with the change
    effect: Effect
    evidence: tuple[TriagedText, ...]  # hits that were noise, as examples


def refine(alias: str, hits: TriagedHits) -> tuple[Refinement, ...]:
    """Return up to ``MAX_SHOWN`` changes of the actor that prevent noise hits of *alias*, the best first.

    Changes that also lose relevant hits are returned only if no change loses none.

    Args:
        alias: The spelling, as written in the watchlist.
        hits: The past hits of the actor that has the alias.
    """
    of_alias = [hit for hit in hits.hits if any(mention.alias == alias for mention in hit.mentions)]
    noise = [hit for hit in of_alias if hit.hit.triage == NOISE]
    relevant = [hit for hit in of_alias if hit.hit.triage == RELEVANT]
    if len({folded_words(hit.hit.text.title) for hit in noise}) < MIN_NOISE:
        return ()
    sides = _Sides(alias, hits.actor, noise, relevant)
    evidence = tuple(hit.hit for hit in noise[:3])
    found: list[Refinement] = []
    for kind, words, actor in _candidates(sides):
        effect = hits.effect(actor)
        if effect.noise_removed:
            found.append(Refinement(kind, alias, words, actor, effect, evidence))
    found.sort(key=lambda one: (one.effect.relevant_lost, -one.effect.noise_removed, one.effect.undecided_lost))
    harmless = [one for one in found if one.effect.is_harmless]
    # what loses more relevant hits than it removes noise is no advice
    return tuple(
        (harmless or [one for one in found if one.effect.relevant_lost < one.effect.noise_removed])[:MAX_SHOWN]
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """The past hits of one alias, divided into those triaged as noise and those triaged as relevant."""

    alias: str
    actor: Actor
    noise: list[JudgedHit]
    relevant: list[JudgedHit]

    def mentions(self, hit: JudgedHit) -> list[Mention]:
        """Return the mentions in *hit* that match this alias."""
        return [mention for mention in hit.mentions if mention.alias == self.alias]


_Candidate = tuple[RefinementKind, tuple[str, ...], Actor]


def _candidates(sides: _Sides) -> Iterator[_Candidate]:
    actor, alias = sides.actor, sides.alias
    if phrases := _phrases(sides):
        yield RefinementKind.EXCLUDE, phrases, replace(actor, exclude=(*actor.exclude, *phrases))
    if all(mention.edits for hit in sides.noise for mention in sides.mentions(hit)):
        yield RefinementKind.NO_TYPOS, (), replace(actor, fuzzy=0)
    parsed = _parsed(alias)
    is_weak = alias in actor.weak
    if parsed is not None and alias in (*actor.aliases, *actor.weak):
        yield from _exact(sides, is_weak=is_weak)
    if alias in actor.aliases and (actor.context or actor.context_generic):
        yield RefinementKind.WEAK, (), with_alias_moved(actor, alias, weak=(alias,))
    if alias in actor.aliases and (words := _context(sides)):
        moved = with_alias_moved(actor, alias, weak=(alias,))
        yield RefinementKind.CONTEXT, words, replace(moved, context=(*actor.context, *words))
    if is_weak:
        if (words := _useless_context(sides)) and len(words) < len(actor.context):
            yield (
                RefinementKind.NARROW,
                words,
                replace(actor, context=tuple(w for w in actor.context if w not in words)),
            )
        if isinstance(actor.within, int) and actor.within > 1:
            yield from _nearer(sides, actor.within)


# ---------------------------------------------------------------- phrases


def _phrases(sides: _Sides) -> tuple[str, ...]:
    """Return phrases around the alias that occur in noise hits and in no relevant hit, such as "lazarus taxon".

    Excluding them prevents as many noise hits as possible with at most ``MAX_PHRASES`` phrases.
    """
    covered: dict[str, set[int]] = defaultdict(set)
    written: dict[str, str] = {}
    for number, hit in enumerate(sides.noise):
        for mention in sides.mentions(hit):
            for phrase in phrases_around(mention, hit.hit.text):
                if _says_something(phrase, mention):
                    key = " ".join(folded_words(phrase))
                    covered[key].add(number)
                    written.setdefault(key, phrase)
    relevant = [f" {' '.join(folded_words(' '.join(v for _, v in hit.hit.text.fields())))} " for hit in sides.relevant]
    usable = {
        key: numbers
        for key, numbers in covered.items()
        if (len(numbers) > 1 or _is_longer_name(written[key])) and not any(f" {key} " in text for text in relevant)
    }
    return tuple(written[key] for key in _cover(usable, MAX_PHRASES))


def _cover(usable: dict[str, set[int]], most: int) -> list[str]:
    """Return at most *most* keys whose sets together cover as many numbers as possible (greedy set cover).

    Of keys that add equally many numbers, the key with the fewest words is chosen.

    Args:
        usable: The numbers that each key covers.
        most: The largest number of keys.
    """
    chosen: list[str] = []
    done: set[int] = set()
    while len(chosen) < most:
        best = max(usable, key=lambda key: (len(usable[key] - done), -len(key.split()), -len(key), key), default=None)
        if best is None or not usable[best] - done:
            break
        chosen.append(best)
        done |= usable[best]
    return chosen


def _says_something(phrase: str, mention: Mention) -> bool:
    """Return whether *phrase* adds a word to the mention that is more than an article or a preposition."""
    own = set(folded_words(mention.text))
    return any(word not in FUNCTION_WORDS and word not in own and len(word) > 1 for word in folded_words(phrase))


def _is_longer_name(phrase: str) -> bool:
    return all(word[0].isupper() for word in phrase.split() if word.casefold() not in FUNCTION_WORDS)


# ---------------------------------------------------------------- capitals


def _parsed(alias: str) -> str | None:
    """Return an alias without the marks of the watchlist syntax; None if it is a description or an expression."""
    try:
        parsed = parse_alias(alias)
    except ValueError:  # a description: "hackers + Pyongyang"
        return None
    return parsed.core if parsed.kind is AliasKind.PLAIN else None


def _exact(sides: _Sides, *, is_weak: bool) -> Iterator[_Candidate]:
    """Yield a candidate in which the alias matches only with the capitals that relevant hits use.

    Nothing is yielded if noise hits use the same capitals.
    """
    forms = Counter(mention.text for hit in sides.relevant for mention in sides.mentions(hit) if not mention.edits)
    wanted = tuple(form for form, _ in forms.most_common(3)) or (_parsed(sides.alias) or "",)
    noise = {mention.text for hit in sides.noise for mention in sides.mentions(hit)}
    if noise <= set(wanted):
        return
    spellings = tuple(f"={form}" for form in wanted)
    moved = with_alias_moved(
        sides.actor, sides.alias, aliases=() if is_weak else spellings, weak=spellings if is_weak else ()
    )
    yield RefinementKind.EXACT, wanted, moved


# ---------------------------------------------------------------- context


def _context(sides: _Sides) -> tuple[str, ...]:
    """Return words that stand near the alias in relevant hits and in no noise hit, as candidates for context words."""
    near_noise = {word for hit in sides.noise for word in _near(sides, hit)}
    covered: dict[str, set[int]] = defaultdict(set)
    for number, hit in enumerate(sides.relevant):
        for word in _near(sides, hit) - near_noise:
            covered[word].add(number)
    chosen = _cover(covered, MAX_WORDS)
    missing = set(range(len(sides.relevant))) - {number for word in chosen for number in covered[word]}
    return () if missing and len(missing) == len(sides.relevant) else tuple(chosen)


def _near(sides: _Sides, hit: JudgedHit) -> set[str]:
    """Return the words near the alias in *hit* that could serve as context words."""
    reach = sides.actor.within if isinstance(sides.actor.within, int) else REACH
    found: set[str] = set()
    for mention in sides.mentions(hit):
        value = getattr(hit.hit.text, mention.field)
        before, after = folded_words(value[: mention.start]), folded_words(value[mention.end :])
        found.update((*before[-reach + 1 :], *after[: reach - 1]))
    return {
        word
        for word in found
        if len(word) >= MIN_WORD and word.isalpha() and word not in FUNCTION_WORDS and word not in EMPTY_WORDS
    }


def _useless_context(sides: _Sides) -> tuple[str, ...]:
    """Return the context words of the actor that occur in noise hits and in no relevant hit."""
    words = {f"word {n}": Keyword(f"word {n}", (word,)) for n, word in enumerate(sides.actor.context)}
    matcher = Matcher((), words.values())

    def present(text: Text) -> set[str]:
        return {str(mention.keyword) for mention in matcher.find(text).mentions}

    in_noise = {key for hit in sides.noise for key in present(hit.hit.text)}
    in_relevant = {key for hit in sides.relevant for key in present(hit.hit.text)}
    return tuple(words[key].terms[0] for key in words if key in in_noise - in_relevant)


def _nearer(sides: _Sides, within: int) -> Iterator[_Candidate]:
    for shorter in (10, 5, 3, 1):
        if shorter < within:
            yield RefinementKind.WITHIN, (str(shorter),), replace(sides.actor, within=shorter)
