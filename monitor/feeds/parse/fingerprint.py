"""A hash of each item as its document writes it, so that unchanged items need not be parsed again."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_UTF8 = "application/xml; charset=utf-8"


Unchanged = tuple[tuple[int, bytes], ...]  # of each: the number of remaining items before it, and its hash


@dataclass(frozen=True, slots=True)
class StrippedDocument:
    """A well-formed document without the items that need not be parsed."""

    body: bytes
    content_type: str  # of the body
    hashes: tuple[bytes, ...]  # of the remaining items, in their order
    unchanged: Unchanged  # the items that were left out


def strip_known_items(body: bytes, content_type: str, known: Collection[bytes], most: int) -> StrippedDocument | None:
    """Return a document without the items that are known.

    The hash of an item is the SHA-256 of its own canonical XML. Return None if the document is not well-formed, defines
    a document type, or has another encoding than *content_type* says: then leaving out an item could change the rest.

    Args:
        body: The document.
        content_type: The header as it was received; its charset is compared.
        known: The hashes of items that are left out.
        most: Items after the first so many are left out too.
    """
    try:
        return _stripped(body, content_type, known, most)
    except (etree.LxmlError, ValueError):
        return None


def _stripped(body: bytes, content_type: str, known: Collection[bytes], most: int) -> StrippedDocument | None:
    # no entities, no network, no DTD, and libxml2's own limits on depth and size
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    root = etree.fromstring(body, parser)
    if not _is_plain(root, content_type):
        return None
    items = list(root.iter("{*}item", "{*}entry"))
    hashes = [_item_hash(item) for item in items[:most]]
    remaining, unchanged = split_known(hashes, known)
    if len(remaining) == len(items) or items[0] is root:
        return StrippedDocument(body, content_type, tuple(hashes), ())
    for item, digest in zip(items, [*hashes, *[None] * (len(items) - len(hashes))], strict=True):
        if digest is None or digest in known:
            _remove(item)
    document = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return StrippedDocument(document, _UTF8, remaining, unchanged)


def split_known(hashes: Iterable[bytes], known: Collection[bytes]) -> tuple[tuple[bytes, ...], Unchanged]:
    """Return the *hashes* that are not *known*, in their order, and those that are."""
    left: list[bytes] = []
    unchanged: list[tuple[int, bytes]] = []
    for digest in hashes:
        if digest in known:
            unchanged.append((len(left), digest))
        else:
            left.append(digest)
    return tuple(left), tuple(unchanged)


def parsed_hashes(entries: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Return a SHA-256 of each of feedparser's *entries* as it parsed them.

    For documents that are not well-formed, or in which feedparser finds other items than an XML parser does.
    """
    return [hashlib.sha256(json.dumps(e, sort_keys=True, default=str).encode()).digest() for e in entries]


def _is_plain(root: etree._Element, content_type: str) -> bool:
    about = root.getroottree().docinfo
    charset = _CHARSET.search(content_type)
    document_type: object = about.internalDTD  # may define entities of the items
    return document_type is None and (charset is None or _codec(charset[1]) == _codec(about.encoding or "utf-8"))


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


def _item_hash(item: etree._Element) -> bytes:
    # exclusive: a namespace that the feed declares or drops at its top changes no item
    written = etree.tostring(item, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    return hashlib.sha256(written).digest()


def _remove(item: etree._Element) -> None:
    parent = item.getparent()
    if parent is not None:
        parent.remove(item)
