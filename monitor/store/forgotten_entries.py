"""Hashes of entries whose data was deleted on request, so that they are not stored again while a feed lists them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from monitor.store.db.statements import Reader, Writer, change_each, rows

_ADD = """
INSERT OR IGNORE INTO forgotten_entries (feed, identity, forgetting) VALUES (:feed, :identity, :forgetting)
"""
_OF_FEED = "SELECT identity FROM forgotten_entries WHERE feed = :feed"


def identities(keys: Iterable[str], link: str, title: str) -> frozenset[bytes]:
    """Return the hashes by which an entry is recognised: of each key that it may have, and of link and title together.

    Args:
        keys: The keys of the entry.
        link: Its link; may be empty.
        title: Its title.
    """
    found = {_hash("key", key) for key in keys}
    if link and title:
        found.add(_hash("article", link, title))
    return frozenset(found)


def add_forgotten(db: Writer, feed: str, hashes: Iterable[bytes], forgetting: int) -> None:
    """Record that entries of a feed were forgotten.

    Args:
        db: The writing connection, in a transaction.
        feed: The key of the feed.
        hashes: What ``identities`` returned for the entries.
        forgetting: The id of the record of the deletion.
    """
    change_each(db, _ADD, [{"feed": feed, "identity": value, "forgetting": forgetting} for value in hashes])


def forgotten_of_feed(db: Reader, feed: str) -> frozenset[bytes]:
    """Return the hashes of the forgotten entries of the feed *feed*."""
    return frozenset(row["identity"] for row in rows(db, _OF_FEED, {"feed": feed}))


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).digest()
