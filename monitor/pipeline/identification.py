"""Which entries of a document are known, under whatever id, and which are new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.feeds.parse.identity import MAX_ENTRIES, identify
from monitor.feeds.parse.renumbering import RenumberedEntries, find_renumbered
from monitor.model import KnownEntry, ParsedEntry, ParsedFeed
from monitor.store import Reader, Writer, entries


@dataclass(frozen=True, slots=True)
class Recognised:
    """A document, as its feed's entries are known."""

    keyed: list[tuple[str, ParsedEntry]]  # those that are new or changed, in the document's order
    known: Mapping[str, KnownEntry]  # what is known of them
    shown: list[str]  # the keys of all that the document shows
    held: Mapping[str, str] = field(default_factory=dict)  # keys of new ones that are not to be sent, with the reason
    storm: str = ""  # what to tell of known entries that came back under new ids; empty: they did not


def recognise(db: Reader, feed: str, parsed: ParsedFeed) -> Recognised:
    """Return which entries of *parsed*, a document of *feed*, are known, and as which."""
    last = entries.last_listed(db, feed, MAX_ENTRIES)
    by_hash = {entry.raw_hash: entry for entry in last}
    unchanged = [(before, by_hash[digest]) for before, digest in parsed.unchanged if digest in by_hash]
    position = {entry.key: before for before, entry in unchanged}
    places = {id(item): n for n, item in enumerate(parsed.entries)}
    # of two with one key the first counts, and the other is not read as an edit of it
    keyed = [
        (key, item)
        for key, item in identify(parsed.entries, [entry for _, entry in unchanged])
        if key not in position or places[id(item)] < position[key]
    ]
    known = entries.find_known(db, feed, [key for key, _ in keyed])
    shown = [*(key for key, _ in keyed), *position]
    unknown = [(key, item) for key, item in keyed if key not in known]
    if not unknown or not last:
        return Recognised(keyed, known, shown)
    in_document = set(shown)
    back = find_renumbered(unknown, [entry for entry in last if entry.key not in in_document])
    storm = _told(back, len(parsed.entries) + len(unchanged))
    return Recognised(keyed, {**known, **back.same}, shown, dict.fromkeys(back.held, f"held: {storm}"), storm)


def rename_returned(db: Writer, recognised: Recognised) -> None:
    """Give the entries that came back under a new id that id."""
    for key, entry in recognised.known.items():
        if entry.key != key:
            entries.change_key(db, entry.id, key)


def _told(back: RenumberedEntries, shown: int) -> str:
    if not back.is_storm:
        return ""
    return f"{len(back.same) + len(back.held)} of the {shown} entries came back under new ids"
