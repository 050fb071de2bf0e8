"""Say in words why a text is a hit under one watchlist and not under the other."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model import Entry, Judgement, MatchKind, Mention
from monitor.watchlist import Watchlist, explain

MOST = 5  # reasons of one change


def reasons_for_loss(entry: Entry, before: Judgement, watchlist: Watchlist) -> tuple[str, ...]:
    """Return why a hit of one watchlist is no hit of another, or matches fewer of its rules.

    Args:
        entry: The entry whose text is the hit.
        before: The judgement by the watchlist under which it is a hit.
        watchlist: The other watchlist.
    """
    found = [*_missing_mentions(entry, before, watchlist), *_unmet_rules(entry, before, watchlist)]
    otherwise = "every rule matches, but an earlier text of the entry was a hit already"
    return tuple(dict.fromkeys(found))[:MOST] or (otherwise,)


def reasons_for_gain(after: Judgement, before: Judgement) -> tuple[str, ...]:
    """Return which rules match a text that did not match it before, and why.

    Args:
        after: The judgement by which the text is a hit.
        before: The judgement of the same text by the other watchlist.
    """
    known = {rule.rule for rule in before.rules}
    found = [f"rule {rule.rule}: {rule.why}" for rule in after.rules if rule.rule not in known]
    otherwise = "its rules matched before, but an earlier text of the entry was a hit already"
    return tuple(found)[:MOST] or (otherwise,)


def reasons_for_change(entry: Entry, before: Judgement, after: Judgement, watchlist: Watchlist) -> tuple[str, ...]:
    """Return why a text is a hit under both watchlists, but by other rules or with another severity.

    Args:
        entry: The entry whose text is the hit.
        before: The judgement by the first watchlist.
        after: The judgement by the second watchlist.
        watchlist: The second watchlist.
    """
    old, new = ({rule.rule: rule for rule in judgement.rules} for judgement in (before, after))
    other = [
        f"rule {key}: severity {old[key].severity.word} -> {new[key].severity.word}"
        for key in old
        if key in new and old[key].severity is not new[key].severity
    ]
    lost = reasons_for_loss(entry, before, watchlist) if old.keys() - new.keys() else ()
    gained = reasons_for_gain(after, before) if new.keys() - old.keys() else ()
    return (*other, *lost, *gained)[:MOST]


def _missing_mentions(entry: Entry, before: Judgement, watchlist: Watchlist) -> Iterator[str]:
    """Yield why mentions that made the text a hit before no longer count under *watchlist*."""
    matches = explain(watchlist, entry.text, feed=entry.feed).matches
    counting = {(m.mention.subject, m.mention.field) for m in matches if m.counts}
    for mention in before.mentions:
        if (mention.subject, mention.field) in counting:
            continue
        kind = "actor" if mention.actor else "keyword"
        if mention.subject not in (watchlist.actors if mention.actor else watchlist.keywords):
            yield f"{kind} {mention.subject} is not in the list"
        elif mention.alias not in _spellings(mention, watchlist):
            what = "address" if mention.kind is MatchKind.ADDRESS else "spelling"
            yield f'{kind} {mention.subject} has no {what} "{mention.alias}", which matched "{mention.text}"'
        else:
            rejected = [
                m.rejected_because
                for m in matches
                if not m.counts and m.mention.subject == mention.subject and _overlap(m.mention, mention)
            ]
            because = f"does not count: {rejected[0]}" if rejected else "does not match"
            yield f'{kind} {mention.subject}: "{mention.text}" {because}'


def _unmet_rules(entry: Entry, before: Judgement, watchlist: Watchlist) -> Iterator[str]:
    results = {result.rule.id: result for result in explain(watchlist, entry.text, feed=entry.feed).rules}
    for match in before.rules:
        result = results.get(match.rule)
        if result is None:
            yield f"rule {match.rule} is not in the list"
        elif not result.match:
            unmet = next((condition for condition in result.conditions if not condition.met), None)
            yield f"rule {match.rule}: {f'{unmet.key}: {unmet.reason}' if unmet else 'its conditions are not met'}"


def _spellings(mention: Mention, watchlist: Watchlist) -> tuple[str, ...]:
    if mention.actor is None:
        return watchlist.keywords[mention.subject].terms
    actor = watchlist.actors[mention.actor]
    combined = (term for combination in actor.combine for group in combination.all for term in group)
    return (*actor.aliases, *actor.weak, *actor.addresses, *combined)


def _overlap(one: Mention, other: Mention) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end
