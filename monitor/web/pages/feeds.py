"""The pages about feeds: their health, the cause of failures and the remedy, the next poll."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.errors import FeedState
from monitor.feeds.schedule.feed_health import feed_row
from monitor.model import Feed, FeedRecord
from monitor.redaction import Redactor
from monitor.store import Reader, feeds, hits
from monitor.store.entries import FeedEntry, last_entries
from monitor.store.hit_filter import HitFilter
from monitor.store.hit_pages import hit_page
from monitor.web.chart import hour_chart
from monitor.web.pages.card import Card, card
from monitor.web.paging import list_page
from monitor.web.routing import PageRoute, access, pages, refusal

FINE = (FeedState.OK, FeedState.NEW)
NEWEST = 10  # hits
LAST = 20  # entries


async def feed_list(request: Request) -> Response:
    """Show all configured feeds; feeds that are down come first."""
    config = access(request).config()
    records, counts = await access(request).read(
        lambda db: ({record.key: record for record in feeds.load_feeds(db)}, hits.count_by_feed(db))
    )
    hide = Redactor(config.secrets).redact
    rows = [hide(_row(feed, records.get(key), counts.get(key, 0))) for key, feed in config.feeds.items()]
    rows.sort(key=lambda row: (row["rank"], row["feed"]))
    states = {name: sum(row["rank"] == rank for row in rows) for rank, name in enumerate(("down", "odd", "ok"))}
    return pages(request).render(request, "feeds.html", {"list": list_page(request, rows), "states": states})


async def feed(request: Request) -> Response:
    """Show one feed: its state, its last entries, at which hours it publishes, and its newest hits."""
    config, key = access(request).config(), request.path_params["key"]
    configured = config.feeds.get(key)
    if configured is None:
        return refusal(request, 404, f'there is no feed "{key[:80]}" in the configuration')

    def query(db: Reader) -> tuple[FeedRecord | None, int, list[Card], list[FeedEntry]]:
        found = hit_page(db, HitFilter(feed=key), limit=NEWEST)
        cards = [card(hit, item.triage) for item in found if (hit := hits.load_hit(db, item.id))]
        return feeds.load_feed(db, key), hits.count_by_feed(db).get(key, 0), cards, last_entries(db, key, LAST)

    record, number, cards, entries = await access(request).read(query)
    rhythm = record.rhythm if record else None
    context = {
        "row": Redactor(config.secrets).redact(_row(configured, record, number)),
        "cards": cards,
        "entries": entries,
        "rhythm": rhythm,
        "chart": hour_chart(rhythm.per_hour) if rhythm and any(rhythm.per_hour) else None,
    }
    return pages(request).render(request, "feed.html", context)


def _row(feed: Feed, record: FeedRecord | None, number: int) -> dict[str, Any]:
    row = feed_row(feed, record, number)
    state = FeedState(row["state"])
    return row | {
        "outlet": feed.outlet or (record.title if record else ""),
        "tags": sorted(feed.tags),
        "rank": 0 if state.is_down else 2 if state in FINE else 1,
    }


ROUTES = (PageRoute("/feeds", feed_list), PageRoute("/feeds/{key}", feed))
