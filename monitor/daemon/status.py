"""The status report of the daemon, for people and for monitoring systems."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any

from monitor.errors import FeedState
from monitor.health.heartbeat import canary_words
from monitor.model import NEVER, IncidentKind
from monitor.pipeline.active_configuration import ActiveConfiguration
from monitor.redaction import Redactor
from monitor.store import Reader, canaries, delivery_list, feeds, incidents
from monitor.wording import counted

DOWN_AFTER = 3  # a feed is down after so many failures in a row; fewer may be a short outage
_ODD = (
    FeedState.SILENT,
    FeedState.MOVED,
    FeedState.SLOW,
    FeedState.RENUMBERED,
    FeedState.LAYOUT_CHANGED,
)  # the feed answers
ONLY_HERE = (IncidentKind.DISK, IncidentKind.CANARY)  # incidents that the report does not list in another form


@dataclass(frozen=True, slots=True)
class Observed:
    """The facts of the status report that are not in the database."""

    active: ActiveConfiguration
    started_at: datetime  # when this process started
    changes: Sequence[str] = ()  # what the last reload changed, in words
    refused: str = ""  # why the configuration on disk is not active; empty: it is
    commit_error: str = ""  # why a commit fails and is retried; empty: no commit fails
    backup_error: str = ""  # why the last backup failed; empty: it succeeded
    ping_error: str = ""  # why the last ping of the dead man's switch failed; empty: it succeeded
    stalled: Sequence[str] = ()  # which parts have stalled, in words
    renamed_feeds: Mapping[str, str] = field(
        default_factory=dict
    )  # feeds renamed since the start: former key by new key


def status_report(db: Reader, observed: Observed, now: datetime) -> dict[str, Any]:
    """Return the status report of the daemon as a dictionary for JSON.

    ``problems`` lists everything that is wrong; ``notes`` lists what needs attention but is not urgent. Both are texts.

    Args:
        db: Any connection to the database.
        observed: The facts of the report that are not in the database.
        now: The current time.
    """
    active = observed.active
    records, counts = feeds.load_feeds(db), delivery_list.count_by_state(db)
    canary, found = canaries.latest(db), incidents.load_incidents(db)
    failing = [r for r in records if FeedState(r.state).is_down]
    # a feed with 410 Gone is not polled again, so its failures do not add up
    down = [r for r in failing if r.failures >= DOWN_AFTER or r.due_at >= NEVER]
    odd = [r for r in records if r.state in _ODD]
    path = active.config.storage.path
    problems = [
        *([f"configuration refused: {observed.refused}"] if observed.refused else []),
        *([f"database: {observed.commit_error}"] if observed.commit_error else []),
        *([f"backup: {observed.backup_error}"] if observed.backup_error else []),
        *observed.stalled,
        *(
            f"destination {w.destination}: {counted(w.number, 'delivery')} waiting: {w.cause}"
            for w in delivery_list.waiting(db)
        ),
        *([f"{counted(counts['dead'], 'delivery')} given up: monitor outbox"] if counts.get("dead") else []),
        *([f"ping: {observed.ping_error}"] if observed.ping_error else []),
        *(f"{t.title}: {t.cause}" for t in found.values() if t.kind in ONLY_HERE and not t.ended_at),
        *(f"feed {r.key}: {r.state}: {r.cause}" for r in down),
    ]
    report = {
        "pid": os.getpid(),
        "version": version("crypto-news-monitor"),
        "since": observed.started_at.isoformat(timespec="seconds"),
        "uptime_s": int((now - observed.started_at).total_seconds()),
        "configuration": str(active.config.path),
        "configuration_since": active.loaded_at.isoformat(timespec="seconds"),
        "watchlist_version": active.version,
        "configuration_changes": list(observed.changes),
        "feeds": {
            "total": len(records),
            "ok": sum(r.state == FeedState.OK for r in records),
            "odd": len(odd),
            "new": sum(r.state == FeedState.NEW for r in records),
            "failing": len(failing),
            "down": len(down),
        },
        "deliveries": counts,
        "canary": _canary(canary) if canary else None,
        "database": {"path": str(path), "bytes": path.stat().st_size},
        "problems": problems,
        "notes": [
            *(
                f"feed {new}: renamed from {old}, its entries and state are kept"
                for new, old in observed.renamed_feeds.items()
            ),
            *(f"feed {r.key}: {r.state}: {r.cause}" for r in odd),
            *(
                f"feed {r.key}: {r.state}: {r.cause} ({counted(r.failures, 'failure')})"
                for r in failing
                if r not in down
            ),
        ],
    }
    # feed addresses, and what servers say, may contain values that the configuration takes from secrets
    redacted: dict[str, Any] = Redactor(active.config.secrets).redact(report)
    return redacted


def _canary(canary: canaries.Canary) -> dict[str, Any]:
    return {
        "asked_at": canary.requested_at.isoformat(timespec="seconds"),
        "failure": canary.failure,
        "arrivals": [
            {"destination": a.destination, "state": str(a.state), "latency_s": a.latency_s} for a in canary.arrivals
        ],
        "words": canary_words(canary),
    }
