"""Select the items (entries) of a well-formed XML document that must be parsed, and read their texts and links.

The texts and links are those that feedparser omits or changes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from lxml import etree

from monitor.feeds.parse.fingerprint import Unchanged, split_known
from monitor.feeds.text.dates import parse_date
from monitor.feeds.text.plain_text import clean_text, literal_text
from monitor.model import Text

_ATOM = "http://www.w3.org/2005/Atom"
_PREFIX = re.compile(r"(</?)([\w.-]{1,64}):")
_XHTML = "http://www.w3.org/1999/xhtml"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_DATES = ("pubdate", "published", "issued", "date", "updated", "modified", "created")
_DATED_SHARE = 0.9  # the share of items with a date from which on the newest are chosen by date

# elements with the text of an item, in order of preference as summary; namespaces are ignored
_TEXTS = (
    "description",
    "summary",
    "encoded",
    "content",
    "body",
    "fullitem",
    "fulltext",
    "full-text",
    "abstract",
    "subtitle",
)
_PREFERRED = ("purl.org/rss/1.0/", "my.netscape.com", "w3.org/2005/atom", "purl.org/atom", "backend.userland.com")


@dataclass(frozen=True, slots=True)
class XmlItems:
    """The items of a document that must be parsed, and what is known about the others."""

    found: int  # how many items the document has in all
    items: tuple[etree._Element, ...]  # those to be read, in their order
    hashes: tuple[bytes, ...]  # of the items to be read
    unchanged: Unchanged  # the items that were left out because they are known
    left_out: int  # how many were left out because there are too many


def parse_xml(body: bytes, *, recover: bool = False) -> etree._Element | None:
    """Return the root element of an XML document in UTF-8; None if it is not well-formed.

    Entities are not expanded, nothing is fetched, and the limits of libxml2 on depth and size apply.

    Args:
        body: The document.
        recover: Read as much as possible of a document that is not well-formed.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        recover=recover,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError):
        return None


def defines_entities(root: etree._Element) -> bool:
    """Return whether a document has a DTD of its own, which may define entities that its items use."""
    document_type: object = root.getroottree().docinfo.internalDTD
    return document_type is not None


def needed_items(root: etree._Element, known: Collection[bytes], most: int) -> XmlItems:
    """Return the items of a document that must be parsed: not the known ones, and at most *most*.

    The hash of an item is the SHA-256 of its canonical XML.

    Args:
        root: The root element of the document.
        known: The hashes of items that need not be parsed again.
        most: How many items count at most: the newest by date; without dates, half of them from each end of the
            document.
    """
    items = list(root.iter("{*}item", "{*}entry"))
    counted = items
    if len(items) > most:
        kept = set(newest([_date(item) for item in items], most))
        counted = [item for number, item in enumerate(items) if number in kept]
    hashes = [_hash(item) for item in counted]
    remaining, unchanged = split_known(hashes, known)
    wanted = tuple(item for item, digest in zip(counted, hashes, strict=True) if digest not in known)
    return XmlItems(len(items), wanted, remaining, unchanged, len(items) - len(counted))


def without_other_items(root: etree._Element, needed: XmlItems) -> bytes | None:
    """Return the document in UTF-8 with only the needed items.

    None if all items are needed, or if the root element is itself an item.

    Args:
        root: The root element of the document; the other items are removed from it.
        needed: The items that stay.
    """
    if len(needed.items) == needed.found or _name(root) in ("item", "entry"):
        return None
    wanted = {id(item) for item in needed.items}
    for item in list(root.iter("{*}item", "{*}entry")):
        if id(item) not in wanted and (parent := item.getparent()) is not None:
            parent.remove(item)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def newest(dates: Sequence[datetime | None], most: int) -> list[int]:
    """Return the positions of the newest *most* items, in ascending order.

    If few items have dates, half of the positions are taken from each end.

    Args:
        dates: The date of each item; None if it has none.
        most: How many positions to return.
    """
    dated = [(at, -position) for position, at in enumerate(dates) if at is not None]
    if len(dated) >= _DATED_SHARE * len(dates):
        # of items with the same date, the first ones
        return sorted(-position for _, position in sorted(dated, reverse=True)[:most])
    head = (most + 1) // 2
    return [*range(head), *range(len(dates) - (most - head), len(dates))]


def _date(item: etree._Element) -> datetime | None:
    found = {_name(child): child.text or "" for child in reversed(item) if isinstance(child.tag, str)}
    return next((at for name in _DATES if (at := parse_date(found.get(name, "").strip()))), None)


