from support.store_samples import MATCHED, NOW, after, put_delivery, put_hit

from monitor.model import NO_GROUP, DeliveryKind, Group, GroupBy, NewDelivery, Severity
from monitor.model.reason import CombinedIntoDigest
from monitor.store import write
from monitor.store.combining import Failed, combine, failed_deliveries, waiting_alerts
from monitor.store.deliveries import lease, record_failed, record_unknown
from monitor.store.delivery_list import list_deliveries, load_delivery
from monitor.store.hits import load_hit
from monitor.store.notification_history import StoryNotification, notifications_of_story, record_notified
from monitor.store.outbox import decisions_of, hits_of, open_delivery


def put_digest(db) -> int:
    with write(db):
        return open_delivery(db, NewDelivery("slack", DeliveryKind.DIGEST, Group(GroupBy.DIGEST), after(60)), NOW)


def tried(db, delivery_s=0.0, *, record=record_failed):
    with write(db):
        taken = lease(db, "slack", after(delivery_s), 60)
        record(db, taken, "refused", retry_at=after(delivery_s + 30), now=after(delivery_s))
    return taken.id


def test_the_hits_of_several_deliveries_are_moved_into_one(db):
    hits = [put_hit(db, key) for key in "123"]
    numbers = [put_delivery(db, hit, group=hit) for hit in hits]
    digest = put_digest(db)
    with write(db):
        story = load_hit(db, hits[0]).story
        record_notified(db, StoryNotification(story, "slack", hits[0], Severity.CRITICAL, 1, numbers[0]))
        combine(db, [*numbers, digest], digest, (CombinedIntoDigest(),))
    assert [hit.id for hit in hits_of(db, digest)] == hits
    assert [load_delivery(db, number) for number in numbers] == [None] * 3
    (decided,) = decisions_of(db, hits[0])
    assert (decided.delivery, decided.decision.reasons) == (digest, (*MATCHED, CombinedIntoDigest()))
    assert notifications_of_story(db, story)["slack"].kind is DeliveryKind.DIGEST


def test_a_possible_repeat_stays_one(db):
    put_delivery(db, put_hit(db))
    number, digest = tried(db, record=record_unknown), put_digest(db)
    with write(db):
        combine(db, [number], digest, ())
    assert load_delivery(db, digest).possible_repeat


def test_those_failed_deliveries_are_found_with_when_the_first_was_tried(db):
    for key, due_s in (("1", 0), ("2", 5), ("3", 9)):
        put_delivery(db, put_hit(db, key), group=int(key), due_s=due_s)
    assert failed_deliveries(db, "slack") is None
    first, second = tried(db), tried(db, 5)
    assert failed_deliveries(db, "slack") == Failed((first, second), NOW, "refused")
    assert failed_deliveries(db, "mail") is None


def test_those_that_wait_are_alerts_due_later_than_now_up_to_a_moment(db):
    for key, due_s in (("1", 0), ("2", 60), ("3", 300), ("4", 301)):
        put_delivery(db, put_hit(db, key), group=int(key), due_s=due_s)
    put_digest(db)
    waiting = waiting_alerts(db, "slack", until=after(300), now=NOW)
    assert [load_delivery(db, number).group.id for number in waiting] == [2, 3]
    assert len(list_deliveries(db, ["open"])) == 5


def test_a_correction_stays_a_message_of_its_own(db):
    with write(db):
        for due_s in (0, 60):
            open_delivery(db, NewDelivery("slack", DeliveryKind.CORRECTION, NO_GROUP, after(due_s)), NOW)
    assert waiting_alerts(db, "slack", until=after(300), now=NOW) == []
    tried(db)
    assert failed_deliveries(db, "slack") is None
