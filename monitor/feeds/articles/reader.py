"""Fetch the articles behind new entries, if their sites allow it, and extract their texts in a worker process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor.errors import FeedError, FeedState
from monitor.feeds.articles.permissions import Permissions
from monitor.feeds.http.fetch import Fetcher
from monitor.feeds.parse.workers import WorkerPool, limit_process

MAX_ARTICLES = 30  # articles read at most in one poll; the newest
TOTAL_S = 60.0  # for all articles of one poll; only the entries of that poll wait for them

_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Articles:
    """The texts of the articles that were read, and why others could not be read; both by link."""

    texts: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)  # why an article could not be read


class ArticleReader:
    """Fetches articles and extracts their texts in a worker process.

    The process starts with the first article and ends when it has been idle for some time.

    Args:
        clock: Returns the current time.
        total_s: The time limit for all articles of one call, in seconds.
    """

    def __init__(self, clock: Callable[[], datetime], *, total_s: float = TOTAL_S) -> None:
        self._pool = WorkerPool(prepare_for_articles, workers=1)
        self._fetcher: Fetcher | None = None
        self._permissions = Permissions(self._get, clock)
        self._total_s = total_s

    async def read(self, links: Iterable[str], fetcher: Fetcher) -> Articles:
        """Return the texts of the articles at *links*, and the causes of failures; at most MAX_ARTICLES are read.

        Links after these, and articles not read when the time limit ends, have no text.
        """
        self._fetcher = fetcher
        articles = Articles()
        wanted = list(dict.fromkeys(filter(None, links)))[:MAX_ARTICLES]
        try:
            async with asyncio.timeout(self._total_s):
                await asyncio.gather(*(self._read(link, articles) for link in wanted))
        except TimeoutError:
            late = f"the article was not read within {self._total_s:g} s"
            articles.failed.update((link, late) for link in wanted if link not in {**articles.texts, **articles.failed})
        return articles

    async def stop_idle(self, now: datetime) -> None:
        """End the worker process if it has been idle for some time; call this about once a second."""
        await self._pool.stop_idle(now)

    async def close(self) -> None:
        """End the worker process at once."""
        await self._pool.close()

    async def _read(self, link: str, articles: Articles) -> None:
        try:
            articles.texts[link] = await self._text(link)
        except FeedError as error:
            articles.failed[link] = error.cause

    async def _text(self, link: str) -> str:
        page = await self._open().fetch_page(link, permission=self._permissions.crawl_delay_s)
        if page.opt_out:
            raise FeedError(FeedState.FORBIDDEN, page.opt_out)
        if page.content_type and page.content_type.partition(";")[0].strip().lower() not in _TYPES:
            raise FeedError(FeedState.NOT_A_FEED, f"the article is not a web page but {page.content_type[:100]}")
        return await self._pool.run(read_article, page.body or b"", page.content_type)

    async def _get(self, url: str) -> str:
        page = await self._open().fetch_page(url)
        return (page.body or b"").decode("utf-8", "replace")

    def _open(self) -> Fetcher:
        if self._fetcher is None:
            raise RuntimeError("there is no HTTP client before the first article is read")
        return self._fetcher


def prepare_for_articles() -> None:
    """Prepare a worker process for articles: import trafilatura, which is slow, and set resource limits."""
    import monitor.feeds.articles.extraction  # noqa: F401

    limit_process()


def read_article(body: bytes, content_type: str) -> str:
    """Return the text of the article in a web page; see ``article_text``. Runs in a worker process."""
    from monitor.feeds.articles.extraction import article_text

    return article_text(body, content_type)
