"""Watchlist versions, so that each hit records the version that found it."""

from __future__ import annotations

from datetime import datetime

from monitor.store.db.statements import Writer, returned, stored

# an update that changes nothing: RETURNING skips rows that were not written
_VERSION = """
INSERT INTO watchlists (fingerprint, vocabulary, loaded_at) VALUES (:fingerprint, :vocabulary, :now)
ON CONFLICT (fingerprint, vocabulary) DO UPDATE SET loaded_at = loaded_at
RETURNING version
"""


def watchlist_version(db: Writer, fingerprint: str, now: datetime, *, vocabulary: int = 0) -> int:
    """Return the version number of a watchlist: the one it had before, or a new one.

    Args:
        db: The writing connection, in a transaction.
        fingerprint: The hash of the watchlist's content.
        now: The current time.
        vocabulary: The version of the learned words, on which the matches depend.
    """
    row = returned(db, _VERSION, {"fingerprint": fingerprint, "vocabulary": vocabulary, "now": stored(now)})
    return int(row["version"])
