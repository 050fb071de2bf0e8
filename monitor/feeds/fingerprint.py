"""A hash for each item of a document as it was written, by which an unchanged one is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree


def item_hashes(body: bytes, entries: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Return a SHA-256 for each of feedparser's *entries*, which it found in *body*.

    Of the item's own XML, canonical and without its surroundings, where the document is well-formed; so that
    what later decides to skip an item need not have it parsed. Where it is not, or has another number of
    items than feedparser found, of what feedparser made of it.
    """
    items = _items(body)
    if items is not None and len(items) == len(entries):
        return [hashlib.sha256(item).digest() for item in items]
    return [hashlib.sha256(_canonical(entry)).digest() for entry in entries]


def _items(body: bytes) -> list[bytes] | None:
    """Return the items of a well-formed document, None of any other."""
    # no entities, no network, no DTD, and libxml2's own limits on depth and size
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(body.lstrip(), parser)
        # exclusive: a namespace that is declared or dropped at the top of the feed changes no item
        return [
            etree.tostring(item, method="c14n", exclusive=True, with_comments=False, with_tail=False)
            for item in root.iter("{*}item", "{*}entry")
        ]
    except (etree.LxmlError, ValueError):
        return None


def _canonical(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, sort_keys=True, default=str).encode()
