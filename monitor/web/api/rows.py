"""Convert stories, deliveries and silences to the JSON objects that the API returns."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.alerts.content.reason_wording import delivery_reason
from monitor.model import Delivery, Silence
from monitor.store.story_view import StoryView


def iso(at: datetime | None) -> str | None:
    """Return *at* as ISO 8601 text in UTC; None stays None."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def story_row(story: StoryView) -> dict[str, Any]:
    """Return the JSON object for a story with its entries."""
    return {
        "id": story.id,
        "title": story.title,
        "opened_at": iso(story.opened_at),
        "last_entry_at": iso(story.last_entry_at),
        "follows": story.follows,
        "followed_by": list(story.followed_by),
        "entries": [
            {
                "feed": e.feed,
                "outlet": e.outlet,
                "link": e.link,
                "title": e.title,
                "published_at": iso(e.published_at),
                "seen_at": iso(e.first_seen_at),
                "reason": e.reason,
                "hit": e.hit,
                "severity": e.severity.word if e.severity else None,
                "triage": e.triage,
            }
            for e in story.entries
        ],
    }


def delivery_row(delivery: Delivery, now: datetime) -> dict[str, Any]:
    """Return the JSON object for a delivery.

    Args:
        delivery: The stored delivery.
        now: The current time; the reason in words mentions times relative to it.
    """
    return {
        "id": delivery.id,
        "destination": delivery.destination,
        "kind": str(delivery.kind),
        "state": str(delivery.state),
        "attempts": delivery.attempts,
        "due_at": iso(delivery.due_at),
        "sent_at": iso(delivery.sent_at),
        "reason": delivery_reason(delivery, zone=UTC, now=now),
    }


def silence_row(silence: Silence, ended_by: str) -> dict[str, Any]:
    """Return the JSON object for a silence.

    Args:
        silence: The stored silence.
        ended_by: The person who ended it early; empty: nobody did.
    """
    return {
        "id": silence.id,
        "subject": silence.subject,
        "name": silence.name,
        "author": silence.author,
        "why": silence.why,
        "created_at": iso(silence.created_at),
        "until": iso(silence.until),
        "ended_by": ended_by or None,
    }