def _hash(item: etree._Element) -> bytes:
    # exclusive, so that a namespace added or removed at the top of the feed does not change the hash
    written = etree.tostring(item, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    return hashlib.sha256(written).digest()


def combine_texts(title: str, parts: Iterable[str]) -> Text:
    """Return the text of an entry: its title, the first of *parts* as summary, and the others as content.

    Parts that another part already contains are left out.
    """
    kept: list[str] = []
    for part in parts:
        if part and not any(part in other for other in kept):
            kept.append(part)
    summary, content = kept[0] if kept else "", " ".join(kept[1:])
    return Text(title, summary, content)


def item_texts(item: etree._Element) -> list[str]:
    """Return all texts of an item except its title, cleaned; the text to use as summary comes first."""
    found: list[tuple[int, str]] = []
    for element in item.iter():
        rank = _text_rank(element.tag) if isinstance(element.tag, str) else None
        if rank is None or element is item or any(_name(above) == "source" for above in element.iterancestors()):
            continue
        if text := element_text(element):
            found.append((rank, text))
    return [text for _, text in sorted(found, key=lambda pair: pair[0])]


@lru_cache(512)
def _text_rank(tag: str) -> int | None:
    """Return how suitable an XML element is as the summary of an entry: 0 is best, None if it is not a text.

    Args:
        tag: The name of the element with its namespace.
    """
    namespace, _, name = tag.lower().rpartition("}")
    if name == "text" and "search.yahoo.com/mrss" in namespace:
        return 2 * len(_TEXTS)
    if name not in _TEXTS:
        return None
    foreign = namespace and name != "encoded" and not any(known in namespace for known in _PREFERRED)
    return _TEXTS.index(name) + (len(_TEXTS) if foreign else 0)


def plain_title(item: etree._Element) -> str | None:
    """Return the title of an Atom entry if it is declared to be plain text; None if it may contain markup."""
    title = item.find(f"{{{_ATOM}}}title")
    if title is None or title.get("type", "").lower() not in ("text", "text/plain"):
        return None
    return literal_text("".join(map(str, title.itertext())))


def element_text(element: etree._Element) -> str:
    """Return the cleaned text of an element that contains plain text, escaped markup or child elements."""
    kind = element.get("type", "").lower()
    if element.get("src") or element.get("url"):  # of atom:content and media:content: the content is elsewhere
        return ""
    if _namespace(element) == _ATOM.lower():
        if kind in ("text", "text/plain"):
            return literal_text("".join(map(str, element.itertext())))
        if "/" in kind and not kind.startswith("text/") and not kind.endswith(("+xml", "/xml")):
            return _from_base64(element.text or "")
    if element.get("mode", "").lower() == "base64" or element.get("encoding", "").lower() == "base64":
        return _from_base64(element.text or "")
    if len(element) == 0:
        return clean_text(_encoded_once(element.text or ""))
    inner = [element.text or "", *(etree.tostring(child, encoding="unicode") for child in element)]
    return clean_text(_without_prefixes("".join(inner), element))


def _without_prefixes(markup: str, element: etree._Element) -> str:
    """Return the *markup* inside *element* with ``<script>`` in place of ``<h:script>``, if ``h`` stands for XHTML."""
    prefixes = {inner.prefix for inner in element.iter(f"{{{_XHTML}}}*") if inner.prefix}
    if not prefixes:
        return markup
    return _PREFIX.sub(lambda tag: tag[1] if tag[2] in prefixes else tag[0], markup)


def _from_base64(text: str) -> str:
    """Return the text of Base64-encoded markup (RFC 4287 section 4.1.3.3); empty if it does not decode to text."""
    try:
        return clean_text(base64.b64decode(text, validate=False).decode())
    except ValueError:
        return ""


def _encoded_once(text: str) -> str:
    """Return *text*, decoded once more if it is UTF-8 that was encoded twice, as some software does."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def has_dc_date(item: etree._Element) -> bool:
    """Return whether an item has a Dublin Core date (``dc:date``), which in RSS is the publication date."""
    return any(_name(child) == "date" and "purl.org/dc/" in _namespace(child) for child in item)


def atom_link(item: etree._Element, language: str) -> str | None:
    """Return the link of an Atom entry; None if *item* is not an Atom entry or has no alternate link.

    It is the first alternate link in the language of the feed, or the first alternate link of all. Relative links are
    resolved against xml:base.

    Args:
        item: The XML element of the entry.
        language: The language of the feed in lower case; may be empty.
    """
    links = [link for link in item.findall(f"{{{_ATOM}}}link") if link.get("rel", "alternate").lower() in _ALTERNATE]
    links = [link for link in links if link.get("href")]
    pages = [link for link in links if link.get("type", "text/html").lower() in _PAGES] or links
    if not pages:
        return None
    own = language.partition("-")[0]
    fitting = [link for link in pages if link.get("hreflang", own).lower().partition("-")[0] == own]
    link = (fitting or pages)[0]
    return _resolved(link, str(link.get("href")).strip())


_ALTERNATE = ("alternate", "http://www.iana.org/assignments/relation/alternate")  # RFC 4287 section 4.2.7.2
_PAGES = ("text/html", "application/xhtml+xml")


def _resolved(element: etree._Element, address: str) -> str:
    return _join(element.base, address) if element.base else address


def _join(base: str, address: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(base, address)
    except ValueError:
        return ""


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _namespace(element: etree._Element) -> str:
    return element.tag[1:].partition("}")[0].lower() if isinstance(element.tag, str) and element.tag[0] == "{" else ""
