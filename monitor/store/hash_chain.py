"""The hash chain of the hit log: what was found cannot be changed or taken out afterwards without a trace.

Each hit has a link, ``SHA-256(link before it + SHA-256(what the hit says))``; the first goes on from 32 zero bytes.
What it says is everything that was known when it was found, read back from the database as JSON: entry, text, raw
hash, moment, watchlist, rules, mentions, amounts, indicators. What people do with it later (triage) is no part of it.

Retention deletes hits and keeps their links, marked, as long as an older hit is there; of those before the oldest hit
only the last is kept, from which the chain goes on. Whoever can write the file can also compute all links anew; that
shows against a link that was sent out of the house, which is what the heartbeat does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from monitor.model import Hit
from monitor.store.db.statements import Reader, Writer, change, first
from monitor.store.db.timestamps import stored
from monitor.store.entries import text_hash

BEGINNING = bytes(32)

_ADD = "INSERT INTO hit_links (hit_id, content, link) VALUES (:hit_id, :content, :link)"
_HEAD = "SELECT hit_id, link FROM hit_links ORDER BY hit_id DESC LIMIT 1"
_FIND = "SELECT hit_id FROM hit_links WHERE link = :link"
_FINGERPRINT = "SELECT fingerprint FROM watchlists WHERE version = :version"

_MARK_GONE = """
UPDATE hit_links SET gone_at = :now
WHERE hit_id IN (SELECT id FROM hits WHERE entry_id IN (SELECT value FROM json_each(:ids)))
"""

# the links before the last one that precedes the oldest hit prove nothing any more
_TRIM = """
DELETE FROM hit_links WHERE hit_id < (
    SELECT max(hit_id) FROM hit_links WHERE hit_id < coalesce(
        (SELECT min(hit_id) FROM hit_links WHERE gone_at IS NULL),
        (SELECT max(hit_id) + 1 FROM hit_links)))
"""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the hit log ends."""

    hit: int  # the number of its last hit, which may have been deleted since
    link: bytes

    def __str__(self) -> str:
        """Return it as people compare it: ``hit #212, link 3f…``, the link in 64 hexadecimal digits."""
        return f"hit #{self.hit}, link {self.link.hex()}"


def add_link(db: Writer, hit: Hit) -> None:
    """Give *hit*, the newest, its link; in the transaction that adds it."""
    before = head(db)
    content = content_of(db, hit)
    link = link_of(before.link if before else BEGINNING, content)
    change(db, _ADD, {"hit_id": hit.id, "content": content, "link": link})


def head(db: Reader) -> Head | None:
    """Return where the hit log ends; None when there never was a hit."""
    row = first(db, _HEAD)
    return Head(row["hit_id"], row["link"]) if row else None


def hit_of_link(db: Reader, link: bytes) -> int | None:
    """Return the number of the hit that *link* belongs to; None when the log holds no such link."""
    row = first(db, _FIND, {"link": link})
    return int(row["hit_id"]) if row else None


def note_gone(db: Writer, entry_ids: str, now: datetime) -> None:
    """Mark the links of the hits of *entry_ids*, a JSON list, which retention deletes next."""
    change(db, _MARK_GONE, {"ids": entry_ids, "now": stored(now)})


def trim(db: Writer) -> None:
    """Delete the links that no hit goes on from; once the hits are deleted."""
    change(db, _TRIM, {})


def link_of(before: bytes, content: bytes) -> bytes:
    """Return the link that follows *before* for a hit whose content has that hash."""
    return hashlib.sha256(before + content).digest()


def content_of(db: Reader, hit: Hit) -> bytes:
    """Return the SHA-256 of what *hit* says, as it was read from the database."""
    watchlist = first(db, _FINGERPRINT, {"version": hit.watchlist_version})
    entry, said = hit.entry, hit.judgement
    content = {
        "hit": hit.id,
        "seen_at": stored(hit.seen_at),
        "severity": hit.severity.word,
        "watchlist": watchlist["fingerprint"] if watchlist else None,
        "update": hit.is_update,
        "canary": hit.canary,
        "changes": hit.changes,
        "names": hit.names,
        "feed": entry.feed,
        "version": entry.version,
        "outlet": entry.outlet,
        "link": entry.link,
        "raw": entry.raw_hash.hex(),
        "text": text_hash(entry.text).hex(),
        "rules": [asdict(rule) for rule in said.rules],
        "mentions": [asdict(mention) for mention in said.mentions],
        "amounts": [asdict(amount) for amount in said.amounts],
        "indicators": [asdict(indicator) for indicator in said.indicators],
    }
    return hashlib.sha256(_canonical(content).encode()).digest()


def _canonical(content: dict[str, Any]) -> str:
    """Return *content* as JSON with its keys in order, without blanks; amounts as text, as the table has them."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
