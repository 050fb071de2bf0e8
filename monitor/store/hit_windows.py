"""Where to look for hits so that a page takes a bounded time: windows of time, the newest first.

Three things can make a search long: a word that is in every entry (the index would list them all), a filter that few
hits meet (all hits would be looked at), and both. So hits are looked for in windows. A window holds at most
``MAX_WORDS`` entries with each word, and ``MAX_WALKED`` hits, unless one of the filters selects so few hits that these
are looked at one by one, which is its driver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from monitor.store.db.statements import Reader, Row, first, moment, rows, stored
from monitor.store.hit_filter import LAST_ID, Cursor, HitFilter, Window
from monitor.store.search import SearchQuery

MAX_WORDS = 20_000  # entries with a word
MAX_WALKED = 20_000  # hits that are looked at with their entries
MAX_WALKED_ALONE = 50_000  # hits that are looked at without their entries: an index has all that is asked
MAX_READ = 5_000  # hits whose texts are read, for letters that are in no index
MAX_DRIVEN = 10_000  # hits that are few
MAX_LISTED = 50_000  # entries of a feed that are listed to find its hits
SKEW = 2_000  # entries that may have been stored in another order than they were seen in
_NEIGHBOURS = 500

_DRIVERS = {
    "story": "SELECT x.id FROM entries y JOIN hits x ON x.entry_id = y.id WHERE y.story_id = :{value}",
    "triage": "SELECT id FROM hits WHERE triage = :{value}",
    "rule": "SELECT hit_id AS id FROM hit_rules WHERE rule = :{value}",
    "actor": (
        "SELECT DISTINCT x.id FROM mentions m JOIN hits x ON x.entry_id = m.entry_id AND x.version = m.version"
        " WHERE m.actor = :{value}"
    ),
    "feed": "SELECT x.id FROM entries y JOIN hits x ON x.entry_id = y.id WHERE y.feed = :{value}",
}
# how many rows a driver has to list
_SIZES = {
    "story": "SELECT 1 FROM entries WHERE story_id = :value LIMIT :most",
    "triage": "SELECT 1 FROM hits WHERE triage = :value LIMIT :most",
    "rule": "SELECT 1 FROM hit_rules WHERE rule = :value LIMIT :most",
    "actor": "SELECT 1 FROM mentions WHERE actor = :value LIMIT :most",
    "feed": "SELECT 1 FROM entries WHERE feed = :value LIMIT :most",
}
_WORDS_DRIVER = (
    "SELECT x.id FROM hits x WHERE x.entry_id IN (SELECT rowid FROM entry_words WHERE entry_words MATCH :words)"
)

_NTH_WORD = """
SELECT rowid AS id FROM entry_words WHERE entry_words MATCH :words AND rowid <= :high
ORDER BY rowid DESC LIMIT 1 OFFSET :number
"""
_NEWEST_ENTRY = """
SELECT max(entry_id) AS id FROM (
    SELECT entry_id FROM hits WHERE (seen_at, id) < (:at, :id) ORDER BY seen_at DESC, id DESC LIMIT :neighbours)
"""
_FIRST_SEEN = "SELECT first_seen_at AS at FROM entries WHERE id >= :id ORDER BY id LIMIT 1"
_NTH_HIT = """
SELECT seen_at AS at FROM hits WHERE (seen_at, id) < (:at, :id) ORDER BY seen_at DESC, id DESC LIMIT 1 OFFSET :number
"""
_END = ("9", 0)  # after every moment


def windows(db: Reader, wanted: HitFilter, before: Cursor | None = None) -> Iterator[Window]:
    """Yield windows, the newest first, which together hold every hit of *wanted*; look at one before the next.

    Args:
        db: A reader.
        wanted: Which hits.
        before: Only hits older than this one; None: from the newest.
    """
    driver = _driver(db, wanted)
    while True:
        window = _window(db, wanted, before, driver)
        yield window
        if is_complete(wanted, window):
            return
        before = window.end


def is_complete(wanted: HitFilter, window: Window) -> bool:
    """Return whether there is nothing older than *window* to look at."""
    return window.after is None or (wanted.first_at is not None and window.after < wanted.first_at)


def _window(db: Reader, wanted: HitFilter, before: Cursor | None, driver: _Driver) -> Window:
    at = (stored(before.seen_at), before.id) if before else _END
    if before is None and wanted.last_at is not None:
        at = (stored(wanted.last_at), LAST_ID)
    position = {"at": at[0], "id": at[1]}
    limits = []
    low, high = 0, None
    if wanted.query is not None and (words := _words(wanted.query)):
        newest = first(db, _NEWEST_ENTRY, position | {"neighbours": _NEIGHBOURS})
        high = (newest["id"] if newest and newest["id"] else 0) + SKEW
        low = max(_nth_word(db, word, high) for word in words)
        if low and (found := first(db, _FIRST_SEEN, {"id": low})):
            limits.append(found["at"])
        low = max(0, low - SKEW)
    if not driver.sql:
        number = MAX_WALKED_ALONE if not wanted.needs_entry else MAX_WALKED
        if wanted.query is not None and wanted.query.has_letters:
            number = MAX_READ
        if found := first(db, _NTH_HIT, position | {"number": number}):
            limits.append(found["at"])
    after = max(limits, default=None)
    if after is not None and after >= at[0]:  # very many of one moment: there is no smaller window
        return Window(before=before, driver=driver.sql, driver_of=driver.of)
    return Window(moment(after), before, low, high, driver.sql, driver.of)


def _words(query: SearchQuery) -> list[str]:
    """Return the expressions for the index of words that the conditions of *query* contain."""
    return [*filter(None, [query.words]), *query.other_words]


def _nth_word(db: Reader, words: str, high: int) -> int:
    """Return the id of the entry before which as many entries as a window may hold contain *words*; 0: fewer do."""
    found = first(db, _NTH_WORD, {"words": words, "high": high, "number": MAX_WORDS})
    return int(found["id"]) if found else 0


class _Driver(NamedTuple):
    """A SELECT of the ids of the hits that may meet a filter, and the condition that it selects by."""

    sql: str = ""
    of: str = ""


def _driver(db: Reader, wanted: HitFilter) -> _Driver:
    """Return the driver of *wanted* if few hits may meet it; an empty one if they are many."""
    for name, sql in _DRIVERS.items():
        value = getattr(wanted, name)
        if value is not None and (name, value) != ("triage", "none") and _is_few(db, name, value):
            return _Driver(sql.format(value=name), name)
    if wanted.query is not None and wanted.query.words and not _nth_word(db, wanted.query.words, LAST_ID):
        return _Driver(_WORDS_DRIVER)
    return _Driver()


def _is_few(db: Reader, name: str, value: object) -> bool:
    most = MAX_LISTED if name == "feed" else MAX_DRIVEN
    values: Row = {"value": value, "most": most + 1}
    sql = f"SELECT count(*) AS number FROM ({_SIZES[name]})"  # noqa: S608 - constants
    return bool(rows(db, sql, values)[0]["number"] <= most)
