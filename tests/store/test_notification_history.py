import pytest
from support.store_samples import after, put_delivery, put_hit

from monitor.model import DeliveryKind, NotifiedStory, Severity, story_group
from monitor.model.reason import Dropped
from monitor.store import write
from monitor.store.deliveries import drop, kill, lease, record_sent
from monitor.store.hits import load_hit
from monitor.store.notification_history import (
    StoryNotification,
    notifications_of_story,
    record_notified,
    record_outlets,
)

LOW, HIGH = Severity.LOW, Severity.HIGH


@pytest.fixture
def hit(db) -> int:
    return put_hit(db)


@pytest.fixture
def delivery(db, hit) -> int:
    return put_delivery(db, hit, due_s=90)


@pytest.fixture
def story(db, hit) -> int:
    return load_hit(db, hit).story


def note(db, story, hit, delivery, *, severity=HIGH, outlets=1, to="slack") -> None:
    with write(db):
        record_notified(db, StoryNotification(story, to, hit, severity, outlets, delivery))


def test_a_story_is_known_to_those_who_were_told(db, story, hit, delivery):
    note(db, story, hit, delivery)
    assert notifications_of_story(db, story) == {
        "slack": NotifiedStory(hit, HIGH, 1, DeliveryKind.ALERT, story_group(1), after(90), True)
    }
    assert notifications_of_story(db, story + 1) == {}


def test_the_first_hit_stays_and_the_rest_only_grows(db, story, hit, delivery):
    note(db, story, hit, delivery, outlets=3)
    note(db, story, put_hit(db, "2"), delivery, severity=LOW, outlets=2)
    told = notifications_of_story(db, story)["slack"]
    assert (told.hit, told.severity, told.outlets) == (hit, HIGH, 3)
    with write(db):
        record_outlets(db, story, "slack", 5)
    assert notifications_of_story(db, story)["slack"].outlets == 5


def test_a_delivery_that_was_leased_can_be_joined_no_more(db, story, hit, delivery):
    note(db, story, hit, delivery)
    with write(db):
        assert record_sent(db, lease(db, "slack", after(90), 60), after(91))
    told = notifications_of_story(db, story)["slack"]
    assert (told.is_open, told.due_at) == (False, None)


@pytest.mark.parametrize(("end", "known"), [(kill, set()), (drop, {"slack"})], ids=["dead", "dropped"])
def test_what_died_told_nobody_and_what_a_person_dropped_is_over(db, story, hit, delivery, end, known):
    note(db, story, hit, delivery)
    with write(db):
        assert end(db, delivery, Dropped("ana", "because"))
    assert set(notifications_of_story(db, story)) == known
