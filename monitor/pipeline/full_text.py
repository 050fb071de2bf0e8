"""The articles behind the new entries of a document, for a feed with ``full_text``: read before it is committed."""

from __future__ import annotations

from dataclasses import replace

from monitor.feeds.articles.excerpt import excerpt_around_mentions
from monitor.feeds.articles.reader import ArticleReader
from monitor.feeds.http.fetch import Fetcher
from monitor.logs import Log
from monitor.model import Entry, Feed, Judgement, ParsedFeed, Text
from monitor.pipeline.identification import recognise
from monitor.store.committer import Committer
from monitor.store.entries import text_hash

log = Log(__name__)


async def with_articles(
    feed: Feed, parsed: ParsedFeed, *, committer: Committer, reader: ArticleReader, fetcher: Fetcher
) -> ParsedFeed:
    """Return *parsed* with the texts of the articles that its new entries link to, as far as they can be had."""
    recognised = await committer.tend(lambda db: recognise(db, feed.key, parsed))
    new = [item.link for key, item in recognised.keyed if key not in recognised.known and key not in recognised.held]
    articles = await reader.read(new, fetcher)
    for link, cause in articles.failed.items():
        log.info("article not read, the summary counts", feed=feed.key, link=link, cause=cause)
    return replace(parsed, entries=tuple(replace(e, article=articles.texts.get(e.link, "")) for e in parsed.entries))


def with_article_before(entry: Entry, before: Entry, fed_hash: bytes) -> Entry:
    """Return *entry*, an edit, with what is kept of its article, which is not read again.

    Some feeds edit all entries at every poll; and without it all that the article said would count as taken back.
    *before* is the entry as it is stored, *fed_hash* the hash of the text that its feed showed: another one than that
    of the stored text, when that has words of an article.
    """
    if entry.as_fed is not None or fed_hash == text_hash(before.text):
        return entry
    return replace(entry, text=replace(entry.text, content=before.text.content), as_fed=entry.text)


def matched_text(text: Text, article: str) -> tuple[Text, Text | None]:
    """Return what is matched of an entry, and the text in its feed when that is another."""
    return (replace(text, content=article), text) if article else (text, None)


def as_kept(entry: Entry, judgement: Judgement, *, whole: bool) -> tuple[Entry, Judgement]:
    """Return an entry and its judgement as they are stored: of an article the words around mentions, or the *whole*."""
    if entry.as_fed is None or whole:
        return entry, judgement
    text, judgement = excerpt_around_mentions(entry.text, judgement)
    return replace(entry, text=text if text.content else entry.as_fed), judgement
