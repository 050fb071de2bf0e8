"""Read well-formed RSS, RDF and Atom documents from their XML elements, many times faster than feedparser.

The results equal those of feedparser, whose handlers (feedparser/mixin.py and namespaces/) are the reference. If a
document contains something that feedparser treats in a special way unknown to this module, ``read_elements`` returns
None, and feedparser reads the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from lxml import etree

from monitor.feeds.parse.element_names import (
    AUTHORS,
    IDS,
    ITEMS,
    PUBLISHED,
    SPECIAL,
    TEXTS,
    TITLES,
    UPDATED,
    UnusualDocumentError,
    attribute,
    children_of,
    is_item,
    name_of,
)
from monitor.feeds.parse.raw_feed import RawEntry, RawFeed
from monitor.feeds.text.dates import parse_date

_ATOM_NAMESPACE = "http://www.w3.org/2005/atom"
_VERSIONS = {  # by the namespace that a document declares
    "http://purl.org/rss/1.0/": "rss10",
    "http://my.netscape.com/rdf/simple/0.9/": "rss090",
    _ATOM_NAMESPACE: "atom10",
}
_RSS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_OF_AN_IMAGE = frozenset(("title", "link", "description", "url", "href", "width", "height", "name"))
_OF_AN_AUTHOR = frozenset(("name", "email", "uri", "url", "homepage", "itunes_name", "itunes_email"))
_TITLE_TYPES = frozenset(("", "text", "plain", "html", "text/plain", "text/html"))
_LINK_TYPES = frozenset(("html", "xhtml", "text/html", "application/xhtml+xml"))

_XML = "{http://www.w3.org/XML/1998/namespace}"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_HAS_BASE = etree.XPath("//@xml:base | //@base")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/+")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_WINDOWS = {number: bytes([number]).decode("cp1252", "ignore") or chr(number) for number in range(0x80, 0xA0)}


def read_elements(root: etree._Element, items: Sequence[etree._Element]) -> RawFeed | None:
    """Return a document as feedparser would read it; None if only feedparser can read it.

    Args:
        root: The root element of a document that declares no entities.
        items: The elements of the entries to read, in the order of the document.
    """
    try:
        version, channel = _version(root)
        has_base = bool(_HAS_BASE(root))
        about = _read_head(root, channel, has_base=has_base)
        language = about.get("language", "").strip().lower().replace("_", "-")
        _refuse_items_elsewhere(items, (root, channel))
        entries = [_read_item(item, _Reading(is_item=True, depth=1, has_base=has_base), language) for item in items]
        return RawFeed(version, about, entries)
    except UnusualDocumentError:
        return None


def _refuse_items_elsewhere(items: Sequence[etree._Element], parents: Sequence[etree._Element]) -> None:
    if any(item.getparent() not in parents for item in items):  # feedparser does not expect entries there
        raise UnusualDocumentError


def _version(root: etree._Element) -> tuple[str, etree._Element]:
    """Return the version of a document in feedparser's notation (``rss20``), and the element that contains its head."""
    declared = {uri.lower() for uri in root.nsmap.values() if uri} & _VERSIONS.keys()
    name = name_of(root)
    if name == "feed":
        if declared - {_ATOM_NAMESPACE}:
            raise UnusualDocumentError
        return ("atom10" if declared else _ATOM.get(attribute(root, "version"), "atom")), root
    children = list(children_of(root))
    channels = [child for child in children if name_of(child) == "channel"]
    if len(channels) != 1 or any(attribute(channels[0], name) for name in ("href", "lastmod")):
        raise UnusualDocumentError
    if name == "rss" and declared <= {_ATOM_NAMESPACE} and len(children) == 1:
        written = attribute(root, "version")
        return _RSS.get(written, "rss20" if written.startswith("2.") else "rss"), channels[0]
    default = (root.nsmap.get(None) or "").lower()
    if name != "rdf_rdf" or declared != {default}:
        raise UnusualDocumentError
    if not all(name_of(child) in ("channel", "image", "textinput") or is_item(child) for child in children):
        raise UnusualDocumentError
    return _VERSIONS[default], channels[0]


