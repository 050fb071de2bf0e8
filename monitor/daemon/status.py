"""How the daemon stands, for people and for monitoring."""

from __future__ import annotations

import os
from datetime import datetime
from importlib.metadata import version
from typing import Any

from monitor import clock
from monitor.daemon.app import Daemon
from monitor.errors import FeedState
from monitor.health.heartbeat import canary_words
from monitor.health.progress import Progress
from monitor.model import FeedRecord, IncidentKind
from monitor.store import Reader, canaries, deliveries, feeds, incidents

DOWN_AFTER = 3  # failures in a row; one may be the weather
_ODD = (FeedState.SILENT, FeedState.MOVED, FeedState.SLOW, FeedState.RENUMBERED)  # they answer
ONLY_HERE = (IncidentKind.DISK, IncidentKind.CANARY)  # the others have words of their own


async def status(
    daemon: Daemon, *, began_at: datetime, refused: str, progress: Progress, ping_error: str
) -> dict[str, Any]:
    """Return how *daemon* stands, ready for JSON.

    ``problems`` holds in words all that is wrong, ``notes`` what somebody should look at one day.
    """
    active = daemon.active()

    def read(db: Reader) -> tuple[list[FeedRecord], list[deliveries.Waiting], dict[str, int]]:
        return feeds.load_feeds(db), deliveries.waiting(db), deliveries.count_by_state(db)

    records, waiting, counts = await daemon.ask(read)
    canary = await daemon.ask(canaries.latest)
    found = await daemon.ask(incidents.load_incidents)
    now = clock.now()
    down = [record for record in records if record.failures >= DOWN_AFTER]
    odd = [record for record in records if record.state in _ODD]
    path = active.config.storage.path
    problems = [
        *([f"configuration refused: {refused}"] if refused else []),
        *([f"database: {daemon.committer.commit_error}"] if daemon.committer.commit_error else []),
        *([f"backup: {daemon.housekeeper.last_backup_error}"] if daemon.housekeeper.last_backup_error else []),
        *(f"{part} stand still for {age_s:.0f} s" for part, age_s in progress.stalled().items()),
        *(f"destination {w.destination}: {_deliveries(w.number)} waiting: {w.reason}" for w in waiting),
        *([f"{_deliveries(counts['dead'])} given up: monitor outbox"] if counts.get("dead") else []),
        *([f"ping: {ping_error}"] if ping_error else []),
        *(f"{t.title}: {t.cause}" for t in found.values() if t.kind in ONLY_HERE and not t.ended_at),
        *(f"feed {r.key}: {r.state}: {r.cause}" for r in down),
    ]
    return {
        "pid": os.getpid(),
        "version": version("crypto-news-monitor"),
        "since": began_at.isoformat(timespec="seconds"),
        "uptime_s": int((now - began_at).total_seconds()),
        "configuration": str(active.config.path),
        "configuration_since": active.loaded_at.isoformat(timespec="seconds"),
        "watchlist_version": active.version,
        "feeds": {
            "total": len(records),
            "ok": sum(record.state is FeedState.OK for record in records),
            "odd": len(odd),
            "new": sum(record.state is FeedState.NEW for record in records),
            "failing": sum(record.state.is_down for record in records),
            "down": len(down),
        },
        "deliveries": counts,
        "canary": _canary(canary) if canary else None,
        "database": {"path": str(path), "bytes": path.stat().st_size},
        "problems": problems,
        "notes": [f"feed {r.key}: {r.state}: {r.cause}" for r in odd],
    }


def _canary(canary: canaries.Canary) -> dict[str, Any]:
    return {
        "asked_at": canary.asked_at.isoformat(timespec="seconds"),
        "failure": canary.failure,
        "arrivals": [
            {"destination": a.destination, "state": str(a.state), "latency_s": a.latency_s} for a in canary.arrivals
        ],
        "words": canary_words(canary),
    }


def _deliveries(number: int) -> str:
    return f"{number} deliver{'y' if number == 1 else 'ies'}"
