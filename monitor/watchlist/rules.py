"""One rule against one text, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from monitor.matching import describe_within, index_mentions, is_within, nearest_mentions, word_distance
from monitor.model import Actor, Mention, Rule, RuleMatch, Severity
from monitor.watchlist import rule_wording
from monitor.watchlist.amount_threshold import NEAR_WORDS, enough
from monitor.watchlist.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rule: whether it held, and what was seen."""

    name: str  # the key in the file: actors, surge, keywords, within, min_amount, unless, feeds
    held: bool
    said: str  # may hold text of the feed: neutralise it like any other


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a rule; ``match`` is None when a line did not hold."""

    rule: Rule
    lines: tuple[Line, ...]
    match: RuleMatch | None


@dataclass(frozen=True, slots=True)
class _Pair:
    """A mention of an actor and a neighbouring one of a keyword; None for what the rule does not ask for."""

    actor: Mention | None
    keyword: Mention | None

    @property
    def apart(self) -> int:
        return word_distance(self.actor, self.keyword) if self.actor and self.keyword else 0


def apply_rule(rule: Rule, evidence: Evidence, actors: Mapping[str, Actor]) -> Outcome:
    """Return what becomes of *rule*: every one of its lines, and the match when all of them hold."""
    named = [m for m in evidence.mentions if m.actor in rule.actors]
    meant = [m for m in evidence.mentions if m.keyword in rule.keywords]
    surges = {m.subject: evidence.surge_of(m.subject) for m in named} if rule.surge else {}
    pairs = _pairs(rule, [m for m in named if surges.get(m.subject, not rule.surge)], meant)
    held = [pair for pair in pairs if _near(pair, rule)]
    lines = [*_feed_line(rule, evidence), *_subject_lines(rule, named, meant, pairs, held), *_surge_line(rule, surges)]
    together = [m for pair in held for m in (pair.actor, pair.keyword) if m]
    money = enough(rule.min_amount, evidence, together) if rule.min_amount and together else None
    if rule.min_amount:
        lines.append(
            Line("min_amount", money is not None, rule_wording.of_amount(*money) if money else _no_money(rule))
        )
    lines += _unless_line(rule, evidence)
    if not held or not all(line.held for line in lines):
        return Outcome(rule, tuple(lines), None)
    best = _best(held, actors)
    surge = surges.get(best[0].subject, "") if best[0] else ""
    parts = (rule_wording.of_pair(*best), rule_wording.of_amount(*money) if money else "", surge)
    why = "; ".join(filter(None, parts))
    return Outcome(rule, tuple(lines), RuleMatch(rule.id, _severity(rule, held, actors), why, rule.send_to))


def _pairs(rule: Rule, named: list[Mention], meant: list[Mention]) -> list[_Pair]:
    """Return each mention with its neighbours of the other sort: enough to tell whether any two are near."""
    if not rule.keywords:
        return [_Pair(m, None) for m in named]
    if not rule.actors:
        return [_Pair(None, m) for m in meant]
    others, names = index_mentions(meant), index_mentions(named)
    of_names = [_Pair(m, other) for m in named for other in nearest_mentions(m, others)]
    of_keywords = [_Pair(name, m) for m in meant for name in nearest_mentions(m, names)]
    return list(dict.fromkeys((*of_names, *of_keywords)))


def _near(pair: _Pair, rule: Rule) -> bool:
    return not (pair.actor and pair.keyword) or is_within(pair.actor, pair.keyword, rule.within)


def _best(held: list[_Pair], actors: Mapping[str, Actor]) -> tuple[Mention | None, Mention | None]:
    """Return the pair that says most: of the most severe actor, with the fewest edits, the nearest, the first."""

    def rank(pair: _Pair) -> tuple[int, int, int]:
        return -_severity_of(pair, actors), pair.actor.edits if pair.actor else 0, pair.apart

    best = min(held, key=rank)
    return best.actor, best.keyword


def _severity(rule: Rule, held: list[_Pair], actors: Mapping[str, Actor]) -> Severity:
    return max(_severity_of(pair, actors) for pair in held) if rule.severity is None else rule.severity


def _severity_of(pair: _Pair, actors: Mapping[str, Actor]) -> Severity:
    """Return the severity of the pair's actor, medium when it has none."""
    actor = actors.get(pair.actor.actor) if pair.actor and pair.actor.actor else None
    return actor.severity if actor else Severity.MEDIUM


# ---------------------------------------------------------------- what each line says


def _subject_lines(
    rule: Rule, named: list[Mention], meant: list[Mention], pairs: list[_Pair], held: list[_Pair]
) -> Iterator[Line]:
    if rule.actors:
        said = rule_wording.of_actor(named[0]) if named else f"none of {rule_wording.listed(rule.actors)} is mentioned"
        yield Line("actors", bool(named), said)
    if rule.keywords:
        said = (
            rule_wording.of_keyword(meant[0]) if meant else f"none of {rule_wording.listed(rule.keywords)} is mentioned"
        )
        yield Line("keywords", bool(meant), said)
    if rule.actors and rule.keywords and pairs:
        closest = min(held or pairs, key=lambda pair: pair.apart)
        said = f"{rule_wording.of_pair(closest.actor, closest.keyword)}; asked for: {describe_within(rule.within)}"
        yield Line("within", bool(held), said)


def _feed_line(rule: Rule, evidence: Evidence) -> Iterator[Line]:
    if rule.feeds is not None:
        held = evidence.feed in rule.feeds
        seen = f'the feed "{evidence.feed}"' if evidence.feed else "a text without a feed"
        yield Line("feeds", held, f"{seen} is {'' if held else 'not '}one of {rule_wording.listed(rule.feeds)}")


def _surge_line(rule: Rule, surges: Mapping[str, str]) -> Iterator[Line]:
    if rule.surge and surges:
        found = [f"{actor}: {words}" for actor, words in surges.items() if words]
        said = f"nobody knows of {rule_wording.listed(surges)} being mentioned more than usual"
        yield Line("surge", bool(found), "; ".join(found) or said)


def _unless_line(rule: Rule, evidence: Evidence) -> Iterator[Line]:
    if rule.unless:
        met = [phrase for phrase in rule.unless if phrase in evidence.found.phrases]
        yield Line("unless", not met, f'"{met[0]}" occurs' if met else "none of its phrases occurs")


def _no_money(rule: Rule) -> str:
    wanted = " or ".join(threshold.written for threshold in rule.min_amount)
    return f"no amount of at least {wanted} in the title or within {NEAR_WORDS} words"