@dataclass(slots=True)
class _Reading:
    """The values read so far from the head of a document or from one entry."""

    is_item: bool
    depth: int  # the depth of its direct child elements
    has_base: bool  # whether relative addresses are relative to a base that the document names
    found: dict[str, str] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)  # the depth at which each value of an entry was found
    title_depth: int = -1  # the depth of the last title, which only a title further out replaces
    guid_is_link: bool | None = None

    def keep(self, name: str, value: str, depth: int) -> None:
        """Store a value; in an entry, values of outer elements take precedence over values of inner ones.

        Of values at the same depth, the last one counts.

        Args:
            name: The name of the value, a field of RawEntry.
            value: The value as written in the document.
            depth: The depth of its element in the document.
        """
        if self.is_item and depth > self.depths.get(name, depth):
            return
        self.depths[name] = depth
        self.found[name] = value


Handler = Callable[[_Reading, etree._Element, str, int], None]  # noqa: SLF001 - lxml has no public name


def _read_head(root: etree._Element, channel: etree._Element, *, has_base: bool) -> dict[str, str]:
    reading = _Reading(is_item=False, depth=2 if channel is root else 3, has_base=has_base)
    language = attribute(root, "lang") or root.get(f"{_XML}lang", "")
    if language and name_of(root) != "rdf_rdf":
        reading.found["language"] = language.replace("_", "-")
    _walk(reading, channel, reading.depth, _IN_HEAD)
    return reading.found


def _read_item(item: etree._Element, reading: _Reading, language: str) -> RawEntry:
    """Return the values of one entry as written in the document.

    Args:
        item: The XML element of the entry.
        reading: A new object, which collects the values.
        language: The language of the document.
    """
    if not is_item(item) or (item.attrib and any(attribute(item, name) for name in ("href", "lastmod"))):
        raise UnusualDocumentError
    found = reading.found
    if about := item.get(_ABOUT):
        found["id"] = about
    _walk(reading, item, reading.depth, _IN_ITEM)
    for name in ("published", "updated"):
        if found.get(name) and parse_date(found[name], language) is None:
            raise UnusualDocumentError
    return RawEntry(
        title=found.get("title", ""),
        id=found.get("id", ""),
        link=found.get("link", ""),
        guid_is_link=bool(reading.guid_is_link),
        author=found.get("author", ""),
        published=found.get("published", ""),
        updated=found.get("updated", ""),
    )


def _walk(reading: _Reading, parent: etree._Element, depth: int, handlers: Mapping[str, Handler]) -> None:
    """Call the handler of each child element of *parent*; descend into elements that have no handler.

    Args:
        reading: Collects the values found.
        parent: The XML element.
        depth: The depth of the child elements in the document.
        handlers: The handlers by the names of elements.
    """
    for child in children_of(parent):
        name = name_of(child)
        if handler := handlers.get(name):
            handler(reading, child, name, depth)
        elif len(child):
            _walk(reading, child, depth + 1, handlers)


def _ignore(_: _Reading, __: etree._Element, ___: str, ____: int) -> None:
    """Do nothing: the handler of elements that are skipped with all their children."""


def _refuse(_: _Reading, __: etree._Element, ___: str, ____: int) -> None:
    raise UnusualDocumentError


def _title(reading: _Reading, element: etree._Element, name: str, depth: int) -> None:
    if attribute(element, "type").lower() not in _TITLE_TYPES or attribute(element, "mode") == "base64":
        raise UnusualDocumentError
    if depth > reading.depth and not reading.is_item:
        raise UnusualDocumentError
    title = _value(element)
    if not -1 < reading.title_depth <= depth:
        reading.keep("title", title, depth)
    if title and name != "media_title":
        reading.title_depth = depth


def _link(reading: _Reading, element: etree._Element, _: str, __: int) -> None:
    href = next((found for name in ("url", "uri", "href") if (found := attribute(element, name))), None)
    if href is None:
        written = _address(reading, _value(element)).replace("&amp;", "&")
        reading.found["link"] = _REFERENCE.sub(r"&\1", written)
    elif attribute(element, "rel", "alternate").lower() == "alternate" and (
        attribute(element, "type", "text/html").lower() in _LINK_TYPES
    ):
        reading.found["link"] = _address(reading, href)


def _id(reading: _Reading, element: etree._Element, _: str, depth: int) -> None:
    """Store the id of an entry, and use it as its link if there is none, unless ``isPermaLink`` is "false"."""
    is_permanent = attribute(element, "ispermalink", "true") == "true"
    value = _address(reading, _value(element)) if is_permanent else _value(element)
    if reading.is_item:
        reading.keep("id", value, depth)
    if reading.guid_is_link is None:
        reading.guid_is_link = is_permanent and "link" not in reading.found
    if is_permanent:
        reading.found.setdefault("link", value)


