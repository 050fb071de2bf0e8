"""From the page of an article to its text. For a worker process: the input is hostile, and trafilatura large."""

from __future__ import annotations

import codecs
import re

import trafilatura
from lxml import etree

from monitor.errors import FeedError, FeedState
from monitor.feeds.http.opt_out import opt_out_reason
from monitor.feeds.parse.plain_text import clean_text

MOST = 200_000  # characters of an article

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def article_text(body: bytes, content_type: str) -> str:
    """Return the text of the article in the page in *body*, without what stands around it, as one line.

    Args:
        body: The page, in the encoding it came in.
        content_type: The header as it came; its charset counts.

    Raises:
        FeedError: The page opts out of being read by programs (FORBIDDEN), or has no article (EMPTY).
    """
    page = trafilatura.load_html(_decoded(body, content_type))
    if page is None:
        raise FeedError(FeedState.EMPTY, "the page is empty")
    if reason := opt_out_reason(_metas(page)):
        raise FeedError(FeedState.FORBIDDEN, reason)
    text = trafilatura.extract(page, include_comments=False, include_formatting=False)
    if not text:
        raise FeedError(FeedState.EMPTY, "there is no article in the page")
    return clean_text(text[: 2 * MOST])[:MOST]


def _decoded(body: bytes, content_type: str) -> str | bytes:
    """Return *body* decoded as the header says; as it is when that says nothing that can be used."""
    said = _CHARSET.search(content_type)
    try:
        return codecs.decode(body, said[1], "replace") if said else body
    except (LookupError, ValueError, TypeError):
        return body


def _metas(page: etree._Element) -> list[tuple[str, str]]:
    return [(str(meta.get("name", "")), str(meta.get("content", ""))) for meta in page.iter("meta")]
