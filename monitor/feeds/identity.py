"""What tells the entries of one feed apart, and knows them again in the next poll."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from monitor.model import ParsedEntry


def identify(parsed: Sequence[ParsedEntry]) -> list[tuple[str, ParsedEntry]]:
    """Return each entry of a document with its key, in the document's order.

    The key is the guid; without one the link; without both a hash of title and date. A guid that one document
    gives to several links is handed out carelessly: all its entries then take the link into their key, the
    first as well, so that an item that is put before them does not pass for an old one. Of entries with one
    key the first is kept.
    """
    links: dict[str, set[str]] = defaultdict(set)
    for entry in parsed:
        links[entry.id].add(entry.link)
    keyed: dict[str, ParsedEntry] = {}
    for entry in parsed:
        keyed.setdefault(_key(entry, careless=len(links[entry.id]) > 1), entry)
    return list(keyed.items())


def _key(entry: ParsedEntry, *, careless: bool) -> str:
    if entry.id:
        return f"{entry.id} {entry.link}".rstrip() if careless else entry.id
    if entry.link:
        return entry.link
    published = entry.published_at.isoformat() if entry.published_at else ""
    return hashlib.sha256(f"{entry.text.title}\n{published}".encode()).hexdigest()
