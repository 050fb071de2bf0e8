"""What an edit of an article changed for those who watch it: which actors came and went, in which sentence. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from monitor.alerts.content.neutralise import ELLIPSIS
from monitor.matching.text import folded_words, sentences
from monitor.model import Judgement, Mention, Text

WIDTH = 300  # characters of a sentence that are quoted
ALIKE = 0.25  # of all words of two sentences are in both: the one was made of the other


@dataclass(frozen=True, slots=True)
class Change:
    """An actor that came or went, with the sentence as it was and as it is; empty: there is none like it."""

    actor: str
    came: bool
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    """How what the watchlist says of an article differs from what it says of the text before."""

    changes: tuple[Change, ...] = ()
    rules: tuple[str, ...] = ()  # that hold now, and did not

    @property
    def came(self) -> frozenset[str]:
        """Return the actors that the text before did not name."""
        return frozenset(change.actor for change in self.changes if change.came)

    @property
    def went(self) -> frozenset[str]:
        """Return the actors that the text does not name any more."""
        return frozenset(change.actor for change in self.changes if not change.came)


def compare(
    before: Text,
    judged_before: Judgement,
    after: Text,
    judged: Judgement,
    yields_to: Mapping[str, Collection[str]],
) -> Edit:
    """Return what changed from *before* to *after*, both judged by the watchlist that is in force now.

    By one watchlist, so that an edit of the watchlist is never taken for one of the article. An actor that gives way to
    another, as *yields_to* says, neither comes nor goes while its words stand in both texts.
    """
    came = _only_in(judged, judged_before, before, yields_to)
    went = _only_in(judged_before, judged, after, yields_to)
    changes: list[Change] = []
    if came or went:
        old, new = sentences(before), sentences(after)
        changes += [_came(actor, judged, old, new) for actor in came]
        changes += [_went(actor, judged_before, old, new) for actor in went]
    held = {match.rule for match in judged_before.rules}
    return Edit(tuple(changes), tuple(match.rule for match in judged.rules if match.rule not in held))


def lines_of(edit: Edit, names: Mapping[str, str], actors: Collection[str]) -> tuple[str, ...]:
    """Return *edit* in words, as far as it is about *actors*: what changed, then the sentence before and after.

    *names* are those to show, by actor. The lines quote the feed.
    """
    told = [change for change in edit.changes if change.actor in actors]
    lines: list[str] = []
    for change in told:
        does = "now names" if change.came else "no longer names"
        lines.append(f"Update: the article was edited and {does} {names.get(change.actor, change.actor)}")
        lines += [f"Before: {change.before or 'nothing like it'}", f"After: {change.after or 'nothing like it'}"]
    if not told and edit.rules:
        lines.append(f"Update: the article was edited and now satisfies {', '.join(edit.rules)}")
    return tuple(lines)


def _only_in(
    judged: Judgement, other: Judgement, other_text: Text, yields_to: Mapping[str, Collection[str]]
) -> list[str]:
    """Return the actors that *judged* names and *other*, which is about *other_text*, does not."""
    words = "\n".join(value for _, value in other_text.fields())
    stand = {mention.actor for mention in judged.mentions if mention.text in words}
    gave_way = {actor for actor in stand if actor and set(other.actors).intersection(yields_to.get(actor, ()))}
    return [actor for actor in judged.actors if actor not in other.actors and actor not in gave_way]


def _came(actor: str, judged: Judgement, old: Collection[str], new: tuple[str, ...]) -> Change:
    mention = _first(actor, judged)
    after = new[mention.sentence]
    return Change(actor, True, _cut(_counterpart(after, old, new)), _cut(after, mention.text))


def _went(actor: str, judged_before: Judgement, old: tuple[str, ...], new: Collection[str]) -> Change:
    mention = _first(actor, judged_before)
    before = old[mention.sentence]
    return Change(actor, False, _cut(before, mention.text), _cut(_counterpart(before, new, old)))


def _first(actor: str, judged: Judgement) -> Mention:
    return next(mention for mention in judged.mentions if mention.actor == actor)


def _counterpart(sentence: str, others: Collection[str], own: Collection[str]) -> str:
    """Return that of *others* which *sentence* was made of, or into; those that stand in *own* too were left alone."""
    words = frozenset(folded_words(sentence))
    candidates = [other for other in others if other and other not in own]
    shares = [(_share(words, frozenset(folded_words(other))), other) for other in candidates]
    share, best = max(shares, key=lambda pair: pair[0], default=(0.0, ""))
    return best if share >= ALIKE else ""


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _cut(sentence: str, around: str = "") -> str:
    """Return about WIDTH characters of *sentence*, those around a text that stands in it."""
    if len(sentence) <= WIDTH:
        return sentence
    at = max(sentence.find(around), 0)
    start = min(max(0, at - WIDTH // 3), len(sentence) - WIDTH)
    before, after = ELLIPSIS if start else "", ELLIPSIS if start + WIDTH < len(sentence) else ""
    return f"{before}{sentence[start : start + WIDTH].strip()}{after}"
