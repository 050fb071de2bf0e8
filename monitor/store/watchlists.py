"""Store watchlist versions: the configurations that were active, so that each hit refers to the one that found it."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.store.active_files import ActiveFiles
from monitor.store.db.statements import Reader, Row, Writer, first, moment, returned, rows, stored

# these updates change nothing; without an update, RETURNING would return no row
_CONFIGURATION = """
INSERT INTO configurations (hash, main, files, first_active_at) VALUES (:hash, :main, :files, :now)
ON CONFLICT (hash) DO UPDATE SET hash = hash
RETURNING id
"""
_VERSION = """
INSERT INTO watchlists (fingerprint, vocabulary, loaded_at, configuration)
VALUES (:fingerprint, :vocabulary, :now, :configuration)
ON CONFLICT (fingerprint, vocabulary) DO UPDATE SET loaded_at = loaded_at
RETURNING version
"""

_LISTED = """
SELECT w.version, w.loaded_at, w.vocabulary, c.hash,
       (SELECT count(*) FROM hits h WHERE h.watchlist_version = w.version AND h.canary = 0) AS hits
FROM watchlists w LEFT JOIN configurations c ON c.id = w.configuration
"""
_LIST = f"{_LISTED} ORDER BY w.version DESC LIMIT :limit"
_HISTORY = """
SELECT w.version, w.loaded_at, w.vocabulary, c.hash, NULL AS hits
FROM watchlists w LEFT JOIN configurations c ON c.id = w.configuration
WHERE :newest IS NULL OR w.version <= :newest ORDER BY w.version DESC LIMIT :limit
"""
_ONE = f"{_LISTED} WHERE w.version = :version"
_FILES = """
SELECT c.main, c.files FROM watchlists w JOIN configurations c ON c.id = w.configuration WHERE w.version = :version
"""


_NEWEST_OF = """
SELECT max(w.version) AS version FROM watchlists w JOIN configurations c ON c.id = w.configuration WHERE c.hash = :hash
"""


@dataclass(frozen=True, slots=True)
class WatchlistVersion:
    """A configuration that was active, together with the learned words that were in use then."""

    version: int
    loaded_at: datetime  # when it first became active
    vocabulary: int  # version of the learned words; 0: none
    hash: str  # of its files without secrets; empty: the files were not stored
    hits: int | None  # None: not counted


@dataclass(frozen=True, slots=True)
class PackedConfiguration:
    """The files of a configuration, compressed for storage."""

    main: str  # absolute path of the main file
    hash: str  # SHA-256 of the files, in hex
    content: bytes = field(repr=False)  # compressed JSON


def configuration_hash(files: ActiveFiles) -> str:
    """Return the SHA-256 hash of the files of a configuration, as hexadecimal digits."""
    return hashlib.sha256(_json(files)).hexdigest()


def pack_configuration(files: ActiveFiles) -> PackedConfiguration:
    """Return *files* compressed for storage.

    Secrets must have been removed before. For files of 10 MB it takes half a second.
    """
    content = _json(files)
    return PackedConfiguration(str(files.main), hashlib.sha256(content).hexdigest(), zlib.compress(content))


def store_configuration(db: Writer, packed: PackedConfiguration, now: datetime) -> int:
    """Store the files of a configuration, unless the same files are stored already, and return their id.

    Args:
        db: The writing connection, in a transaction.
        packed: The files.
        now: The current time.
    """
    values = {"hash": packed.hash, "main": packed.main, "files": packed.content, "now": stored(now)}
    return int(returned(db, _CONFIGURATION, values)["id"])


def watchlist_version(
    db: Writer, fingerprint: str, now: datetime, *, vocabulary: int = 0, configuration: int | None = None
) -> int:
    """Return the version number of the watchlist with this *fingerprint*; a new number if it was never active before.

    Args:
        db: The writing connection, in a transaction.
        fingerprint: The hash of everything on which matches depend, except the learned words.
        now: The current time.
        vocabulary: The version of the learned words.
        configuration: The id of the stored configuration files; None: they are not stored.
    """
    values = {
        "fingerprint": fingerprint,
        "vocabulary": vocabulary,
        "now": stored(now),
        "configuration": configuration,
    }
    return int(returned(db, _VERSION, values)["version"])


def list_versions(db: Reader, limit: int = 1000) -> list[WatchlistVersion]:
    """Return the watchlist versions with the numbers of their hits, the newest first."""
    return [_version(row) for row in rows(db, _LIST, {"limit": limit})]


def version_history(db: Reader, limit: int, newest: int | None = None) -> list[WatchlistVersion]:
    """Return the watchlist versions, the newest first, without the numbers of their hits, which take long to count.

    Args:
        db: Any connection to the database.
        limit: The maximum number of versions to return.
        newest: The version to begin with; None: the newest of all.
    """
    return [_version(row) for row in rows(db, _HISTORY, {"limit": limit, "newest": newest})]


def load_version(db: Reader, version: int) -> WatchlistVersion | None:
    """Return the watchlist version with the number *version*; None if there is none."""
    row = first(db, _ONE, {"version": version})
    return _version(row) if row else None


def newest_version_of(db: Reader, hash_of_files: str) -> int | None:
    """Return the newest watchlist version of the files with the hash *hash_of_files*; None if there is none."""
    row = first(db, _NEWEST_OF, {"hash": hash_of_files})
    return row["version"] if row else None


def files_of_version(db: Reader, version: int) -> ActiveFiles | None:
    """Return the configuration files of a watchlist version.

    None if there is no such version, or if it was stored by a release that did not store the files.
    """
    row = first(db, _FILES, {"version": version})
    if row is None:
        return None
    content = json.loads(zlib.decompress(row["files"]))
    matches = {pattern: tuple(found) for pattern, found in content["matches"].items()}
    return ActiveFiles(Path(row["main"]), content["texts"], matches)


def _version(row: Row) -> WatchlistVersion:
    return WatchlistVersion(row["version"], moment(row["loaded_at"]), row["vocabulary"], row["hash"] or "", row["hits"])


def _json(files: ActiveFiles) -> bytes:
    content = {"texts": dict(sorted(files.texts.items())), "matches": dict(sorted(files.matches.items()))}
    return json.dumps(content, ensure_ascii=False).encode(errors="surrogatepass")
