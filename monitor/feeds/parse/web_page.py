"""Read a web page that has no feed: CSS selectors find its repeated blocks, each of which becomes an entry.

This runs in a worker process, because the input is untrusted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.fingerprint import split_known
from monitor.feeds.parse.identity import MAX_ENTRIES
from monitor.feeds.text.dates import parse_date
from monitor.feeds.text.links import web_address
from monitor.feeds.text.plain_text import clean_text
from monitor.model import PageSelectors, ParsedEntry, ParsedFeed, Text
from monitor.wording import counted

_SKIPPED = frozenset({"script", "style", "noscript", "template"})
_BLOCKS = frozenset({"p", "div", "li", "br", "td", "tr", "h1", "h2", "h3", "h4", "section", "article", "dd", "dt"})


@dataclass(frozen=True, slots=True)
class Selector:
    """A CSS selector within a block, and the attribute to read; an empty selector means the block itself."""

    css: str
    attribute: str = ""  # empty: the text


def parse_selector(written: str) -> Selector:
    """Return the parsed form of a selector such as ``a.title`` (the text) or ``a@href`` (an attribute)."""
    css, _, attribute = written.partition("@")
    return Selector(css.strip(), attribute.strip())


def read_page(body: bytes, url: str, selectors: PageSelectors, *, known: Collection[bytes] = ()) -> ParsedFeed:
    """Return the entries of a web page, in the order of the page.

    Link and title together identify an entry. Blocks without a title are left out. At most MAX_ENTRIES entries are
    read; further blocks are only counted. Scripts in the page are not run.

    Args:
        body: The page, in UTF-8.
        url: The URL of the page; relative links are resolved against it, or against the ``base`` of the page.
        selectors: Where the entries and their parts are in the page.
        known: The ``raw_hash`` of entries that need not be read again.

    Raises:
        FeedError: The page is empty (EMPTY), a selector is wrong, or no block is an entry (NOT_A_FEED).
    """
    page = parse_html(body)
    if page is None:
        raise FeedError(FeedState.EMPTY, "the page is empty")
    stated = str(page.get("lang") or "").lower()
    found, left_out = page_entries(page, url, selectors, MAX_ENTRIES)
    if not found:
        raise FeedError(FeedState.NOT_A_FEED, _nothing_found(page, selectors), _HINT)
    new, unchanged = split_known([entry.raw_hash for entry in found], known)
    wanted = set(new)
    title = next((clean_text(_text(element)) for element in page.iter("title")), "")
    entries = tuple(entry for entry in found if entry.raw_hash in wanted)
    return ParsedFeed(
        title=title,
        language=stated,
        format="page",
        entries=entries,
        unchanged=unchanged,
        left_out=left_out,
    )


def page_entries(page: etree._Element, url: str, selectors: PageSelectors, most: int) -> tuple[list[ParsedEntry], int]:
    """Return the first entries of a web page, and how many blocks follow them.

    Args:
        page: The root element of the page.
        url: The URL of the page; empty if it is a file, whose canonical link is then used.
        selectors: Where the entries and their parts are in the page.
        most: How many entries are read at most, to limit the time.
    """
    named = [*page.iter("base"), *(link for link in page.iter("link") if not url and link.get("rel") == "canonical")]
    base = next(filter(None, (web_address(str(one.get("href", "")), url) for one in named)), url)
    blocks = iter(select(page, selectors.entry))
    language = selectors.language or str(page.get("lang") or "").lower()
    found = list(islice(_unique(_entries(blocks, base, selectors, language)), most))
    return found, sum(1 for _ in blocks)


_HINT = "compare the selectors with the page: monitor feeds --discover URL proposes some"


def parse_html(body: bytes) -> etree._Element | None:
    """Return the root element of an HTML page in UTF-8; None if it is empty."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    return etree.fromstring(body, parser) if body.strip() else None


def _nothing_found(page: etree._Element, selectors: PageSelectors) -> str:
    blocks = len(select(page, selectors.entry))
    if not blocks:
        return f'no part of the page matches entry = "{selectors.entry}"'
    return (
        f'entry = "{selectors.entry}" matches {counted(blocks, "block")}, but title = "{selectors.title}" gives no text'
    )


def _entries(
    blocks: Iterator[etree._Element], base: str, selectors: PageSelectors, language: str
) -> Iterator[ParsedEntry]:
    for block in blocks:
        title = clean_text(_value(block, selectors.title))
        if not title:
            continue
        link = web_address(_value(block, selectors.link).strip(), base)
        date, published_at = _date(block, selectors.date, language) if selectors.date else ("", None)
        summary = clean_text(_value(block, selectors.summary)) if selectors.summary else ""
        raw = "\0".join((title, link, date, summary))
        yield ParsedEntry(
            id=link or title,
            link=link,
            text=Text(title, summary),
            author="",
            published_at=published_at,
            updated_at=None,
            raw_hash=hashlib.sha256(raw.encode()).digest(),
        )


def _unique(entries: Iterator[ParsedEntry]) -> Iterator[ParsedEntry]:
    """Yield *entries* without exact duplicates."""
    seen: set[bytes] = set()
    for entry in entries:
        if entry.raw_hash not in seen:
            seen.add(entry.raw_hash)
            yield entry


def _value(block: etree._Element, written: str) -> str:
    """Return the text or attribute that a selector such as ``a@href`` finds in *block*; empty if it finds nothing."""
    selector = parse_selector(written)
    found = select(block, selector.css) if selector.css else [block]
    values = (str(one.get(selector.attribute) or "") if selector.attribute else _text(one) for one in found)
    # the first one that is not empty: a link around an image often stands before the link with the title
    return next((value for value in values if value.strip()), "")


def _date(block: etree._Element, written: str, language: str) -> tuple[str, datetime | None]:
    """Return the date that a selector finds in *block*, as written and as a time; None if it cannot be read.

    If the text is no date, such as "3 hours ago", the ``datetime`` attribute of the element counts.

    Args:
        block: The block of one entry.
        written: The selector.
        language: The language of the page; may be empty.
    """
    text = " ".join(_value(block, written).split())
    moment = parse_date(text, language) if text else None
    if moment is not None or "@" in written:
        return text, moment
    stated = _value(block, f"{written}@datetime").strip()
    return (stated, parse_date(stated, language)) if stated else (text, None)


def select(element: etree._Element, css: str) -> list[etree._Element]:
    """Return the elements within *element* that the CSS selector *css* finds."""
    found = compiled(css)(element)
    return [one for one in found if etree.iselement(one)] if isinstance(found, list) else []


@lru_cache(maxsize=512)
def compiled(css: str) -> CSSSelector:
    """Return the CSS selector *css* in compiled form.

    Raises:
        FeedError: *css* is not a valid CSS selector.
    """
    try:
        return CSSSelector(css, translator="html")
    except SelectorError as error:
        raise FeedError(FeedState.NOT_A_FEED, f'"{css}" is not a CSS selector: {error}', _HINT) from error


def _text(element: etree._Element) -> str:
    """Return the text of *element* without scripts; paragraphs and other blocks are separated by spaces."""
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts)


def _collect(element: etree._Element, parts: list[str]) -> None:
    # not recursive, because pages can be nested deeply
    stack: list[tuple[etree._Element, bool]] = [(element, False)]
    while stack:
        one, leaving = stack.pop()
        if leaving:
            parts.append(one.tail or "")
            continue
        if isinstance(one.tag, str) and one.tag not in _SKIPPED:
            if one.tag in _BLOCKS:
                parts.append(" ")
            parts.append(one.text or "")
            for child in reversed(one):
                stack += ((child, True), (child, False))
