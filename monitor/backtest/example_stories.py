"""Run examples (``[[tests]]``) with several entries through the pipeline, in simulated time.

The database is in memory, and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.backtest.paired_judging import Judged
from monitor.backtest.replay import OperatorHistory, Replay
from monitor.config import Config, ExampleTest
from monitor.config.settings import ExampleItem
from monitor.model import DeliveryKind, Entry, SeenText, Text
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.store.scratch import SentMessage
from monitor.stories import StoryIndex, assign, profile_of
from monitor.watchlist import Difference, Watchlist, find_evidence, judge_evidence, story_item

MONDAY = (2026, 6, 1)  # on which the first item is seen, unless it names another day; far from a change of the clock
_COMBINED = (DeliveryKind.DIGEST, DeliveryKind.SUMMARY)


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item of an example: its story, the rules that match, and the messages that it caused."""

    title: str
    at: datetime  # local time
    story: int  # numbered from 1 in order of appearance
    rules: tuple[str, ...]  # those that match
    messages: tuple[tuple[str, datetime], ...]  # destinations, and when a message that the item caused is sent


@dataclass(frozen=True, slots=True)
class StoryResult:
    """The result of one example with several items; it passed if there are no differences."""

    test: ExampleTest
    differences: tuple[Difference, ...]
    items: tuple[ItemResult, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    item: ExampleItem
    at: datetime
    story: int
    hit: int | None
    rules: tuple[str, ...]


def run_story_test(config: Config, watchlist: Watchlist, test: ExampleTest) -> StoryResult:
    """Run an example with several items through the pipeline, and compare what is notified with what is expected.

    Each message is attributed to the first item in it that its destination has not been notified of before; a digest or
    summary, to all of its items.

    Args:
        config: The configuration that contains the example.
        watchlist: The watchlist compiled from *config*.
        test: An example with several items, whose texts are cleaned.
    """
    active = ActiveConfiguration(config, watchlist, 1, loaded_at=_beginning(test.items, config.alerts.timezone))
    index, stories = StoryIndex(), 0
    seen: list[_Seen] = []
    with Replay(active, OperatorHistory()) as replay:
        for number, (item, at) in enumerate(_moments(test.items, config.alerts.timezone), 1):
            text = _seen_text(number, item, at, config)
            evidence = find_evidence(watchlist, text.entry.text, feed=item.feed)
            judged = Judged(evidence.found.phrases, judge_evidence(watchlist, evidence))
            entry = text.entry
            profile = profile_of(
                story_item(entry.text, judged.judgement, at=text.seen_at, outlet=entry.outlet, link=entry.link)
            )
            story = assign(index, profile, watchlist.actor_relations).story
            if story is None:
                stories += 1
                story = stories
            index.add(story, profile)
            hit = replay.see(text, judged, story)
            rules = tuple(match.rule for match in hit.judgement.rules) if hit else ()
            seen.append(_Seen(item, at, story, hit.id if hit else None, rules))
        sent = replay.finish()
    items = tuple(_results(seen, sent, config.alerts.timezone))
    return StoryResult(test, tuple(_differences(test, items)), items)


def _moments(items: Sequence[ExampleItem], zone: ZoneInfo) -> Iterator[tuple[ExampleItem, datetime]]:
    """Yield each item with the time at which it is seen: its date, or the next time that fits its weekday and time.

    Items are in order, so each time is at or after that of the item before.
    """
    last = _beginning(items, zone)
    for item in items:
        if isinstance(item.at, datetime):
            at = max(last, _aware(item.at, zone))
        else:
            at = last.replace(hour=item.at.minute // 60, minute=item.at.minute % 60)
            while at < last or at.weekday() not in item.at.days:
                at += timedelta(days=1)
        yield item, at
        last = at


def _beginning(items: Sequence[ExampleItem], zone: ZoneInfo) -> datetime:
    """Return the time at which an example begins: the date of its first item, or a fixed Monday if that has no date."""
    first = items[0].at if items else None
    return _aware(first, zone) if isinstance(first, datetime) else datetime(*MONDAY, tzinfo=zone)


def _aware(at: datetime, zone: ZoneInfo) -> datetime:
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)


def _seen_text(number: int, item: ExampleItem, at: datetime, config: Config) -> SeenText:
    feed = config.feeds.get(item.feed)
    entry = Entry(
        feed=item.feed or f"example {number}",
        key=str(number),
        outlet=item.outlet or (feed.outlet if feed else "") or item.feed or f"outlet {number}",
        link=f"https://example.org/{number}",
        text=Text(item.title, item.summary, item.content),
        author="",
        published_at=at,
        updated_at=None,
        first_seen_at=at,
        raw_hash=b"",
    )
    return SeenText(number, entry, at)


def _results(seen: Sequence[_Seen], sent: Sequence[SentMessage], zone: ZoneInfo) -> Iterator[ItemResult]:
    by_hit = {one.hit: number for number, one in enumerate(seen) if one.hit is not None}
    messages: list[list[tuple[str, datetime]]] = [[] for _ in seen]
    told: set[tuple[str, int]] = set()
    for message in sent:
        items = [by_hit[hit] for hit in message.hits if hit in by_hit]
        new = [number for number in items if (message.destination, number) not in told]
        told |= {(message.destination, number) for number in items}
        if message.kind not in _COMBINED:
            latest = max((n for n, one in enumerate(seen) if one.at <= message.sent_at), default=0)
            new = [min(new)] if new else [latest]
        for number in new:
            messages[number].append((message.destination, message.sent_at.astimezone(zone)))
    for one, own in zip(seen, messages, strict=True):
        yield ItemResult(one.item.title, one.at, one.story, one.rules, tuple(own))


def _differences(test: ExampleTest, items: Sequence[ItemResult]) -> Iterator[Difference]:
    if test.same_story is not None:
        found = len({item.story for item in items}) == 1
        if found is not test.same_story:
            yield Difference("same_story", str(test.same_story).lower(), str(found).lower())
    for number, (expected, item) in enumerate(zip(test.notified or (), items, strict=False), 1):
        found_names = {name for name, _ in item.messages}
        if expected != found_names:
            yield Difference(f"notified of item {number}", _listed(expected), _listed(found_names))


def _listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "nobody"
