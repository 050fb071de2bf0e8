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
PAGES = (
    "/", "/?since=all", "/?since=90d&severity=critical", "/?since=all&q=lazarus", "/?since=all&actor=lazarus",
    "/?since=all&feed=desk", "/hits/150000", "/stories/150000", "/actors", "/actors/lazarus", "/feeds", "/deliveries",
    "/silences", "/audit", "/watchlist", "/status", "/hits.json?limit=100", "/api/v1/hits?limit=100", "/metrics",
)  # fmt: skip

_STORIES = "INSERT INTO stories (id, title, opened_at, last_entry_at) SELECT value, 'x', :now, :now FROM {numbers}"
# every column of the first entry, but for these
_OWN_COLUMNS = {
    "id": "10 + n.value",
    "key": "'k' || n.value",
    "story_id": "10 + n.value",
    "title": "title || ' ' || n.value",
    "published_at": "stamp",
    "first_seen_at": "stamp",
    "last_seen_at": "stamp",
}
_ENTRIES = """
INSERT INTO entries ({{columns}}) SELECT {{values}}
FROM entries, (SELECT value, {stamp} AS stamp FROM {numbers}) n WHERE id = 1
"""
_HITS = """
INSERT INTO hits (entry_id, version, severity, seen_at, watchlist_version, raw_hash, is_update, changes, canary, names,
                  notes)
SELECT 10 + n.value, 1, 1 + n.value % 4, {stamp}, 1, x'00', 0, '[]', 0, '[]', '[]' FROM {numbers} n
"""
_RULES = "INSERT INTO hit_rules SELECT id, 0, 'theft', severity, 'why', '[]' FROM hits WHERE id > 1"
_MENTIONS = """
INSERT INTO mentions (entry_id, version, actor, keyword, alias, text, field, start, "end", edits, kind, word, words,
                      sentence)
SELECT h.entry_id, 1, m.actor, m.keyword, m.alias, m.text, m.field, m.start, m."end", m.edits, m.kind, m.word, m.words,
       m.sentence
FROM mentions m, hits h WHERE m.entry_id = 1 AND h.id > 1
"""


def measure() -> Result:
    """Request each page several times, and return the slowest 95th percentile."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "monitor.db")
        _fill(database)
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


def _fill(database: Path) -> None:
    numbers = (
        "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {}) SELECT * FROM n)"
    )
    first = NOW - timedelta(days=DAYS)
    stamp = "strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', '{}', '+' || ({} * value / {}) || ' seconds')"
    with open_writer(database) as db:
        put_delivery(db, put_hit(db, "1"))
        columns = [row["name"] for row in db.query("PRAGMA table_info(entries)")]
        for sql, number in ((_STORIES, ENTRIES + 10), (_ENTRIES, ENTRIES), (_HITS, HITS), (_RULES, 0), (_MENTIONS, 0)):
            at = stamp.format(f"{first:%Y-%m-%d %H:%M:%S}", DAYS * 86_400, number or 1)
            with write(db):
                text = sql.format(numbers=numbers.format(number), stamp=at)
                text = text.replace("{columns}", ", ".join(columns)).replace(
                    "{values}", ", ".join(_OWN_COLUMNS.get(name, name) for name in columns)
                )
                text = text.replace("INSERT INTO", "INSERT OR IGNORE INTO", 1)
                db.execute(text, {"now": NOW.isoformat(timespec="microseconds")} if ":now" in text else {})
