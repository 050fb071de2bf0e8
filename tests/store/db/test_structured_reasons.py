"""The migration to structured reasons, from a database that the release before it wrote.

``databases/first_tables.db.gz`` holds deliveries of every kind, group and state, decisions, timers, incidents,
a silence and a triage.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts.content.reason_wording import delivery_reason, reasons_text
from monitor.alerts.render.notification import RenderOptions, render
from monitor.model import (
    Annotation,
    DeliveryKind,
    DeliveryState,
    Group,
    GroupBy,
    IncidentKey,
    IncidentKind,
    Verdict,
    story_group,
)
from monitor.model.reason import Corroborated, Recorded
from monitor.store import (
    Writer,
    deliveries,
    delivery_list,
    incidents,
    messages,
    open_writer,
    outbox,
    timers,
    triage_and_silences,
    write,
)
from monitor.store.db.statements import rows
from monitor.store.notification_history import notifications_of_story

OLD = Path(__file__).parent / "databases" / "first_tables.db.gz"
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
K, S = DeliveryKind, DeliveryState


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> Iterator[Writer]:
    path = tmp_path_factory.mktemp("old") / "monitor.db"
    path.write_bytes(gzip.decompress(OLD.read_bytes()))
    with open_writer(path) as upgraded:
        yield upgraded


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def all_deliveries(db):
    return {delivery.id: delivery for delivery in delivery_list.list_deliveries(db, set(DeliveryState))}


def test_every_open_delivery_keeps_its_kind_and_its_group(db):
    found = [(d.kind, d.group) for _, d in sorted(all_deliveries(db).items()) if d.destination == "open"]
    assert found == [
        (K.ALERT, story_group(1)),
        (K.ALERT, Group(GroupBy.HIT, 2)),
        (K.FOLLOW_UP, story_group(3)),
        (K.DIGEST, Group(GroupBy.DIGEST)),
        (K.DIGEST, Group(GroupBy.MISSED)),
        (K.SUMMARY, Group(GroupBy.SUMMARY)),
        (K.DIGEST, Group(GroupBy.OUTAGE)),
        (K.ESCALATION, story_group(7)),
        (K.CORRECTION, Group(GroupBy.NOTHING)),
        (K.HEALTH, Group(GroupBy.NOTHING)),
        (K.HEARTBEAT, Group(GroupBy.NOTHING)),
        (K.CANARY, Group(GroupBy.HIT, 9)),
    ]


def test_every_other_state_stays_with_its_reason(db):
    by_destination = {d.destination: d for d in all_deliveries(db).values()}
    stand = {
        to: (by_destination[to].state, delivery_reason(by_destination[to], zone=UTC, now=NOW))
        for to in ("pending", "doubtful", "sent", "dead", "flying", "dropped")
    }
    assert stand == {
        "pending": (S.PENDING, "the service answered 500"),
        "doubtful": (S.PENDING, "no answer within 60 s"),
        "sent": (S.SENT, ""),
        "dead": (S.DEAD, "given up: the service answered 500"),
        "flying": (S.IN_FLIGHT, ""),
        "dropped": (S.DROPPED, "dropped by ana: known campaign"),
    }
    assert by_destination["doubtful"].possible_repeat
    assert len(rows(db, "SELECT * FROM attempts")) == 6


def test_old_decisions_keep_their_words(db):
    first = outbox.decisions_of(db, 1)
    assert [(d.decision.destination, d.decision.verdict) for d in first] == [
        ("mail", Verdict.SUPPRESS),
        ("open", Verdict.HOLD),
    ]
    assert [reasons_text(d.decision.reasons, zone=UTC, now=NOW) for d in first] == [
        "severity low is below min_severity high of mail",
        "rule dprk-theft; waits 90 s for more of the story",
    ]
    assert {d.decision.verdict for hit in (2, 3) for d in outbox.decisions_of(db, hit)} == {
        Verdict.SEND,
        Verdict.JOIN,
        Verdict.HOLD,
    }


def test_what_each_message_says_stays_and_can_be_rendered(db):
    options = RenderOptions(zone=UTC, now=NOW)
    for delivery in all_deliveries(db).values():
        assert render(messages.message_of(db, delivery), options).title
    assert outbox.annotation_of(db, 3) == Annotation(reasons=(Recorded("3 outlets carry it"),))
    assert outbox.annotation_of(db, 9).lines[0].startswith("Update: the article was edited")
    assert outbox.annotation_of(db, 10) == Annotation("feed wire cannot be read", lines=("Cause: no answer",))


def test_stories_stay_notified(db):
    known = notifications_of_story(db, 10)
    assert set(known) == {"pending", "doubtful", "sent", "flying"}  # a dead delivery notified nobody
    assert notifications_of_story(db, 1)["open"].is_open


def test_the_actors_of_the_hits_of_which_a_destination_was_notified_are_known(db):
    assert {to: set(known.actors) for to, known in notifications_of_story(db, 1).items()} == {"open": {"lazarus"}}


def test_escalations_know_their_story_and_rule(db):
    assert [(t.kind, t.story, t.rule, t.due_at) for t in timers.list_timers(db)] == [
        ("escalation", 10, "dprk-theft", after(900)),
        ("escalation", 11, "rule with spaces", after(901)),
        ("heartbeat", 0, "", after(3600)),
        ("canary", 0, "", after(7200)),
    ]
    assert [t.spec for t in timers.list_timers(db)][2:] == ["09:00 UTC", "12:00 UTC"]


def test_every_incident_is_known_by_its_kind_and_subject(db):
    kind = IncidentKind
    found = incidents.load_incidents(db)
    assert set(found) == {
        IncidentKey(kind.FEED, "wire"),
        IncidentKey(kind.FEED, "two words"),
        IncidentKey(kind.SILENCE, "wire"),
        IncidentKey(kind.RENUMBERED, "wire"),
        IncidentKey(kind.FEEDS),
        IncidentKey(kind.DESTINATION, "dead"),
        IncidentKey(kind.GIVEN_UP, "dead", 16),
        IncidentKey(kind.CONFIGURATION),
        IncidentKey(kind.DISK),
        IncidentKey(kind.BACKUP),
        IncidentKey(kind.CANARY),
        IncidentKey(kind.CANARY, "open"),
    }
    assert found[IncidentKey(kind.FEED, "wire")].category == "timeout"
    assert found[IncidentKey(kind.FEED, "two words")].notified_in_group
    assert found[IncidentKey(kind.RENUMBERED, "wire")].ended_at == after(90)
    (dead,) = incidents.dead_letters(db)
    assert (dead.destination, dead.newest, dead.reason) == ("dead", 16, Recorded("given up: the service answered 500"))


def test_the_last_heartbeat_silences_and_triage_stay(db):
    assert incidents.last_heartbeat(db) == NOW
    assert [silence.name for silence in triage_and_silences.active_silences(db, NOW)] == ["heron"]
    assert rows(db, "SELECT triage, author, why FROM triages") == [{"triage": "noise", "author": "ana", "why": ""}]


def test_nothing_refers_to_what_is_not_there(db):
    assert rows(db, "PRAGMA foreign_key_check") == []
    assert rows(db, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert [
        row["name"] for row in rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '*s_new'")
    ] == []


def test_due_deliveries_are_sent_and_open_ones_can_still_be_joined(db):
    with write(db):
        assert deliveries.recover(db, after(1)) == 1
        leased = deliveries.lease(db, "flying", after(1), 60)
        assert leased
        assert leased.possible_repeat
        assert deliveries.record_sent(db, leased, after(2))
        outbox.annotate(db, 3, Annotation(reasons=(Corroborated(4),)))
    words = reasons_text(outbox.annotation_of(db, 3).reasons, zone=UTC, now=NOW)
    assert words == "3 outlets carry it; now reported by 4 outlets"
    assert "open" in deliveries.due_destinations(db, after(1))
    with write(db):
        sent = []
        while taken := deliveries.lease(db, "open", after(3600), 60):
            sent.append(taken.id)
            assert deliveries.record_sent(db, taken, after(3600))
    assert sorted(sent) == list(range(1, 13))
