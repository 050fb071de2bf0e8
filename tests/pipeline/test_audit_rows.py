"""The audit record of a recorded week: complete, and in agreement with what was sent."""

from __future__ import annotations

import pytest
from support.recorded_week import RecordedWeek, published_entries
from support.store_samples import NOW

from monitor.pipeline.audit_rows import audit_row
from monitor.store import open_writer
from monitor.store.audit import AuditQuery, list_records
from monitor.store.db.statements import rows

DESTINATIONS = ("duty", "mail", "phone", "slack")


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week")
    with open_writer(folder / "monitor.db") as db:
        RecordedWeek(folder, db, published_entries(40)).live()
        yield db


@pytest.fixture(scope="module")
def record(week):
    return list_records(week, AuditQuery(limit=None, destinations=DESTINATIONS))


def test_every_hit_and_every_destination_is_there(week, record):
    hits = [row["id"] for row in rows(week, "SELECT id FROM hits")]
    assert len(hits) > 10
    assert {(r.hit, r.destination) for r in record} == {(hit, name) for hit in hits for name in DESTINATIONS}


def test_a_destination_is_notified_of_exactly_what_it_was_sent(week, record):
    sent = rows(
        week, "SELECT c.hit_id, l.destination FROM delivery_hits c JOIN deliveries l ON l.id = c.delivery_id "
        "WHERE l.state = 'sent'"
    )  # fmt: skip
    assert sent
    assert {(r.hit, r.destination) for r in record if r.notified} == {(s["hit_id"], s["destination"]) for s in sent}


def test_each_record_says_when_and_why(record):
    shown = [audit_row(r, NOW) for r in record]
    assert all(row["reason"] and row["decided_at"] for row in shown)
    assert all(bool(row["sent_at"]) == (row["notified"] == "yes") for row in shown)
    reasons = " | ".join(row["reason"] for row in shown)
    for part in ("no matching rule sends to this destination", "digest", "quiet hours", "rules theft", "severity"):
        assert part in reasons, part
    assert {row["kind"] for row in shown} >= {"alert", "digest", "escalation"}
