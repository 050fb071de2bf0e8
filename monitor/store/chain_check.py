"""Whether the hit log is as it was written: every link is computed anew from what the database says."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.store.db.statements import Reader, first, rows
from monitor.store.hash_chain import BEGINNING, content_of, link_of
from monitor.store.hits import load_hit

_LINKS = "SELECT hit_id, content, link, gone_at FROM hit_links ORDER BY hit_id"
_UNLINKED = "SELECT id FROM hits WHERE id NOT IN (SELECT hit_id FROM hit_links) ORDER BY id"
_LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = 'hits'"
_EXISTS = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'hit_links'"


def verify(db: Reader) -> list[str]:
    """Return what does not fit in the hit log, one finding a line; empty when it is as it was written.

    A file of a version that had no chain has nothing that could be wrong.
    """
    return list(_findings(db)) if first(db, _EXISTS) else []


def _findings(db: Reader) -> Iterator[str]:
    before: bytes | None = None
    last = 0
    for row in rows(db, _LINKS):
        last = row["hit_id"]
        if before is None:
            before = BEGINNING if row["gone_at"] is None else None
        if before is not None and link_of(before, row["content"]) != row["link"]:
            yield f"hit log: hit #{last} does not go on from the one before it: something in between was taken out"
        before = row["link"]
        hit = load_hit(db, last)
        if hit is None:
            if row["gone_at"] is None:
                yield f"hit log: hit #{last} was deleted, and not by retention"
        elif content_of(db, hit) != row["content"]:
            yield f"hit log: hit #{last} was changed after it was found"
    yield from (f"hit log: hit #{row['id']} has no link: it was put in by another hand" for row in rows(db, _UNLINKED))
    given = first(db, _LAST_NUMBER)
    if given and given["seq"] > last:
        yield f"hit log: it ends with hit #{last}, and numbers up to #{given['seq']} were given: the end was taken off"
