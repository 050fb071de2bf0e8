"""Which watchlists were ever in force, so that a hit can say which one found it."""

from __future__ import annotations

from datetime import datetime

from monitor.store.db.statements import Writer, returned
from monitor.store.db.timestamps import stored

# an update that changes nothing, since RETURNING says nothing of a row that was left alone
_VERSION = """
INSERT INTO watchlists (fingerprint, vocabulary, loaded_at) VALUES (:fingerprint, :vocabulary, :now)
ON CONFLICT (fingerprint, vocabulary) DO UPDATE SET loaded_at = loaded_at
RETURNING version
"""


def watchlist_version(db: Writer, fingerprint: str, now: datetime, *, vocabulary: int = 0) -> int:
    """Return the number of the watchlist with this *fingerprint*: the one it had before, or a new one.

    With other learned words, which *vocabulary* is the version of, it finds something else and has another number.
    """
    row = returned(db, _VERSION, {"fingerprint": fingerprint, "vocabulary": vocabulary, "now": stored(now)})
    return int(row["version"])
