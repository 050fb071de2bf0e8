"""Hashes of the items of a document, so that unchanged items need not be parsed again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

Unchanged = tuple[tuple[int, bytes], ...]  # of each: the number of remaining items before it, and its hash


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
