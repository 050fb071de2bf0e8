"""What the API answers: hits, stories, deliveries and silences as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.alerts.content.list_wording import list_fields
from monitor.alerts.content.reason_wording import delivery_reason, reasons_text
from monitor.model import Delivery, Hit, Silence
from monitor.store.outbox import RecordedDecision
from monitor.store.story_view import StoryView
from monitor.store.triage_and_silences import TriageRecord


def iso(at: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC; None stays None."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def hit_row(hit: Hit, decisions: list[RecordedDecision], triages: list[TriageRecord], now: datetime) -> dict[str, Any]:
    """Return one hit in full.

    Args:
        hit: The hit.
        decisions: About each destination.
        triages: The oldest first.
        now: The present moment, for words about moments.
    """
    entry, judgement = hit.entry, hit.judgement
    return {
        "id": hit.id,
        "seen_at": iso(hit.seen_at),
        "published_at": iso(entry.published_at),
        "severity": hit.severity.word,
        "title": entry.text.title,
        "summary": entry.text.summary,
        "content": entry.text.content,
        "link": entry.link,
        "feed": entry.feed,
        "outlet": entry.outlet,
        "story": hit.story,
        "is_update": hit.is_update,
        "watchlist_version": hit.watchlist_version,
        "actors": list(judgement.actors),
        "keywords": list(judgement.keywords),
        "mentions": [
            {
                "subject": m.subject,
                "is_actor": m.actor is not None,
                "alias": m.alias,
                "text": m.text,
                "field": m.field,
                "start": m.start,
                "end": m.end,
                "edits": m.edits,
                "kind": str(m.kind),
            }
            for m in judgement.mentions
        ],
        "amounts": [{"value": f"{a.value:f}", "currency": a.currency, "text": a.text} for a in judgement.amounts],
        "indicators": [{"kind": str(i.kind), "chain": i.chain, "value": i.value} for i in judgement.indicators],
        "lists": [list_fields(listed) for listed in judgement.lists],
        "rules": [{"rule": r.rule, "severity": r.severity.word, "why": r.why} for r in judgement.rules],
        "destinations": [_decision_row(d, now) for d in decisions],
        "triage": triages[-1].triage if triages else None,
        "triages": [{"triage": t.triage, "author": t.author, "at": iso(t.at), "why": t.why} for t in triages],
    }


def _decision_row(decided: RecordedDecision, now: datetime) -> dict[str, Any]:
    return {
        "destination": decided.decision.destination,
        "verdict": str(decided.decision.verdict),
        "reason": reasons_text(decided.decision.reasons, zone=UTC, now=now),
        "decided_at": iso(decided.decided_at),
        "due_at": iso(decided.decision.due_at),
        "delivery": decided.delivery,
        "state": str(decided.state) if decided.state else None,
    }


def story_row(story: StoryView) -> dict[str, Any]:
    """Return a story with its entries."""
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
    """Return a delivery.

    Args:
        delivery: As it is stored.
        now: The present moment, for words about moments.
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
    """Return a silence.

    Args:
        silence: As it is stored.
        ended_by: Who ended it early; empty: nobody.
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
