"""Hashes of the entries of a document, by which unchanged entries are recognised and not parsed again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

Unchanged = tuple[tuple[int, bytes], ...]  # for each unchanged item: how many new items stand before it, and its hash


def split_known(hashes: Iterable[bytes], known: Collection[bytes]) -> tuple[tuple[bytes, ...], Unchanged]:
    """Split the hashes of a document's entries into new and known ones, both in the order of the document.

    Args:
        hashes: The hash of each entry in the document.
        known: The hashes of entries that were parsed before.

    Returns:
        The new hashes; and for each known hash, how many new ones stand before it, and the hash.
    """
    left: list[bytes] = []
    unchanged: list[tuple[int, bytes]] = []
    for digest in hashes:
        if digest in known:
            unchanged.append((len(left), digest))
        else:
            left.append(digest)
    return tuple(left), tuple(unchanged)


def parsed_hashes(entries: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Return a SHA-256 of each entry as feedparser parsed it.

    Used where entries cannot be hashed as XML: the document is malformed, or feedparser finds other entries in it.
    """
    return [hashlib.sha256(json.dumps(e, sort_keys=True, default=str).encode()).digest() for e in entries]
