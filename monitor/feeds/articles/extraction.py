"""Extract the text of an article from its web page, without navigation and advertisements.

This runs in a worker process, because the input is untrusted and the library trafilatura needs much memory.
"""

from __future__ import annotations

import codecs
import re

import trafilatura
from lxml import etree

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.responses import opt_out_reason
from monitor.feeds.text.plain_text import clean_text

MAX_CHARACTERS = 200_000  # characters of an article

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def article_text(body: bytes, content_type: str) -> str:
    """Return the text of the article in a web page as one line, without navigation and other surroundings.

    Args:
        body: The page, in its own encoding.
        content_type: The Content-Type header; its charset is used to decode the page.

    Raises:
        FeedError: The page forbids reading by programs (FORBIDDEN), or has no article (EMPTY).
    """
    page = trafilatura.load_html(_decoded(body, content_type))
    if page is None:
        raise FeedError(FeedState.EMPTY, "the page is empty")
    if reason := opt_out_reason(_metas(page)):
        raise FeedError(FeedState.FORBIDDEN, reason)
    text = trafilatura.extract(page, include_comments=False, include_formatting=False)
    if not text:
        raise FeedError(FeedState.EMPTY, "there is no article in the page")
    return clean_text(text[: 2 * MAX_CHARACTERS])[:MAX_CHARACTERS]


def _decoded(body: bytes, content_type: str) -> str | bytes:
    """Return *body* decoded with the charset that the Content-Type header names, or unchanged if it names none."""
    charset = _CHARSET.search(content_type)
    try:
        return codecs.decode(body, charset[1], "replace") if charset else body
    except (LookupError, ValueError, TypeError):
        return body


def _metas(page: etree._Element) -> list[tuple[str, str]]:
    return [(str(meta.get("name", "")), str(meta.get("content", ""))) for meta in page.iter("meta")]
