"""Fetch the articles that new entries link to, for feeds with ``full_text``, before their document is ingested."""

from __future__ import annotations

from dataclasses import replace

from monitor.feeds.articles.excerpt import excerpt_around_mentions
from monitor.feeds.articles.reader import ArticleReader
from monitor.feeds.http.fetch import Fetcher
from monitor.logs import Log
from monitor.model import Entry, Judgement, Text
from monitor.pipeline.identification import IdentifiedDocument
from monitor.store.entries import text_hash

log = Log(__name__)


async def read_articles(
    feed: str, identified: IdentifiedDocument, *, reader: ArticleReader, fetcher: Fetcher
) -> IdentifiedDocument:
    """Return *identified* with the texts of the articles that its new entries link to.

    If an article cannot be read, this is logged, and the entry keeps the text that the feed gives.

    Args:
        feed: The key of the feed, for the log.
        identified: The document as ``identify_entries`` returned it.
        reader: Extracts the text of a page.
        fetcher: Fetches the pages.
    """
    articles = await reader.read(identified.new_links, fetcher)
    for link, cause in articles.failed.items():
        log.info("article could not be read, using the text in the feed", feed=feed, link=link, cause=cause)
    items = [(key, replace(item, article=articles.texts.get(item.link, ""))) for key, item in identified.items]
    return replace(identified, items=items)


def keep_article(entry: Entry, before: Entry, fed_hash: bytes) -> Entry:
    """Return an edited entry with the stored excerpt of its article, so that the article is not fetched again.

    Some feeds edit all entries at every poll. Without the excerpt, the text of the article would count as removed.

    Args:
        entry: The entry as the document has it now.
        before: The entry as it is stored.
        fed_hash: Hash of the text that the feed showed before. It differs from the hash of the stored text if that
            contains an excerpt of the article.
    """
    if entry.as_fed is not None or fed_hash == text_hash(before.text):
        return entry
    return replace(entry, text=replace(entry.text, content=before.text.content), as_fed=entry.text)


def trim_article(entry: Entry, as_fed: Text, judgement: Judgement) -> tuple[Entry, Judgement]:
    """Return an entry with only the passages of its article around mentions, and its judgement with new positions.

    Args:
        entry: The entry with the whole article as its content.
        as_fed: The text in the feed, which is used if the article has no mention.
        judgement: The judgement of the entry.
    """
    text, judgement = excerpt_around_mentions(entry.text, judgement)
    return replace(entry, text=text if text.content else as_fed), judgement
