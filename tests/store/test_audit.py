"""The audit record against the union of everything, sorted and cut."""

from __future__ import annotations

import random

import pytest
from support.effort import examples
from support.store_samples import MATCHED, after, put_hit

from monitor.model import Decision, DeliveryKind, Verdict, story_group
from monitor.store import write
from monitor.store.audit import AuditQuery, list_records
from monitor.store.db.statements import rows, stored
from monitor.store.outbox import enqueue

_ALL = """
SELECT r.hit_id AS hit, r.destination, r.delivery_id AS delivery, r.verdict, r.at FROM (
    SELECT hit_id, destination, verdict, decided_at AS at, delivery_id FROM decisions
    UNION ALL
    SELECT c.hit_id, l.destination, NULL, l.created_at, l.id
    FROM delivery_hits c JOIN deliveries l ON l.id = c.delivery_id
    WHERE NOT EXISTS (SELECT 1 FROM decisions x WHERE x.hit_id = c.hit_id AND x.delivery_id = c.delivery_id)
    UNION ALL
    SELECT id, NULL, NULL, seen_at, NULL FROM hits
    WHERE id NOT IN (SELECT hit_id FROM decisions) AND id NOT IN (SELECT hit_id FROM delivery_hits)) r
WHERE (:since IS NULL OR r.at >= :since) AND (:until IS NULL OR r.at <= :until)
  AND (:destination IS NULL OR r.destination = :destination)
ORDER BY r.at DESC, r.hit_id DESC, r.destination, r.delivery_id LIMIT :limit
"""


@pytest.fixture
def filled(db):
    dice = random.Random(2)
    for n in range(40):
        hit, now = put_hit(db, str(n), seen_s=n // 2 * 60), after(n // 2 * 60)
        with write(db):
            for name in dice.sample(("slack", "mail"), dice.randint(0, 2)):
                decision = Decision(name, Verdict.SEND, MATCHED, now)
                enqueue(db, hit, decision, kind=DeliveryKind.ALERT, group=story_group(hit), now=now)
            if dice.random() < 0.4:  # an escalation, which no decision of the hit made
                later = after(n // 2 * 60 + dice.choice((0, 600)))
                added = db.execute(
                    "INSERT INTO deliveries (destination, kind, group_by, group_id, state, created_at, due_at) "
                    "VALUES (?, 'escalation', 'hit', ?, 'open', ?, ?)",
                    (dice.choice(("mail", "pager")), hit, stored(later), stored(later)),
                )
                db.execute("INSERT INTO delivery_hits VALUES (?, ?)", (added.lastrowid, hit))
    return db


def test_the_newest_records_are_those_of_the_whole(filled):
    dice = random.Random(3)
    for _ in range(examples(400)):
        query = AuditQuery(
            after(dice.randint(-60, 1300)) if dice.random() < 0.5 else None,
            after(dice.randint(-60, 2000)) if dice.random() < 0.5 else None,
            dice.choice((None, "slack", "pager", "nobody")),
            dice.choice((1, 3, 10, 1000)),
        )
        values = {"since": stored(query.since), "until": stored(query.until), "destination": query.destination}
        expected = rows(filled, _ALL, values | {"limit": query.limit})
        found = [
            {"hit": r.hit, "destination": r.destination, "delivery": r.delivery, "verdict": r.verdict,
             "at": stored(r.decided_at)}
            for r in list_records(filled, query)
        ]  # fmt: skip
        assert found == expected, query


def test_every_hit_has_a_record_for_every_destination(filled):
    names = ("mail", "pager", "slack", "unused")
    found = list_records(filled, AuditQuery(limit=None, destinations=names))
    pairs = {(r.hit, r.destination) for r in found}
    assert pairs == {(hit["id"], name) for hit in rows(filled, "SELECT id FROM hits") for name in names}
    unnamed = [(r.hit, r.destination) for r in found if not r.is_named]
    assert len(unnamed) == len(set(unnamed))
    assert not set(unnamed) & {(r.hit, r.destination) for r in found if r.is_named}
    assert [r.destination for r in found if not r.is_named and r.hit == 1].count("unused") == 1


def test_the_newest_records_of_all_destinations_are_those_of_the_whole(filled):
    names = ("mail", "unused", "slack")
    whole = list_records(filled, AuditQuery(limit=None, destinations=names))
    assert [stored(r.decided_at) for r in whole] == sorted((stored(r.decided_at) for r in whole), reverse=True)
    for limit in (1, 2, 7, 50, 1000):
        assert list_records(filled, AuditQuery(limit=limit, destinations=names)) == whole[:limit]
    for name in (*names, "pager"):
        part = list_records(filled, AuditQuery(destination=name, limit=None, destinations=names))
        assert part == [r for r in whole if r.destination == name]
