"""Server time of the pages on a large database: 200,000 hits among 1,000,000 entries, requests of one client."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

from benchmarks.result import Result
from monitor.store import open_writer, write

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from support.page_client import page_client
from support.store_samples import NOW, put_delivery, put_hit

ENTRIES, HITS = 1_000_000, 200_000
DAYS = 360
ROUNDS = 20  # requests of each page
GOAL_MS = 100.0  # at the 95th percentile
EVERY = ENTRIES // HITS  # every so many entries is a hit
FEEDS = 40
PAGES = (
    "/", "/?since=all", "/?since=90d&severity=critical", "/?since=all&q=lazarus", "/?since=all&q=-lazarus",
    "/?since=all&q=lazarus+-exchange", "/?since=all&q=zeppelin", "/?since=all&q=北", "/?since=all&actor=lazarus",
    "/?since=all&actor=rare", "/?since=all&rule=rare", "/?since=all&feed=f7", "/?since=all&feed=quiet",
    "/?since=all&triage=relevant", "/?since=all&before=2026-03-01T00:00:00%2B00:00_1",
    "/?since=all&q=lazarus&before=2026-03-01T00:00:00%2B00:00_1", "/hits/150000", "/hits/150000/acknowledge",
    "/hits/150000/mute", "/stories/750010", "/actors", "/actors/lazarus", "/actors/rare", "/feeds", "/deliveries",
    "/deliveries?state=sent", "/silences", "/audit", "/audit?since=2026-01-01",
    "/audit?since=2026-01-01&destination=mail", "/watchlist",
    "/status", "/hits.json?limit=100", "/hits.csv?q=lazarus&limit=100",
    "/api/v1/hits?limit=100", "/api/v1/feeds", "/api/v1/deliveries?state=sent", "/metrics",
)  # fmt: skip

_NUMBERS = "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {}) SELECT * FROM n)"
_FEEDS = """
INSERT OR IGNORE INTO feeds ({feeds}) SELECT {feed_values} FROM feeds, {numbers} n WHERE key = 'desk'
"""
_STORIES = (
    "INSERT OR IGNORE INTO stories (id, title, opened_at, last_entry_at) SELECT value, 'x', :now, :now FROM {numbers}"
)
# every column of the first entry, but for these
_OWN_COLUMNS = {
    "id": "10 + n.value",
    "feed": f"CASE WHEN n.value % 10000 = 5 THEN 'quiet' ELSE 'f' || (n.value / {EVERY} % {FEEDS}) END",
    "key": "'k' || n.value",
    "story_id": "10 + n.value",
    "title": "title || ' ' || n.value || CASE WHEN n.value % 20000 = 5 THEN ' zeppelin' ELSE '' END",
    "published_at": "stamp",
    "first_seen_at": "stamp",
    "last_seen_at": "stamp",
}
_ENTRIES = """
INSERT OR IGNORE INTO entries ({entries}) SELECT {entry_values}
FROM entries, (SELECT value, {stamp} AS stamp FROM {numbers}) n WHERE id = 1
"""
_HITS = f"""
INSERT OR IGNORE INTO hits (entry_id, version, severity, seen_at, watchlist_version, raw_hash, is_update, changes,
                            canary, names, notes, triage)
SELECT id, 1, 1 + id % 4, first_seen_at, 1, x'00', 0, '[]', 0, '[]', '[]', CASE WHEN id % 5000 = 15 THEN 'relevant' END
FROM entries WHERE id > 10 AND (id - 10) % {EVERY} = 0
"""
_RULES = """
INSERT INTO hit_rules SELECT id, 0, CASE WHEN id % 4000 = 7 THEN 'rare' ELSE 'theft' END, severity, 'why', '[]'
FROM hits WHERE id > 1
"""
_MENTIONS = """
INSERT INTO mentions (entry_id, version, actor, keyword, alias, text, field, start, "end", edits, kind, word, words,
                      sentence)
SELECT h.entry_id, 1, CASE WHEN m.actor IS NOT NULL AND h.id % 4000 = 9 THEN 'rare' ELSE m.actor END, m.keyword,
       m.alias, m.text, m.field, m.start, m."end", m.edits, m.kind, m.word, m.words, m.sentence
