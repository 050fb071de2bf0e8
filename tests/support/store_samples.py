"""Small records that the tests of this room are made of."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from monitor.model import (
    Amount,
    Decision,
    DeliveryKind,
    Entry,
    FeedRecord,
    Judgement,
    MatchKind,
    Mention,
    RuleMatch,
    Severity,
    Text,
    Verdict,
    story_group,
)
from monitor.model.reason import RulesMatched
from monitor.store import Writer, write
from monitor.store.entries import add_entry, record_listed
from monitor.store.feeds import configure
from monitor.store.hits import NewHit, add_hit
from monitor.store.outbox import enqueue
from monitor.store.stories import open_story
from monitor.store.watchlists import watchlist_version

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
URL = "https://desk.example/feed"
TITLE = "Lazarus Group drained $40-50 million from an exchange"

ACTOR = Mention("lazarus", None, "Lazarus Group", "Lazarus Group", "title", 0, 13, 0, MatchKind.EXACT, 0, 2, 0)
KEYWORD = Mention(None, "theft", "drain*", "drained", "title", 14, 21, 0, MatchKind.ENDING, 2, 1, 0)
AMOUNTS = tuple(Amount(Decimal(n), "USD", "$40-50 million", "title", 22, 36) for n in ("40000000", "5E+7"))
RULES = (
    RuleMatch("dprk-theft", Severity.CRITICAL, '"Lazarus Group" (exact)', ("slack", "mail")),
    RuleMatch("anything", Severity.LOW, '"Lazarus Group" (exact)', ("slack",)),
)
MATCHED = (RulesMatched(("dprk-theft",)),)
JUDGEMENT = Judgement((ACTOR, KEYWORD), AMOUNTS, RULES)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def feed(key: str = "desk", url: str = URL, due_s: float = 0) -> FeedRecord:
    return FeedRecord(key=key, url=url, due_at=after(due_s))


def entry(key: str = "1", title: str = TITLE, *, feed: str = "desk", seen_s: float = 0) -> Entry:
    return Entry(
        feed=feed,
        key=key,
        outlet="Desk",
        link=f"https://desk.example/{key}",
        text=Text(title, "It was the third this year.", "Long."),
        author="Ana",
        published_at=after(seen_s - 180),
        updated_at=None,
        first_seen_at=after(seen_s),
        raw_hash=key.encode(),
    )


def put_entry(db: Writer, item: Entry) -> int:
    """Add an entry in a story of its own; the transaction is the caller's."""
    return add_entry(db, item, story=open_story(db, item), story_reason="opened it")


def put_hit(db: Writer, key: str = "1", *, judgement: Judgement = JUDGEMENT, seen_s: float = 0) -> int:
    """Add a hit with its feed, entry and story, in a transaction of its own."""
    with write(db):
        configure(db, [feed()])
        number = watchlist_version(db, "f1", NOW)
        item = put_entry(db, entry(key, seen_s=seen_s))
        return add_hit(db, NewHit(item, 1, judgement, seen_at=after(seen_s), watchlist_version=number))


def put_delivery(
    db: Writer, hit_id: int, *, to: str = "slack", group: int = 1, due_s: float = 0, now_s: float = 0
) -> int:
    """Enqueue a hit, in the group of a story, in a transaction of its own, and return the delivery's id."""
    decision = Decision(to, Verdict.SEND, MATCHED, after(due_s))
    with write(db):
        number = enqueue(db, hit_id, decision, kind=DeliveryKind.ALERT, group=story_group(group), now=after(now_s))
    assert number is not None
    return number


def days(number: float) -> datetime:
    return NOW + timedelta(days=number)


def read(db, day: float, *keys: str, feed: str = "desk") -> None:
    """Have the feed show the entries of *keys* on that day, and no others."""
    with write(db):
        record_listed(db, feed, keys, days(day))
