"""A hash for each item of a document as it was written: an unchanged one is known again, and need not be parsed."""

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


Unchanged = tuple[tuple[int, bytes], ...]  # how many of the items that are left stand before it, and its hash


@dataclass(frozen=True, slots=True)
class StrippedDocument:
    """A well-formed document without the items that need not be parsed."""

    body: bytes
    content_type: str  # that goes with the body
    hashes: tuple[bytes, ...]  # of the items that are left, in their order
    unchanged: Unchanged  # those left out because they are known


def strip_known_items(body: bytes, content_type: str, known: Collection[bytes], most: int) -> StrippedDocument | None:
    """Return the document in *body* without the items whose hash is *known*, and without all after the first *most*.

    Each item has the SHA-256 of its own XML, canonical and without its surroundings. None when the document is not
    well-formed, has a document type of its own, or when its encoding is not what *content_type* says: then nothing
    may be left out, since it could change the meaning of the rest.
    """
    try:
        return _lean(body, content_type, known, most)
    except (etree.LxmlError, ValueError):
        return None


def _lean(body: bytes, content_type: str, known: Collection[bytes], most: int) -> StrippedDocument | None:
    # no entities, no network, no DTD, and libxml2's own limits on depth and size
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    root = etree.fromstring(body, parser)
    if not _is_plain(root, content_type):
        return None
    items = list(root.iter("{*}item", "{*}entry"))
    hashes = [_item_hash(item) for item in items[:most]]
    left, unchanged = split_known(hashes, known)
    if len(left) == len(items) or items[0] is root:
        return StrippedDocument(body, content_type, tuple(hashes), ())
    for item, digest in zip(items, [*hashes, *[None] * (len(items) - len(hashes))], strict=True):
        if digest is None or digest in known:
            _take_out(item)
    document = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return StrippedDocument(document, _UTF8, left, unchanged)


def split_known(hashes: Iterable[bytes], known: Collection[bytes]) -> tuple[tuple[bytes, ...], Unchanged]:
    """Return those of *hashes*, in their order, that are not *known*, and those that are."""
    left: list[bytes] = []
    unchanged: list[tuple[int, bytes]] = []
    for digest in hashes:
        if digest in known:
            unchanged.append((len(left), digest))
        else:
            left.append(digest)
    return tuple(left), tuple(unchanged)


def parsed_hashes(entries: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Return a SHA-256 for each of feedparser's *entries*, of what it made of them.

    For documents that are not well-formed, or in which it finds other items than an XML parser does.
    """
    return [hashlib.sha256(json.dumps(e, sort_keys=True, default=str).encode()).digest() for e in entries]


def _is_plain(root: etree._Element, content_type: str) -> bool:
    about = root.getroottree().docinfo
    said = _CHARSET.search(content_type)
    own_type: object = about.internalDTD  # which may define what the items name
    return own_type is None and (said is None or _codec(said[1]) == _codec(about.encoding or "utf-8"))


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


def _item_hash(item: etree._Element) -> bytes:
    # exclusive: a namespace that is declared or dropped at the top of the feed changes no item
    written = etree.tostring(item, method="c14n", exclusive=True, with_comments=False, with_tail=False)
    return hashlib.sha256(written).digest()


def _take_out(item: etree._Element) -> None:
    around = item.getparent()
    if around is not None:
        around.remove(item)
