from support.store_samples import NOW, after, put_delivery, put_hit

from monitor.model import DeliveryKind
from monitor.store import write
from monitor.store.combining import Failed, alerts_that_wait, fold, that_failed
from monitor.store.deliveries import lease, list_deliveries, load_delivery, record_failed, record_unknown
from monitor.store.hits import load_hit
from monitor.store.notification_history import notifications_of_story, record_notified
from monitor.store.outbox import decisions_of, hits_of, open_delivery


def put_digest(db) -> int:
    with write(db):
        return open_delivery(db, "slack", kind=DeliveryKind.DIGEST, group_key="x", due_at=after(60), now=NOW)


def tried(db, delivery_s=0.0, *, record=record_failed):
    with write(db):
        taken = lease(db, "slack", after(delivery_s), 60)
        record(db, taken, "refused", retry_at=after(delivery_s + 30), now=after(delivery_s))
    return taken.id


def test_what_several_deliveries_carry_is_carried_by_one(db):
    hits = [put_hit(db, key) for key in "123"]
    numbers = [put_delivery(db, hit, group=f"story {hit}") for hit in hits]
    digest = put_digest(db)
    with write(db):
        story = load_hit(db, hits[0]).story
        record_notified(db, story, "slack", hit=hits[0], severity=4, outlets=1, delivery=numbers[0])
        fold(db, [*numbers, digest], digest, "in one digest")
    assert [hit.id for hit in hits_of(db, digest)] == hits
    assert [load_delivery(db, number) for number in numbers] == [None] * 3
    (decided,) = decisions_of(db, hits[0])
    assert (decided.delivery, decided.decision.reason) == (digest, "rule dprk-theft; in one digest")
    assert notifications_of_story(db, story)["slack"].kind is DeliveryKind.DIGEST


def test_a_possible_repeat_stays_one(db):
    put_delivery(db, put_hit(db))
    number, digest = tried(db, record=record_unknown), put_digest(db)
    with write(db):
        fold(db, [number], digest, "in one digest")
    assert load_delivery(db, digest).possible_repeat


def test_those_that_failed_are_found_with_when_the_first_was_tried(db):
    for key, due_s in (("1", 0), ("2", 5), ("3", 9)):
        put_delivery(db, put_hit(db, key), group=key, due_s=due_s)
    assert that_failed(db, "slack") is None
    first, second = tried(db), tried(db, 5)
    assert that_failed(db, "slack") == Failed((first, second), NOW, "refused")
    assert that_failed(db, "mail") is None


def test_those_that_wait_are_alerts_due_later_than_now_up_to_a_moment(db):
    for key, due_s in (("1", 0), ("2", 60), ("3", 300), ("4", 301)):
        put_delivery(db, put_hit(db, key), group=key, due_s=due_s)
    put_digest(db)
    waiting = alerts_that_wait(db, "slack", until=after(300), now=NOW)
    assert [load_delivery(db, number).group_key for number in waiting] == ["2", "3"]
    assert len(list_deliveries(db, ["open"])) == 5


def test_what_an_edit_took_back_stays_a_message_of_its_own(db):
    for key, due_s in (("1", 0), ("2", 60)):
        put_delivery(db, put_hit(db, key), group=f"edit {key} 2", due_s=due_s)
    assert alerts_that_wait(db, "slack", until=after(300), now=NOW) == []
    tried(db)
    assert that_failed(db, "slack") is None