FROM mentions m, hits h WHERE m.entry_id = 1 AND h.id > 1
"""
_DELIVERIES = """
INSERT INTO deliveries (id, destination, kind, group_by, group_id, state, created_at, due_at, attempts, sent_at)
SELECT 10 + id, CASE WHEN id % 9 THEN 'slack' ELSE 'mail' END, 'alert', 'story', id, 'sent', seen_at, seen_at, 1,
       seen_at
FROM hits WHERE id > 1 AND id % 2
"""
_DELIVERY_HITS = "INSERT INTO delivery_hits SELECT 10 + id, id FROM hits WHERE id > 1 AND id % 2"
_DECISIONS = """
INSERT INTO decisions (hit_id, destination, verdict, reasons, decided_at, due_at, delivery_id)
SELECT id, CASE WHEN id % 9 THEN 'slack' ELSE 'mail' END, CASE WHEN id % 2 THEN 'send' ELSE 'suppress' END,
       (SELECT reasons FROM decisions LIMIT 1), seen_at, CASE WHEN id % 2 THEN seen_at END,
       CASE WHEN id % 2 THEN 10 + id END
FROM hits WHERE id > 1
"""


def measure() -> Result:
    """Request each page several times, and return the slowest 95th percentile."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "monitor.db")
        fill(database)
        with page_client(database) as client:
            found = {path: _times_ms(client, path) for path in PAGES}
    at_95 = {path: quantiles(times, n=20)[-1] for path, times in found.items()}
    for path in PAGES:
        print(f"  {path:36} median {median(found[path]):7.1f} ms, p95 {at_95[path]:7.1f} ms", flush=True)
    return Result(
        name="page",
        figure=max(at_95.values()),
        unit=f"ms at the 95th percentile for the slowest page with {HITS:,} hits among {ENTRIES:,} entries",
        goal=GOAL_MS,
        details={
            "rounds": ROUNDS,
            "p95_ms": {path: round(value, 1) for path, value in at_95.items()},
            "median_ms": {path: round(median(times), 1) for path, times in found.items()},
        },
    )


def _times_ms(client: object, path: str) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        answer = client.get(path)  # type: ignore[attr-defined]
        times.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"page: {path} answers {answer.status_code}")
    return times


def fill(database: Path, entries_wanted: int = ENTRIES) -> None:
    """Create a year of a busy monitor: many feeds, every fifth entry a hit, each with its decision.

    Args:
        database: The file to create.
        entries_wanted: How many entries it has.
    """
    start = f"{NOW - timedelta(days=DAYS):%Y-%m-%d %H:%M:%S}"
    after = f"'+' || ({DAYS * 86_400} * value / {entries_wanted}) || ' seconds'"
    stamp = f"strftime('%Y-%m-%dT%H:%M:%S.000Z', '{start}', {after})"
    with open_writer(database) as db:
        put_delivery(db, put_hit(db, "1"))
        entries = [row["name"] for row in db.query("PRAGMA table_info(entries)")]
        feeds = [row["name"] for row in db.query("PRAGMA table_info(feeds)")]
        parts = {
            "entries": ", ".join(entries),
            "entry_values": ", ".join(_OWN_COLUMNS.get(name, name) for name in entries),
            "feeds": ", ".join(feeds),
            "feed_values": ", ".join(
                f"iif(value > {FEEDS}, 'quiet', 'f' || (value - 1))" if name == "key" else name for name in feeds
            ),
            "stamp": stamp,
        }
        for sql, number in (
            (_FEEDS, FEEDS + 1), (_STORIES, entries_wanted + 10), (_ENTRIES, entries_wanted), (_HITS, 0), (_RULES, 0),
            (_MENTIONS, 0), (_DELIVERIES, 0), (_DELIVERY_HITS, 0), (_DECISIONS, 0),
        ):  # fmt: skip
            with write(db):
                text = sql.replace("{numbers}", _NUMBERS.format(number))
                for name, value in parts.items():
                    text = text.replace(f"{{{name}}}", value)
                db.execute(text, {"now": NOW.isoformat(timespec="microseconds")} if ":now" in text else {})