def _published(reading: _Reading, element: etree._Element, _: str, depth: int) -> None:
    reading.keep("published", _value(element), depth)


def _updated(reading: _Reading, element: etree._Element, _: str, depth: int) -> None:
    reading.keep("updated", _value(element), depth)


def _author(reading: _Reading, element: etree._Element, _: str, depth: int) -> None:
    if not len(element):
        reading.keep("author", _value(element), depth)
        return
    before = reading.found.get("author", "")
    parts: dict[str, str] = {}
    for child in children_of(element):
        name = name_of(child)
        if name not in _OF_AN_AUTHOR or len(child):
            raise UnusualDocumentError
        parts[name.removeprefix("itunes_")] = (child.text or "").strip()
    reading.keep("author", _written("".join([element.text or "", *(child.tail or "" for child in element)])), depth)
    name, email = parts.get("name", ""), parts.get("email", "")
    if "@" in before or (before and not name):  # feedparser mixes up the two authors
        raise UnusualDocumentError
    if name or email:
        reading.found["author"] = f"{name} ({email})" if name and email else name or email
    elif not parts:
        raise UnusualDocumentError


def _source(reading: _Reading, element: etree._Element, _: str, depth: int) -> None:
    """Skip ``source``, which describes the feed from which an entry was taken over; its title is not the entry's."""
    reading.title_depth = -1
    for child in children_of(element):
        name = name_of(child)
        if name in SPECIAL or name in ITEMS or name in ("source", "image"):
            raise UnusualDocumentError
        if name in TITLES and "".join(map(str, child.itertext())).strip():
            reading.title_depth = depth + 1


def _image_of_item(reading: _Reading, element: etree._Element, _: str, __: int) -> None:
    if len(element):
        raise UnusualDocumentError
    reading.title_depth = -1


def _image(reading: _Reading, element: etree._Element, _: str, depth: int) -> None:
    reading.title_depth = -1
    for child in children_of(element):
        name = name_of(child)
        if name not in _OF_AN_IMAGE or len(child):
            raise UnusualDocumentError
        if name == "title" and (child.text or "").strip():
            reading.title_depth = depth + 1


def _item(reading: _Reading, element: etree._Element, _: str, depth: int) -> None:
    if not is_item(element):
        raise UnusualDocumentError
    reading.title_depth = depth + 1  # a title of the feed may follow


def _head_value(reading: _Reading, element: etree._Element, name: str, depth: int) -> None:
    if element.attrib and name not in ("language", "dc_language"):
        raise UnusualDocumentError
    reading.keep(name.removeprefix("dc_"), _value(element), depth)


_COMMON: dict[str, Handler] = {
    **dict.fromkeys(SPECIAL, _refuse),
    **dict.fromkeys(TEXTS, _ignore),
    **dict.fromkeys(TITLES, _title),
    **dict.fromkeys(IDS, _id),
    "link": _link,
}
_IN_HEAD: Mapping[str, Handler] = {
    **_COMMON,
    **dict.fromkeys(ITEMS, _item),
    **dict.fromkeys(("image", "textinput"), _image),
    **dict.fromkeys(("language", "dc_language", "ttl", "sy_updateperiod", "sy_updatefrequency"), _head_value),
    "source": _refuse,
}
_IN_ITEM: Mapping[str, Handler] = {
    **_COMMON,
    **dict.fromkeys(ITEMS, _refuse),
    **dict.fromkeys(PUBLISHED, _published),
    **dict.fromkeys(UPDATED, _updated),
    **dict.fromkeys(AUTHORS, _author),
    "image": _image_of_item,
    "source": _source,
}


def _value(element: etree._Element) -> str:
    """Return the text of an element; raise UnusualDocumentError if it has child elements."""
    if len(element):
        raise UnusualDocumentError
    return _written(element.text or "")


def _written(text: str) -> str:
    """Return *text* with two common encoding errors corrected.

    They are UTF-8 that was encoded twice, and Windows-1252 that was taken for Latin-1.
    """
    text = text.strip()
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode()
    return text.translate(_WINDOWS)


def _address(reading: _Reading, written: str) -> str:
    """Return the URL *written* in a document; raise UnusualDocumentError if feedparser would change it.

    Feedparser resolves relative URLs against xml:base, and treats IPv6 addresses in a special way.
    """
    if ":///" in written:
        written = _SLASHES.sub(r"\1", written)
    if "[" in written or (written and reading.has_base and not _SCHEME.match(written)):
        raise UnusualDocumentError
    return written
