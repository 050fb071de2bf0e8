"""The articles behind the new entries of feeds with ``full_text``: fetched before the document is ingested."""

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

    An article that cannot be read is logged, and its entry keeps the text in the feed.

    Args:
        feed: Key of the feed, for the log.
        identified: The document as ``identify_entries`` returned it.
        reader: Extracts the text of a page.
        fetcher: Fetches the pages.
    """
    articles = await reader.read(identified.new_links, fetcher)
    for link, cause in articles.failed.items():
        log.info("article not read, using the text in the feed", feed=feed, link=link, cause=cause)
    items = [(key, replace(item, article=articles.texts.get(item.link, ""))) for key, item in identified.items]
    return replace(identified, items=items)


def keep_article(entry: Entry, before: Entry, fed_hash: bytes) -> Entry:
    """Return *entry*, an edit, with what is stored of its article, which is not fetched again.

    Some feeds edit all entries at every poll; and without the article all that it says would count as removed.

    Args:
        entry: The entry as the document has it now.
        before: The entry as it is stored.
        fed_hash: Hash of the text that the feed showed before. It differs from that of the stored text if that
            includes words of an article.
    """
    if entry.as_fed is not None or fed_hash == text_hash(before.text):
        return entry
    return replace(entry, text=replace(entry.text, content=before.text.content), as_fed=entry.text)


def text_to_match(text: Text, article: str) -> tuple[Text, Text | None]:
    """Return the text that is matched, and the text in the feed if that differs."""
    return (replace(text, content=article), text) if article else (text, None)


def trim_article(entry: Entry, judgement: Judgement, *, whole: bool) -> tuple[Entry, Judgement]:
    """Return an entry and its judgement as they are stored.

    Args:
        entry: With the whole article as its content, if there is one.
        judgement: Of the entry; its spans are moved to fit.
        whole: Keep the whole article; otherwise only the words around mentions.
    """
    if entry.as_fed is None or whole:
        return entry, judgement
    text, judgement = excerpt_around_mentions(entry.text, judgement)
    return replace(entry, text=text if text.content else entry.as_fed), judgement
