"""The hash chain over the hits, which reveals whether a hit was changed or removed after it was recorded.

Each hit has a link, ``SHA-256(previous link + SHA-256(content of the hit))``; the first link follows 32 zero bytes. The
content is everything that was known when the hit was recorded, read back from the database as JSON: entry, text, raw
hash, time, watchlist, rules, mentions, amounts, indicators. Later operator actions (triage) are not part of it.

Retention deletes hits but keeps their links, marked as deleted, while an older hit exists. Of the links before the
oldest hit it keeps only the last one, which the next link follows. An attacker who can write the file can also
recompute all links; comparing them with a link that was sent elsewhere earlier, as in the heartbeat, reveals that.

``monitor db forget`` deletes hits on request: it marks their links as deleted, and appends a link with the record of
the deletion (``forgetting``) under a number that no hit gets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from monitor.model import Amount, Hit
from monitor.store.db.statements import Reader, Writer, change, first, moment, rows, stored
from monitor.store.entries import text_hash

BEGINNING = bytes(32)

_ADD = "INSERT INTO hit_links (hit_id, content, link) VALUES (:hit_id, :content, :link)"
_HEAD = "SELECT hit_id, link FROM hit_links ORDER BY hit_id DESC LIMIT 1"
_FIND = "SELECT hit_id FROM hit_links WHERE link = :link"
_FINGERPRINT = "SELECT fingerprint FROM watchlists WHERE version = :version"

_MARK_DELETED = """
UPDATE hit_links SET gone_at = :now
WHERE hit_id IN (SELECT id FROM hits WHERE entry_id IN (SELECT value FROM json_each(:ids)))
"""

# of the links before the oldest hit, only the last is needed to verify the rest
_TRIM = """
DELETE FROM hit_links WHERE hit_id < (
    SELECT max(hit_id) FROM hit_links WHERE hit_id < coalesce(
        (SELECT min(hit_id) FROM hit_links WHERE gone_at IS NULL),
        (SELECT max(hit_id) + 1 FROM hit_links)))
"""


_FROM = "SELECT * FROM hit_links WHERE hit_id >= :hit ORDER BY hit_id LIMIT :limit"
_BEFORE = "SELECT hit_id, link FROM hit_links WHERE hit_id < :hit ORDER BY hit_id DESC LIMIT 1"
_BATCH = 5000  # links


@dataclass(frozen=True, slots=True)
class Link:
    """The link of one hit in the hash chain."""

    hit: int
    content: bytes  # SHA-256 of the content of the hit
    link: bytes
    gone_at: datetime | None  # when the hit was deleted; None: it is stored
    forgetting: int | None  # id of the deletion on request that deleted the hit, or that this link records


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of the hash chain over the hits."""

    hit: int  # number of the newest hit, which retention may have deleted since
    link: bytes

    def __str__(self) -> str:
        """Return the text that operators compare, ``hit #212, link 3f…``, with the link as 64 hexadecimal digits."""
        return f"hit #{self.hit}, link {self.link.hex()}"


def add_link(db: Writer, hit: Hit) -> None:
    """Append the link of *hit*, the newest hit, to the hash chain, in the transaction that adds the hit."""
    before = head(db)
    content = content_of(db, hit)
    link = link_of(before.link if before else BEGINNING, content)
    change(db, _ADD, {"hit_id": hit.id, "content": content, "link": link})


def head(db: Reader) -> Head | None:
    """Return the newest link of the hash chain; None if no hit was ever recorded."""
    row = first(db, _HEAD)
    return Head(row["hit_id"], row["link"]) if row else None


def hit_of_link(db: Reader, link: bytes) -> int | None:
    """Return the number of the hit to which *link* belongs; None if the hash chain has no such link."""
    row = first(db, _FIND, {"link": link})
    return int(row["hit_id"]) if row else None


def link_before(db: Reader, hit: int) -> Head | None:
    """Return the link before that of *hit* in the hash chain; None if the chain begins with *hit*."""
    row = first(db, _BEFORE, {"hit": hit})
    return Head(row["hit_id"], row["link"]) if row else None


def links_from(db: Reader, hit: int) -> Iterator[Link]:
    """Yield all links of the hash chain from that of *hit* to the newest; at most ``_BATCH`` are in memory."""
    while found := rows(db, _FROM, {"hit": hit, "limit": _BATCH}):
        for row in found:
            yield Link(row["hit_id"], row["content"], row["link"], moment(row["gone_at"]), row["forgetting"])
        hit = found[-1]["hit_id"] + 1


def mark_deleted(db: Writer, entry_ids: str, now: datetime) -> None:
    """Mark the links of hits as deleted; to be called before retention deletes the hits.

    Args:
        db: The writing connection, in a transaction.
        entry_ids: The ids of the entries whose hits are deleted, as a JSON list.
        now: The current time.
    """
    change(db, _MARK_DELETED, {"ids": entry_ids, "now": stored(now)})


def trim(db: Writer) -> None:
    """Delete the links before the oldest hit, except the last of them; call it after retention has deleted hits."""
    change(db, _TRIM, {})


def link_of(before: bytes, content: bytes) -> bytes:
    """Return the link of a hit: the hash of the previous link *before* and the hash *content* of the hit's content."""
    return hashlib.sha256(before + content).digest()


def content_of(db: Reader, hit: Hit, feed: str | None = None) -> bytes:
    """Return the SHA-256 hash of the JSON that ``record_of`` returns for the same arguments.

    Args:
        db: Any connection to the database.
        hit: The hit as it is stored.
        feed: The key that its feed had when the hit was found; None: the key that the feed has now.
    """
    return hashlib.sha256(record_of(db, hit, feed).encode()).digest()


def record_of(db: Reader, hit: Hit, feed: str | None = None, *, may_be_loss: bool = False) -> str:
    """Return the content of *hit*, as read from the database, as the JSON text whose hash is part of the hit's link.

    Args:
        db: Any connection to the database.
        hit: The hit as it is stored.
        feed: The key that its feed had when the hit was found; None: the key that the feed has now.
        may_be_loss: Whether each amount has the field of this name, which is not stored: some versions recorded it.
    """
    watchlist = first(db, _FINGERPRINT, {"version": hit.watchlist_version})
    entry, judgement = hit.entry, hit.judgement
    content = {
        "hit": hit.id,
        "seen_at": stored(hit.seen_at),
        "severity": hit.severity.word,
        "watchlist": watchlist["fingerprint"] if watchlist else None,
        "update": hit.is_update,
        "canary": hit.canary,
        "changes": hit.changes,
        "names": hit.names,
        "feed": feed or entry.feed,
        "version": entry.version,
        "outlet": entry.outlet,
        "link": entry.link,
        "raw": entry.raw_hash.hex(),
        "text": text_hash(entry.text).hex(),
        "rules": [asdict(rule) for rule in judgement.rules],
        "mentions": [asdict(mention) for mention in judgement.mentions],
        "amounts": [
            _stored_fields(amount) | ({"may_be_loss": True} if may_be_loss else {}) for amount in judgement.amounts
        ],
        "indicators": [asdict(indicator) for indicator in judgement.indicators],
        # older hits have none, and their content has no such key
        **({"lists": [asdict(listed) for listed in judgement.lists]} if judgement.lists else {}),
    }
    return _canonical(content)


def _stored_fields(amount: Amount) -> dict[str, Any]:
    return {name: value for name, value in asdict(amount).items() if name != "may_be_loss"}


def _canonical(content: dict[str, Any]) -> str:
    """Return *content* as JSON in one unambiguous form: sorted keys, no blanks, amounts as text."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
