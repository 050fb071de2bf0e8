"""The whole articles behind new entries, for feeds whose summaries are short: asked for politely, read in a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor.errors import FeedError, FeedState
from monitor.feeds.articles.permissions import Permissions
from monitor.feeds.http.fetch import Fetcher
from monitor.feeds.parse.workers import WorkerPool, confine

MOST = 30  # articles for one poll, the newest
TOGETHER_S = 60.0  # for all of one poll: its entries wait so long, and nobody else

_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Articles:
    """What came of reading articles, by link."""

    texts: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)  # why there is no text


class ArticleReader:
    """Reads articles; its worker processes come with the first and go when there is nothing to do.

    Args:
        clock: The present moment.
        together_s: For all articles of one call.
    """

    def __init__(self, clock: Callable[[], datetime], *, together_s: float = TOGETHER_S) -> None:
        self._pool = WorkerPool(prepare_for_articles, workers=1)
        self._fetcher: Fetcher | None = None
        self._permissions = Permissions(self._get, clock)
        self._together_s = together_s

    async def read(self, links: Iterable[str], fetcher: Fetcher) -> Articles:
        """Return the texts of the first MOST of *links*, as far as sites allow and time permits."""
        self._fetcher = fetcher
        articles = Articles()
        wanted = list(dict.fromkeys(filter(None, links)))[:MOST]
        try:
            async with asyncio.timeout(self._together_s):
                await asyncio.gather(*(self._read(link, articles) for link in wanted))
        except TimeoutError:
            late = f"not read within {self._together_s:g} s"
            articles.failed.update((link, late) for link in wanted if link not in {**articles.texts, **articles.failed})
        return articles

    async def stop_idle(self, now: datetime) -> None:
        """End the worker processes when they had no work for some time; to be called every second or so."""
        await self._pool.stop_idle(now)

    async def close(self) -> None:
        """End the worker processes."""
        await self._pool.close()

    async def _read(self, link: str, articles: Articles) -> None:
        try:
            articles.texts[link] = await self._text(link)
        except FeedError as error:
            articles.failed[link] = error.cause

    async def _text(self, link: str) -> str:
        page = await self._open().fetch_page(link, permission=self._permissions.pause_s)
        if page.opt_out:
            raise FeedError(FeedState.FORBIDDEN, page.opt_out)
        if page.content_type and page.content_type.partition(";")[0].strip().lower() not in _TYPES:
            raise FeedError(FeedState.NOT_A_FEED, f"it is no web page but {page.content_type[:100]}")
        return await self._pool.run(read_article, page.body or b"", page.content_type)

    async def _get(self, url: str) -> str:
        page = await self._open().fetch_page(url)
        return (page.body or b"").decode("utf-8", "replace")

    def _open(self) -> Fetcher:
        if self._fetcher is None:
            raise RuntimeError("nobody asked for an article yet")
        return self._fetcher


def prepare_for_articles() -> None:
    """Import what reads articles, so that the first one's time is its own, and confine this process."""
    import monitor.feeds.articles.extraction  # noqa: F401

    confine()


def read_article(body: bytes, content_type: str) -> str:
    """Return ``article_text`` of the arguments."""
    from monitor.feeds.articles.extraction import article_text

    return article_text(body, content_type)
