"""Computes the key of each entry, by which later documents of the feed are compared with stored entries."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from monitor.feeds.text.links import same_page, without_tracking
from monitor.model import KnownEntry, ParsedEntry

MAX_ENTRIES = 2000  # of one document; of more the newest are read

_WORD = re.compile(r"\w+")
_REUSED_AFTER = timedelta(minutes=1)  # between the dates of two items with one id


def identify(parsed: Sequence[ParsedEntry], beside: Iterable[KnownEntry] = ()) -> list[tuple[str, ParsedEntry]]:
    """Return each entry of a document with its key, in the document's order.

    The key is the guid; without one the link; without both a hash of title and date. If several entries of a document
    share a guid, the link is added to the key of each, so that an item that is put before them does not take the key of
    an old one. If several entries still share a key, a hash of the title is added, and to those with one title the
    date. Of entries that agree in all of this the first is kept.

    Args:
        parsed: The entries that were parsed.
        beside: Those of the same document that were not parsed, since they have not changed.
    """
    beside = list(beside)
    links: dict[str, set[str]] = defaultdict(set)
    for entry in parsed:
        links[entry.id].add(entry.link)
    for known in beside:
        links[_guid(known)].add(known.link)
    keys = [_key(entry, shared=len(links[entry.id]) > 1) for entry in parsed]
    titles: dict[str, set[str]] = defaultdict(set)
    for key, entry in zip(keys, parsed, strict=True):
        titles[key].add(entry.text.title)
    for known in beside:
        titles[known.key.removesuffix(f" {fingerprint(known.title)}")].add(known.title)
    keys = [titled_key(key, e) if len(titles[key]) > 1 else key for key, e in zip(keys, parsed, strict=True)]
    dates: dict[str, set[datetime | None]] = defaultdict(set)
    for key, entry in zip(keys, parsed, strict=True):
        dates[key].add(entry.published_at)
    keyed: dict[str, ParsedEntry] = {}
    for key, entry in zip(keys, parsed, strict=True):
        keyed.setdefault(f"{key} {entry.published_at}" if len(dates[key]) > 1 else key, entry)
    return list(keyed.items())


def is_reused(known: KnownEntry, entry: ParsedEntry) -> bool:
    """Return whether *entry* is another item than the *known* one with the same key, and not an edit of it.

    That is so if its title is another one, and its date or its link is too. A title that was only reworded, with a new
    date, counts as an edit.
    """
    title = entry.text.title
    if not title or not known.title or _is_reworded(title, known.title):
        return False
    if entry.link and known.link and same_page(entry.link) != same_page(known.link):
        return True
    if entry.published_at is None or known.published_at is None:
        return False
    is_own_page = entry.id and entry.link and "/" in same_page(entry.link).strip("/")
    return not is_own_page and abs(entry.published_at - known.published_at) > _REUSED_AFTER


def _is_reworded(one: str, other: str) -> bool:
    """Return whether the shorter of two titles has half of its words in common with the other."""
    words, others = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return one == other or 2 * len(words & others) >= max(1, min(len(words), len(others)))


def titled_key(key: str, entry: ParsedEntry) -> str:
    """Return the key of an entry that shares *key* with others."""
    return f"{key} {fingerprint(entry.text.title)}"


def other_key(key: str, entry: ParsedEntry) -> str:
    """Return *key* with the hash of the title appended, or without it: a key shared by several entries has it."""
    mark = f" {fingerprint(entry.text.title)}"
    return key.removesuffix(mark) if key.endswith(mark) else f"{key}{mark}"


def fingerprint(title: str) -> str:
    """Return a short hash of a title."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]


def _key(entry: ParsedEntry, *, shared: bool) -> str:
    # tracking parameters differ from poll to poll, also in addresses that serve as guid
    guid, link = without_tracking(entry.id), without_tracking(entry.link)
    if guid:
        return f"{guid} {link}".rstrip() if shared else guid
    if link:
        return link
    published = entry.published_at.isoformat() if entry.published_at else ""
    return hashlib.sha256(f"{entry.text.title}\n{published}".encode()).hexdigest()


def _guid(known: KnownEntry) -> str:
    key = known.key.removesuffix(f" {fingerprint(known.title)}")
    return key.removesuffix(f" {without_tracking(known.link)}")
