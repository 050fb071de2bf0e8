"""Determine which entries of a feed document are new, and which are already stored, even if their ids have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.feeds.parse.identity import (
    MAX_ENTRIES,
    RenumberedEntries,
    alternative_key,
    find_renumbered,
    identify,
    is_id_reused,
    titled_key,
)
from monitor.model import KnownEntry, ParsedEntry, ParsedFeed, Reason
from monitor.model.reason import EntriesRenumbered
from monitor.store import Reader, entries
from monitor.store.forgotten_entries import forgotten_of_feed, identities


@dataclass(frozen=True, slots=True)
class IdentifiedDocument:
    """The entries of a feed document by their keys, and the stored entries that they correspond to.

    If a stored entry in ``known`` has another key than in the document, its feed lists it under a new id, and the
    stored key must be changed.
    """

    items: list[tuple[str, ParsedEntry]]  # key and item of each entry that is new or changed, in the document's order
    known: Mapping[str, KnownEntry]  # the stored entries among them, by the key in the document
    listed_keys: list[str]  # the keys of all entries that the document lists, unchanged ones included
    withheld: Mapping[str, Reason] = field(default_factory=dict)  # why new entries are not notified, by key
    renumbered: str = ""  # how many known entries came back under new ids, in words; empty: none

    @property
    def new_links(self) -> list[str]:
        """Return the links of the new entries of which destinations may be notified."""
        return [item.link for key, item in self.items if key not in self.known and key not in self.withheld]


def identify_entries(db: Reader, feed: str, parsed: ParsedFeed) -> IdentifiedDocument:
    """Return the entries of the document *parsed*, each with the stored entry to which it corresponds, if any.

    Args:
        db: Any connection to the database.
        feed: The key of the feed.
        parsed: The document.
    """
    last = entries.last_listed(db, feed, MAX_ENTRIES)
    by_hash = {entry.raw_hash: entry for entry in last}
    unchanged = [(before, by_hash[digest]) for before, digest in parsed.unchanged if digest in by_hash]
    position = {entry.key: before for before, entry in unchanged}
    places = {id(item): n for n, item in enumerate(parsed.entries)}
    # of two entries with the same key the first counts; the second is not an edit of the first
    items = [
        (key, item)
        for key, item in identify(parsed.entries, [entry for _, entry in unchanged])
        if key not in position or places[id(item)] < position[key]
    ]
    known = entries.find_known(db, feed, [key for key, _ in items])
    if reused := {key for key, item in items if key in known and is_id_reused(known[key], item)}:
        items = [(titled_key(key, item) if key in reused else key, item) for key, item in items]
        known = entries.find_known(db, feed, [key for key, _ in items])
    known |= _under_other_keys(db, feed, [(key, item) for key, item in items if key not in known])
    listed_keys = [*(key for key, _ in items), *position]
    items = _without_forgotten(db, feed, items, known)
    unknown = [(key, item) for key, item in items if key not in known]
    if not unknown or not last:
        return IdentifiedDocument(items, known, listed_keys)
    in_document = set(listed_keys)
    back = find_renumbered(unknown, [entry for entry in last if entry.key not in in_document])
    renumbered = _renumbered(back, len(parsed.entries) + len(unchanged))
    number = len(back.same) + len(back.doubtful)
    withheld = dict.fromkeys(back.doubtful, EntriesRenumbered(number, len(parsed.entries) + len(unchanged)))
    return IdentifiedDocument(items, {**known, **back.same}, listed_keys, withheld, renumbered)


def _without_forgotten(
    db: Reader, feed: str, items: list[tuple[str, ParsedEntry]], known: Mapping[str, KnownEntry]
) -> list[tuple[str, ParsedEntry]]:
    """Return *items* without entries whose data was deleted on request: they are not stored again."""
    forgotten = forgotten_of_feed(db, feed)
    if not forgotten:
        return items
    return [
        (key, item)
        for key, item in items
        if key in known
        or forgotten.isdisjoint(
            identities((key, alternative_key(key, item), titled_key(key, item)), item.link, item.text.title)
        )
    ]


def _under_other_keys(db: Reader, feed: str, unknown: Sequence[tuple[str, ParsedEntry]]) -> dict[str, KnownEntry]:
    """Return, by the new key, stored entries whose key has changed because their id became shared or unique.

    The key of an entry whose id is shared with other entries of the document also contains a hash of its title, and the
    date if titles are equal.
    """
    found = entries.find_known(db, feed, [alternative_key(key, item) for key, item in unknown])
    pairs = ((key, item, found.get(alternative_key(key, item))) for key, item in unknown)
    return {key: entry for key, item, entry in pairs if entry and _has_title_and_date(entry, item, key)}


def _has_title_and_date(entry: KnownEntry, item: ParsedEntry, key: str) -> bool:
    """Return whether a stored entry has the title of *item*, and its date, if the date is part of the key."""
    is_dated = key.endswith(f" {item.published_at}")
    return entry.title == item.text.title and (not is_dated or entry.published_at == item.published_at)


def _renumbered(back: RenumberedEntries, listed: int) -> str:
    if not back.is_renumbering:
        return ""
    return f"{len(back.same) + len(back.doubtful)} of the {listed} entries came back under new ids"
