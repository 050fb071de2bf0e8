import pytest
from support.store_samples import MATCHED, NOW, after, put_delivery, put_hit

from monitor.model import Decision, DeliveryKind, DeliveryState, Severity, Verdict, story_group
from monitor.model.reason import BelowMinSeverity
from monitor.store import write
from monitor.store.deliveries import lease
from monitor.store.delivery_list import load_delivery
from monitor.store.outbox import RecordedDecision, decisions_of, enqueue, hits_of

REFUSAL = Decision("mail", Verdict.SUPPRESS, (BelowMinSeverity("mail", Severity.LOW, Severity.HIGH),))


def hits_in(db, delivery) -> list[int]:
    return [hit.id for hit in hits_of(db, delivery)]


def test_a_hit_opens_a_delivery_that_carries_it(db):
    hit = put_hit(db)
    delivery = put_delivery(db, hit, due_s=90)
    assert hits_in(db, delivery) == [hit]
    opened = load_delivery(db, delivery)
    assert (opened.state, opened.due_at, opened.created_at) == (DeliveryState.OPEN, after(90), NOW)


def test_hits_of_one_group_share_the_open_delivery(db):
    hits = [put_hit(db, key) for key in "123"]
    deliveries = {put_delivery(db, hit) for hit in hits}
    assert len(deliveries) == 1
    assert hits_in(db, deliveries.pop()) == hits


@pytest.mark.parametrize("due_s", [pytest.param(30, id="earlier"), pytest.param(300, id="later")])
def test_a_hit_that_joins_never_postpones_the_delivery(db, due_s):
    delivery = put_delivery(db, put_hit(db, "1"), due_s=90)
    put_delivery(db, put_hit(db, "2"), due_s=due_s)
    assert load_delivery(db, delivery).due_at == after(min(due_s, 90))


@pytest.mark.parametrize("other", [{"to": "mail"}, {"group": 2}], ids=["destination", "group"])
def test_a_delivery_is_for_one_destination_and_group(db, other):
    assert put_delivery(db, put_hit(db, "1")) != put_delivery(db, put_hit(db, "2"), **other)


def test_a_leased_delivery_cannot_be_joined(db):
    early = put_hit(db, "1")
    first = put_delivery(db, early)
    with write(db):
        lease(db, "slack", NOW, 60)
    late = put_hit(db, "2")
    second = put_delivery(db, late)
    assert (hits_in(db, first), hits_in(db, second)) == ([early], [late])


def test_a_refusal_opens_nothing_and_keeps_its_reason(db):
    hit = put_hit(db)
    with write(db):
        assert enqueue(db, hit, REFUSAL, kind=DeliveryKind.ALERT, group=story_group(1), now=NOW) is None
    assert decisions_of(db, hit) == [RecordedDecision(REFUSAL, NOW, None, None)]


def test_the_decisions_of_a_hit_say_what_became_of_each(db):
    hit = put_hit(db)
    delivery = put_delivery(db, hit, due_s=5, now_s=2)
    with write(db):
        enqueue(db, hit, REFUSAL, kind=DeliveryKind.ALERT, group=story_group(1), now=NOW)
    decision = Decision("slack", Verdict.SEND, MATCHED, after(5))
    sent = RecordedDecision(decision, after(2), delivery, DeliveryState.OPEN)
    assert decisions_of(db, hit) == [RecordedDecision(REFUSAL, NOW, None, None), sent]


def test_a_decision_without_a_moment_is_due_now(db):
    hit = put_hit(db)
    with write(db):
        decision = Decision("slack", Verdict.SEND, ())
        number = enqueue(db, hit, decision, kind=DeliveryKind.ALERT, group=story_group(1), now=NOW)
    assert load_delivery(db, number).due_at == NOW


def test_a_destination_decides_about_a_hit_once(db):
    hit = put_hit(db)
    put_delivery(db, hit)
    with pytest.raises(db.conn.IntegrityError):
        put_delivery(db, hit, group=2)


@pytest.mark.parametrize(
    ("verdict", "delivery"), [("send", None), ("join", None), ("hold", None), ("suppress", 1)], ids=str
)
def test_the_file_itself_refuses_a_decision_that_does_not_fit_its_delivery(db, verdict, delivery):
    hit = put_hit(db, "1")
    put_delivery(db, hit)
    sql = "INSERT INTO decisions VALUES (?, 'mail', ?, '[]', '', iif(? = 'suppress', NULL, ''), ?)"
    with pytest.raises(db.conn.IntegrityError, match="CHECK"):
        db.execute(sql, [hit, verdict, verdict, delivery])


def test_the_file_itself_refuses_a_second_open_delivery_of_a_group(db):
    put_delivery(db, put_hit(db))
    with pytest.raises(db.conn.IntegrityError, match="UNIQUE"):
        db.execute(
            "INSERT INTO deliveries (destination, kind, group_by, group_id, state, created_at, due_at)"
            " SELECT destination, kind, group_by, group_id, state, created_at, due_at FROM deliveries"
        )
