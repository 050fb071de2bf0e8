from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from support.feed_samples import LOOPBACK, NOTHING, NOW, Fetch
from support.patience import PATIENCE_S
from support.servers import FeedServer

from monitor.feeds.http.fetch import Fetcher, FetchResult, FetchSettings
from monitor.model import Feed, FeedRecord, Validators


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer(host="127.0.31.1") as running:
        yield running


@pytest.fixture
def other_host() -> Iterator[FeedServer]:
    with FeedServer(host="127.0.31.2") as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(
        FetchSettings(timeout_s=PATIENCE_S, user_agent="tester/1 (+a@b.example)", allow_private=LOOPBACK),
        clock=lambda: NOW,
    ) as client:
        yield client


@pytest.fixture
def fetch(fetcher: Fetcher) -> Fetch:
    """Fetch a URL as a feed without a past, unless validators are given."""

    async def once(url: str, held: Validators = NOTHING, client: Fetcher = fetcher, **feed: object) -> FetchResult:
        wanted = Feed("wire", url, every_s=300, **feed)  # type: ignore[arg-type]
        return await client.fetch(wanted, FeedRecord("wire", url, due_at=NOW, validators=held))

    return once
