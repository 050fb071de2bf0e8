"""What tells the entries of one feed apart, and knows them again in the next poll."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from monitor.feeds.parse.links import without_tracking
from monitor.model import KnownEntry, ParsedEntry

MAX_ENTRIES = 2000  # of one document; the first are taken, which are the newest in nearly every feed


def identify(parsed: Sequence[ParsedEntry], beside: Iterable[KnownEntry] = ()) -> list[tuple[str, ParsedEntry]]:
    """Return each entry of a document with its key, in the document's order.

    The key is the guid; without one the link; without both a hash of title and date. A guid that one document
    gives to several links is handed out carelessly: all its entries then take the link into their key, the
    first as well, so that an item that is put before them does not pass for an old one. Of entries with one
    key the first is kept.

    Args:
        parsed: The entries that were read.
        beside: Those of the same document that were not, since they have not changed.
    """
    links: dict[str, set[str]] = defaultdict(set)
    for entry in parsed:
        links[entry.id].add(entry.link)
    for known in beside:
        links[_guid(known)].add(known.link)
    keyed: dict[str, ParsedEntry] = {}
    for entry in parsed:
        keyed.setdefault(_key(entry, careless=len(links[entry.id]) > 1), entry)
    return list(keyed.items())


def _key(entry: ParsedEntry, *, careless: bool) -> str:
    # what says where a reader came from differs from poll to poll, in addresses that serve as guid too
    guid, link = without_tracking(entry.id), without_tracking(entry.link)
    if guid:
        return f"{guid} {link}".rstrip() if careless else guid
    if link:
        return link
    published = entry.published_at.isoformat() if entry.published_at else ""
    return hashlib.sha256(f"{entry.text.title}\n{published}".encode()).hexdigest()


def _guid(known: KnownEntry) -> str:
    return known.key.removesuffix(f" {without_tracking(known.link)}")
