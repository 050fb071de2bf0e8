"""Verify the hash chain over the hits by recomputing every link from the content of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import product

from monitor.model import Hit
from monitor.store.db.statements import Reader, first, rows
from monitor.store.feeds import former_keys
from monitor.store.forgetting import content_of_record, forgettings
from monitor.store.hash_chain import BEGINNING, link_of, record_of
from monitor.store.hits import load_hit

_LINKS = "SELECT hit_id, content, link, gone_at FROM hit_links ORDER BY hit_id"
_UNLINKED = "SELECT id FROM hits WHERE id NOT IN (SELECT hit_id FROM hit_links) ORDER BY id"
_LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = 'hits'"
_EXISTS = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'hit_links'"


def verify(db: Reader) -> list[str]:
    """Return a line for each hit that was changed or removed after it was recorded; empty if the chain is intact.

    The result is also empty for a database that was made by a version without a hash chain.
    """
    return list(_findings(db)) if first(db, _EXISTS) else []


def recorded_content(db: Reader, hit: Hit, content: bytes) -> str | None:
    """Return the content of *hit* as it was when the hit was recorded; None if it was changed since.

    Args:
        db: Any connection to the database.
        hit: The hit as it is stored.
        content: The hash of the hit's content that the hash chain contains.
    """
    for feed, may_be_loss in product((None, *former_keys(db, hit.entry.feed)), (False, True)):
        record = record_of(db, hit, feed, may_be_loss=may_be_loss)
        if hashlib.sha256(record.encode()).digest() == content:
            return record
    return None


def _findings(db: Reader) -> Iterator[str]:
    before: bytes | None = None
    last = 0
    records = {record.hit_id: content_of_record(record) for record in forgettings(db)}
    for row in rows(db, _LINKS):
        last = row["hit_id"]
        if before is None:
            before = BEGINNING if row["gone_at"] is None else None
        if before is not None and link_of(before, row["content"]) != row["link"]:
            yield f"hit log: hit #{last} does not follow from the hit before it: a hit in between was removed"
        before = row["link"]
        hit = load_hit(db, last)
        if last in records:
            if records[last] != row["content"]:
                yield f"hit log: #{last}, the record of a deletion on request, was changed after it was recorded"
        elif hit is None:
            if row["gone_at"] is None:
                yield f"hit log: hit #{last} was deleted, but not by retention"
        elif recorded_content(db, hit, row["content"]) is None:
            yield f"hit log: hit #{last} was changed after it was recorded"
    yield from (
        f"hit log: hit #{row['id']} has no link: it was inserted outside the monitor" for row in rows(db, _UNLINKED)
    )
    assigned = first(db, _LAST_NUMBER)
    if assigned and assigned["seq"] > last:
        numbers = f"numbers up to #{assigned['seq']} were assigned"
        yield f"hit log: it ends with hit #{last}, but {numbers}: the newest hits were removed"
