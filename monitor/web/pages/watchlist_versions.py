"""The pages of the watchlist's versions: when each version became active, and what it changed."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from monitor.config import Config, ConfigurationFiles, load_stored
from monitor.store import Reader
from monitor.store.active_files import ActiveFiles
from monitor.store.watchlists import WatchlistVersion, files_of_version, version_history
from monitor.web.access import Access
from monitor.web.routing import PageRoute, access, number_in, pages, refusal

if TYPE_CHECKING:
    from monitor.watchlist.changes import Change

MAX_LISTED = 50
MAX_CHANGES = 500  # that are shown of one version
MAX_KNOWN = 1000  # differences that are kept
LONGEST_LISTING_S = 1.0  # after which a list compares no more versions; the page of a version still does

# By the hashes of both configurations, whose files never change. Only the event loop writes to it.
_known: dict[tuple[str, str], Difference] = {}


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version of the watchlist changed compared to the version before it."""

    changes: tuple[Change, ...] = ()
    note: str = ""  # what there is to say besides, or why there are no changes


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version of the watchlist with what it changed."""

    version: WatchlistVersion
    difference: Difference | None  # None: not compared, to bound the time of the list


async def listed_versions(used: Access, limit: int, newest: int | None = None) -> list[ListedVersion]:
    """Return versions of the watchlist with what each changed, the newest first.

    Args:
        used: Gives access to the database.
        limit: The largest number of versions to return.
        newest: The number of the version to begin with; None: the newest version.
    """
    found = await used.read(lambda db: version_history(db, limit + 1, newest))
    deadline = monotonic() + LONGEST_LISTING_S
    listed = []
    for version, before in zip(found[:limit], [*found[1:], None], strict=False):
        difference = _without_files(before, version)
        if difference is None and monotonic() < deadline:
            difference = await _compared(used, before, version)
        listed.append(ListedVersion(version, difference))
    return listed


async def _compared(used: Access, before: WatchlistVersion | None, version: WatchlistVersion) -> Difference:
    """Return what *version* changed compared to *before*; the files of both are read if the result is not cached.

    Args:
        used: Gives access to the database.
        before: The version before; None: *version* is the first.
        version: The version.
    """
    known = _without_files(before, version)
    if known is not None or before is None:
        return known or Difference()
    one, other = before.version, version.version
    old, new = await used.read(lambda db: (files_of_version(db, one), files_of_version(db, other)))
    if len(_known) >= MAX_KNOWN:
        _known.clear()
    difference = _known[before.hash, version.hash] = await asyncio.to_thread(_of_files, old, new)
    return _with_learned(difference, before, version)


def _without_files(before: WatchlistVersion | None, version: WatchlistVersion) -> Difference | None:
    """Return what *version* changed compared to *before* if this is known without reading files, else None."""
    if before is None:
        return Difference(note="the first version")
    if not before.hash or not version.hash:
        return Difference(
            note="stored without its files by an older version of the monitor" if not version.hash else _NO_FILES_BEFORE
        )
    if before.hash == version.hash:
        return Difference(note=_LEARNED if before.vocabulary != version.vocabulary else _SAME_FILES)
    known = _known.get((before.hash, version.hash))
    return _with_learned(known, before, version) if known else None


def _with_learned(difference: Difference, before: WatchlistVersion, version: WatchlistVersion) -> Difference:
    """Return *difference* with an added note if the two versions also differ in the words learned from the feeds.

    Args:
        difference: How the files of the two versions differ.
        before: The earlier version.
        version: The later version.
    """
    if before.vocabulary == version.vocabulary:
        return difference
    return Difference(difference.changes, "; ".join(filter(None, (difference.note, _LEARNED))))


def _of_files(before: ActiveFiles | None, after: ActiveFiles | None) -> Difference:
    from monitor.watchlist import find_changes

    old, new = _config(before), _config(after)
    if old is None or new is None:
        return Difference(note="cannot be loaded by this version of monitor")
    changes = find_changes(old, new)
    return Difference(changes, "" if changes else "only comments, order or formatting changed")


def _config(files: ActiveFiles | None) -> Config | None:
    if files is None:
        return None
    loaded = load_stored(files.main, ConfigurationFiles(files.texts, files.matches), os.environ)
    return loaded.config or loaded.partial


async def versions(request: Request) -> Response:
    """Show the versions of the watchlist, the newest first.

    Raises:
        UsageError: The query parameter ``newest`` is not a number.
    """
    listed = await listed_versions(access(request), MAX_LISTED + 1, number_in(request, "newest"))
    older = listed[MAX_LISTED].version.version if len(listed) > MAX_LISTED else None
    context = {"versions": listed[:MAX_LISTED], "older": older}
    return pages(request).render(request, "watchlist_versions.html", context)


async def version(request: Request) -> Response:
    """Show one version of the watchlist, and what it changed compared to the version before it."""
    number, used = request.path_params["id"], access(request)
    found = await used.read(lambda db: _with_version_before(db, number))
    if found is None:
        return refusal(request, 404, f"there is no version {number} of the watchlist")
    chosen, before = found
    difference = await _compared(used, before, chosen)
    context: dict[str, Any] = {
        "version": chosen,
        "before": before,
        "note": difference.note,
        "changes": difference.changes[:MAX_CHANGES],
        "more": max(0, len(difference.changes) - MAX_CHANGES),
    }
    return pages(request).render(request, "watchlist_version.html", context)


def _with_version_before(db: Reader, number: int) -> tuple[WatchlistVersion, WatchlistVersion | None] | None:
    """Return the watchlist version *number* and the version before it; None if version *number* does not exist."""
    found = version_history(db, 2, number)
    if not found or found[0].version != number:
        return None
    return found[0], found[1] if len(found) > 1 else None


_LEARNED = "other words were learned from the feeds"
_SAME_FILES = "the same files; a pack, a secret or the monitor itself changed"
_NO_FILES_BEFORE = "the version before was stored without its files by an older version of the monitor"

ROUTES = (
    PageRoute("/watchlist/versions", versions),
    PageRoute("/watchlist/versions/{id:id}", version),
)
