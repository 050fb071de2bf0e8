"""Summarise an edited article: which actors its text names now, which it no longer names, in which sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from monitor.alerts.content.neutralise import ELLIPSIS
from monitor.matching.words import folded_words, sentences
from monitor.model import Judgement, Mention, Text

WIDTH = 300  # characters of a quoted sentence
MIN_SHARED_WORDS = 0.25  # Jaccard similarity from which two sentences count as versions of each other


@dataclass(frozen=True, slots=True)
class ActorChange:
    """An actor whose mention an edit added or removed, with the sentence in the old and in the new text.

    A sentence is empty if the other text has no similar one.
    """

    actor: str
    added: bool  # False if the edit removed the actor
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EditSummary:
    """Which actors an edit of an article added and removed, and how its severity changed."""

    changes: tuple[ActorChange, ...] = ()
    rules: tuple[str, ...] = ()  # rules that match now and did not before

    @property
    def added(self) -> frozenset[str]:
        """Return the ids of the actors that only the text after the edit names."""
        return frozenset(change.actor for change in self.changes if change.added)

    @property
    def removed(self) -> frozenset[str]:
        """Return the ids of the actors that only the text before the edit named."""
        return frozenset(change.actor for change in self.changes if not change.added)


def summarise_edit(
    before: Text,
    judged_before: Judgement,
    after: Text,
    judged: Judgement,
    yields_to: Mapping[str, Collection[str]],
) -> EditSummary:
    """Return which actors an edit of an article added or removed.

    Args:
        before: The text before the edit.
        judged_before: The judgement of *before* by the watchlist that is active now, not then: an edit of the watchlist
            must not look like an edit of the article.
        after: The text after the edit.
        judged: The judgement of *after*.
        yields_to: For each actor, the more specific actors that replace it where both match. Such an actor counts
            neither as added nor as removed if both texts contain the words that matched it.
    """
    added = _only_in(judged, judged_before, before, yields_to)
    removed = _only_in(judged_before, judged, after, yields_to)
    changes: list[ActorChange] = []
    if added or removed:
        old, new = sentences(before), sentences(after)
        changes += [_addition(actor, judged, old, new) for actor in added]
        changes += [_removal(actor, judged_before, old, new) for actor in removed]
    matched_before = {match.rule for match in judged_before.rules}
    return EditSummary(tuple(changes), tuple(match.rule for match in judged.rules if match.rule not in matched_before))


def edit_lines(edit: EditSummary, names: Mapping[str, str], actors: Collection[str]) -> tuple[str, ...]:
    """Return an edit as lines for a message: what changed, then the sentence before and after, quoted from the feed.

    Args:
        edit: The summary of the edit.
        names: The display name of each actor, by actor id.
        actors: The ids of the actors to report; changes of other actors are left out.
    """
    changes = [change for change in edit.changes if change.actor in actors]
    lines: list[str] = []
    for change in changes:
        verb = "now names" if change.added else "no longer names"
        lines.append(f"Update: the article was edited and {verb} {names.get(change.actor, change.actor)}")
        lines += [f"Before: {change.before or 'no such sentence'}", f"After: {change.after or 'no such sentence'}"]
    if not changes and edit.rules:
        lines.append(f"Update: the article was edited and now satisfies {', '.join(edit.rules)}")
    return tuple(lines)


def _only_in(
    judged: Judgement, other: Judgement, other_text: Text, yields_to: Mapping[str, Collection[str]]
) -> list[str]:
    """Return the ids of the actors that the judgement *judged* mentions and the judgement *other* does not.

    *other_text* is the text that *other* judged.
    """
    words = "\n".join(value for _, value in other_text.fields())
    still_quoted = {mention.actor for mention in judged.mentions if mention.text in words}
    gave_way = {actor for actor in still_quoted if actor and set(other.actors).intersection(yields_to.get(actor, ()))}
    return [actor for actor in judged.actors if actor not in other.actors and actor not in gave_way]


def _addition(actor: str, judged: Judgement, old: Collection[str], new: tuple[str, ...]) -> ActorChange:
    mention = _first_mention(actor, judged)
    after = new[mention.sentence]
    return ActorChange(actor, True, _shortened(_counterpart(after, old, new)), _shortened(after, mention.text))


def _removal(actor: str, judged_before: Judgement, old: tuple[str, ...], new: Collection[str]) -> ActorChange:
    mention = _first_mention(actor, judged_before)
    before = old[mention.sentence]
    return ActorChange(actor, False, _shortened(before, mention.text), _shortened(_counterpart(before, new, old)))


def _first_mention(actor: str, judged: Judgement) -> Mention:
    return next(mention for mention in judged.mentions if mention.actor == actor)


def _counterpart(sentence: str, others: Collection[str], same_text: Collection[str]) -> str:
    """Return the sentence in *others* that is the edited version of *sentence*; empty if there is none.

    *others* are the sentences of the other text. Sentences that are also in *same_text* were not edited and do not
    count.
    """
    words = frozenset(folded_words(sentence))
    candidates = [other for other in others if other and other not in same_text]
    shares = [(_shared_words(words, frozenset(folded_words(other))), other) for other in candidates]
    share, best = max(shares, key=lambda pair: pair[0], default=(0.0, ""))
    return best if share >= MIN_SHARED_WORDS else ""


def _shared_words(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _shortened(sentence: str, around: str = "") -> str:
    """Return at most WIDTH characters of *sentence*; if *around* is given, those around that text."""
    if len(sentence) <= WIDTH:
        return sentence
    at = max(sentence.find(around), 0)
    start = min(max(0, at - WIDTH // 3), len(sentence) - WIDTH)
    before, after = ELLIPSIS if start else "", ELLIPSIS if start + WIDTH < len(sentence) else ""
    return f"{before}{sentence[start : start + WIDTH].strip()}{after}"
