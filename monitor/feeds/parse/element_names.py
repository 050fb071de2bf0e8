"""Names of XML elements in feeds, in the form in which feedparser writes them: ``title``, ``dc_creator``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

# the prefixes of feedparser for the namespaces whose elements are read
_PREFIXES = {
    **dict.fromkeys(
        (
            *("http://backend.userland.com/rss", "http://blogs.law.harvard.edu/tech/rss", "http://purl.org/rss/1.0/"),
            *("http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/atom/ns#", "http://www.w3.org/2005/atom"),
            "http://purl.org/rss/1.0/modules/rss091#",
        ),
        "",
    ),
    "http://purl.org/dc/elements/1.1/": "dc_",
    "http://purl.org/dc/terms/": "dcterms_",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes_",
    **dict.fromkeys(("http://search.yahoo.com/mrss", "http://search.yahoo.com/mrss/"), "media_"),
    "http://purl.org/rss/1.0/modules/content/": "content_",
    "http://purl.org/rss/1.0/modules/syndication/": "sy_",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf_",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner_",
    "http://www.w3.org/1999/xhtml": "xhtml_",
}
PUBLISHED = frozenset(("published", "issued", "pubdate", "dcterms_issued"))
UPDATED = frozenset(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"))
AUTHORS = frozenset(("author", "managingeditor", "dc_author", "dc_creator", "itunes_author"))
TITLES = frozenset(("title", "dc_title", "media_title"))
IDS = frozenset(("guid", "id"))
ITEMS = frozenset(("item", "entry"))
# elements that contain markup: elements inside them are not parts of the entry
TEXTS = frozenset(
    (
        *("content", "content_encoded", "fullitem", "body", "xhtml_body", "summary", "description", "abstract"),
        *("subtitle", "tagline", "rights", "copyright", "info", "feedburner_browserfriendly", "itunes_summary"),
        *("itunes_subtitle", "dc_description", "dc_rights", "media_description"),
    )
)
# elements that change how feedparser reads the others
SPECIAL = frozenset(
    (
        *("channel", "feed", "rss", "rdf_rdf", "textinput", "date", "links", "authors", "author_detail", "guidislink"),
        *("svg", "math"),
    )
)
_USED = PUBLISHED | UPDATED | AUTHORS | TITLES | IDS | ITEMS | TEXTS | SPECIAL | {"link", "source", "image", "language"}


class UnusualDocumentError(Exception):
    """The document contains something that only feedparser can read, so that the faster reader gives up."""


def is_item(element: etree._Element) -> bool:
    """Return whether *element* is an entry (``item`` or ``entry``) whose name is written in lower case."""
    return name_of(element) in ITEMS and str(element.tag).rpartition("}")[2] in ITEMS


def children_of(element: etree._Element) -> Iterator[etree._Element]:
    """Return the child elements of *element*, without processing instructions and comments."""
    return (child for child in element if isinstance(child.tag, str))


def name_of(element: etree._Element) -> str:
    """Return the name of *element* in lower case, with a prefix for its namespace (``dc_creator``).

    The name is empty if the namespace is unknown.

    Raises:
        UnusualDocumentError: The namespace is unknown, but feedparser would read the element.
    """
    name, known = _known_name(element.tag)
    if known:
        return name
    # for an unknown namespace feedparser uses the prefix that the document has chosen
    guessed = f"{element.prefix}_{name}" if element.prefix else name
    if guessed in _USED or guessed.startswith("sy_"):
        raise UnusualDocumentError
    return ""


@lru_cache(1024)
def _known_name(tag: str) -> tuple[str, bool]:
    """Return the name of an XML tag with the prefix of its namespace, and whether that namespace is known."""
    namespace, _, name = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    name = name.lower()
    if ":" in name:  # a prefix that is not declared
        raise UnusualDocumentError
    namespace = namespace.lower()
    if not namespace or "backend.userland.com/rss" in namespace:
        return name, True
    prefix = _PREFIXES.get(namespace)
    return (name, False) if prefix is None else (prefix + name, True)


def attribute(element: etree._Element, name: str, default: str = "") -> str:
    """Return the value of an attribute of *element*; the case of attribute names is ignored.

    Args:
        element: The XML element.
        name: The name of the attribute, in lower case, without a namespace.
        default: The result if there is no such attribute.
    """
    if (value := element.get(name)) is not None:
        return value
    if not element.attrib:
        return default
    return next((str(value) for key, value in element.attrib.items() if str(key).lower() == name), default)
