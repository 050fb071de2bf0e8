"""Generate changes of the watchlist that may make a text a hit, or no hit; ``proposals`` then tries each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from monitor.config import Config
from monitor.config.document.edit import Setting
from monitor.matching import ExplainedMatch, Matcher, folded_words, load_vocabulary, word_distance
from monitor.model import Actor, MatchKind, Mention, Rule, Scope, Text
from monitor.watchlist import Explanation, RuleResult
from monitor.wording import counted

MAX_REACH = 200  # words; the longest distance to a context word that is proposed
MAX_NAMES = 2  # unknown names of a text that are proposed as new spellings
_WORD = re.compile(r"[^\W_][\w'’-]*")
_NAME = re.compile(r"[A-Z][\w-]*[\w](?: [A-Z][\w-]*[\w]){0,3}")
FUNCTION_WORDS = frozenset(
    (
        *("a", "after", "all", "also", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "had"),
        *("has", "have", "he", "her", "his", "in", "into", "is", "it", "its", "more", "new", "no", "not", "of", "on"),
        *("or", "our", "over", "said", "says", "she", "some", "than", "that", "the", "their", "them", "they", "this"),
        *("to", "under", "up", "us", "was", "we", "were", "what", "when", "which", "who", "will", "with", "would"),
    )
)


def changes_to_prevent_hit(explanation: Explanation, text: Text) -> Iterator[Setting]:
    """Yield changes of the watchlist that may keep *text* from being a hit, those that affect fewest texts first."""
    for result in explanation.rules:
        if result.match is None:
            continue
        rule = result.rule
        counting = [match.mention for match in explanation.matches if match.counts]
        by_actor: dict[str, list[Mention]] = {}
        for mention in counting:
            if mention.actor in rule.actors:
                by_actor.setdefault(str(mention.actor), []).append(mention)
        for actor, mentions in by_actor.items():
            yield from _exclusions(actor, mentions, text)
        if not rule.actors:
            for mention in (m for m in counting if m.keyword in rule.keywords):
                for phrase in phrases_around(mention, text):
                    yield Setting("rules", rule.id, "unless", add=(phrase,))
        yield from _smaller_distance(rule, counting)


def changes_to_make_hit(explanation: Explanation, config: Config, text: Text, actor: str | None) -> Iterator[Setting]:
    """Yield changes of the watchlist that may make *text* a hit, those that affect fewest other texts first.

    Args:
        explanation: Why the text is not a hit.
        config: The configuration.
        text: The text to make a hit.
        actor: The id of the actor that the text is about; None proposes changes for each actor that almost matches.
    """
    near = [
        m
        for m in explanation.matches
        if m.mention.actor
        and not m.counts
        and actor in (None, m.mention.actor)
        and m.mention.kind is not MatchKind.ADDRESS  # a look-alike made to deceive
    ]
    for match in near:
        yield from _changes_for_candidate(match, config.actors[str(match.mention.actor)], text)
    for result in explanation.rules:
        if result.match is None:
            yield from _rule_changes(result, explanation, text)
    known = {str(m.mention.actor) for m in explanation.matches if m.mention.actor and (m.counts or m in near)}
    if actor is not None or not known:
        for name in unknown_names(text):
            if actor is not None:
                yield Setting("actors", actor, "aliases", add=(name,))
            else:
                yield Setting("actors", _id(name), "aliases", add=(name,))


# ---------------------------------------------------------------- changes that prevent a hit


def _exclusions(actor: str, mentions: list[Mention], text: Text) -> Iterator[Setting]:
    if all(mention.edits for mention in mentions):
        yield Setting("actors", actor, "exclude", add=tuple(dict.fromkeys(m.text for m in mentions)))
        yield Setting("actors", actor, "fuzzy", value='"off"')
    options = [phrases_around(mention, text) for mention in mentions]
    for number in range(max(map(len, options))):
        if all(len(phrases) > number for phrases in options):
            yield Setting("actors", actor, "exclude", add=tuple(dict.fromkeys(phrases[number] for phrases in options)))


def phrases_around(mention: Mention, text: Text) -> list[str]:
    """Return phrases of *mention* with one or two neighbouring words; neighbours that belong to a name come first."""
    value = getattr(text, mention.field)
    before = list(_WORD.finditer(value, 0, mention.start))[-2:]
    after = [m for _, m in zip(range(2), _WORD.finditer(value, mention.end), strict=False)]
    found: list[tuple[int, str]] = []
    for first, last in ((1, 0), (0, 1), (1, 1), (2, 0), (0, 2)):
        if len(before) < first or len(after) < last:
            continue
        start = before[-first].start() if first else mention.start
        end = after[last - 1].end() if last else mention.end
        phrase = value[start:end]
        if re.search(r"[.!?;:\n|]\s", phrase) or "*" in phrase:
            continue
        neighbours = [*(m[0] for m in before[len(before) - first :]), *(m[0] for m in after[:last])]
        rank = len(neighbours) + 3 * any(word.casefold() in FUNCTION_WORDS for word in neighbours)
        found.append((rank - any(word[0].isupper() for word in neighbours), phrase))
    return [phrase for _, phrase in sorted(found, key=lambda pair: pair[0])]


def _smaller_distance(rule: Rule, counting: Iterable[Mention]) -> Iterator[Setting]:
    counting = list(counting)
    distances = [
        word_distance(one, two)
        for one in counting
        for two in counting
        if one.actor in rule.actors and two.keyword in rule.keywords
    ]
    if distances and min(distances) > 3:
        yield Setting("rules", rule.id, "within", value=f'"{counted(min(distances) - 1, "word")}"')


# ---------------------------------------------------------------- changes that make a hit


def _changes_for_candidate(match: ExplainedMatch, actor: Actor, text: Text) -> Iterator[Setting]:
    """Yield changes of *actor* that may make a candidate count: an alias, a context word, or a longer distance."""
    mention = match.mention
    if mention.alias not in actor.weak:
        yield Setting("actors", actor.id, "aliases", add=(mention.text,))
        yield Setting("actors", actor.id, "aliases", add=(f"={mention.text}",))
    if actor.context or actor.context_generic:
        reach = _smallest_distance(lambda within: _counts_with(replace(actor, within=within), mention, text))
        if reach is not None:
            yield Setting("actors", actor.id, "within", value=reach)
    for word in _words_beside(mention, text)[:3]:
        yield Setting("actors", actor.id, "context", add=(word,))


def _counts_with(actor: Actor, mention: Mention, text: Text) -> bool:
    found = Matcher([actor], (), vocabulary=load_vocabulary()).find(text).mentions
    return any(m.field == mention.field and m.start == mention.start for m in found)


def _smallest_distance(holds: Callable[[int | Scope], bool]) -> str | None:
    """Return the smallest distance for which *holds* is True, as TOML: ``"15 words"``; None if there is none."""
    if not holds(Scope.ANYWHERE):
        return None
    if not holds(MAX_REACH):
        return '"anywhere"'
    low, high = 0, MAX_REACH
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    rounded = -(-high // 5) * 5  # up to a multiple of 5, so that similar texts match too
    return f'"{counted(rounded, "word")}"'


def _rule_changes(result: RuleResult, explanation: Explanation, text: Text) -> Iterator[Setting]:
    rule = result.rule
    named = [m.mention for m in explanation.matches if m.counts and m.mention.actor in rule.actors]
    if rule.actors and not named:
        return
    failed = {condition.key for condition in result.conditions if not condition.met}
    if failed == {"within"}:
        meant = [m.mention for m in explanation.matches if m.counts and m.mention.keyword in rule.keywords]
        distances = [word_distance(one, two) for one in named for two in meant]
        if distances:
            yield Setting("rules", rule.id, "within", value=f'"{counted(-(-max(1, min(distances)) // 5) * 5, "word")}"')
    if failed and failed <= {"keywords", "within"} and named:
        for mention in named[:1]:
            for word in _words_beside(mention, text)[:3]:
                for keyword in sorted(rule.keywords)[:1]:
                    yield Setting("keywords", keyword, "terms", add=(word,))


def _words_beside(mention: Mention, text: Text) -> list[str]:
    """Return words near *mention* that could confirm it, without function words such as "the"; the nearest first."""
    value = getattr(text, mention.field)
    words = []
    for match in _WORD.finditer(value):
        word = match[0]
        outside = match.end() <= mention.start or match.start() >= mention.end
        if outside and len(word) > 3 and word.casefold() not in FUNCTION_WORDS and word.isalpha():
            away = min(abs(mention.start - match.end()), abs(match.start() - mention.end))
            words.append((word[0].isupper(), away, word.lower()))
    return list(dict.fromkeys(word for _, _, word in sorted(words)))


def unknown_names(text: Text, most: int = MAX_NAMES) -> list[str]:
    """Return capitalised words of *text* that are not in the vocabulary of ordinary words, in order."""
    vocabulary = load_vocabulary()
    found: dict[str, None] = {}
    for value in (text.title, text.summary, text.content):
        for match in _NAME.finditer(value):
            unknown = [w for w in match[0].split() if not set(folded_words(w)) <= vocabulary]
            if unknown and len("".join(unknown)) > 3:
                found.setdefault(match[0] if len(unknown) == len(match[0].split()) else " ".join(unknown))
    return list(found)[:most]


def _id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "new-actor"
