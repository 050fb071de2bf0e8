import pytest
from support.store_samples import after, put_delivery, put_hit

from monitor.model import DeliveryKind, NotifiedStory, Severity, story_group
from monitor.model.reason import Dropped
from monitor.store import write
from monitor.store.deliveries import drop, give_up, lease, record_sent
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


def note(db, story, hit, delivery, *, severity=HIGH, outlets=1, to="slack", actors=()) -> None:
    with write(db):
        record_notified(db, StoryNotification(story, to, hit, severity, outlets, delivery, actors))


def known_actors(db, story) -> set[str]:
    return set(notifications_of_story(db, story)["slack"].actors)


def test_every_actor_of_any_notification_is_known(db, story, hit, delivery):
    note(db, story, hit, delivery)
    assert known_actors(db, story) == set()
    note(db, story, hit, delivery, actors=["heron", "grebe"])
    note(db, story, hit, delivery, actors={"heron", "marsh"})
    assert known_actors(db, story) == {"heron", "grebe", "marsh"}


def test_the_actors_of_a_dead_delivery_are_not_known(db, story, hit, delivery):
    note(db, story, hit, delivery, actors=["heron"])
    with write(db):
        assert give_up(db, delivery, Dropped("ana", "because"))
    other = put_hit(db, "2")
    note(db, story, other, put_delivery(db, other, due_s=190), actors=["grebe"])
    assert known_actors(db, story) == {"grebe"}


def test_the_notifications_of_a_story_are_known_by_destination(db, story, hit, delivery):
    note(db, story, hit, delivery)
    assert notifications_of_story(db, story) == {
        "slack": NotifiedStory(hit, HIGH, 1, DeliveryKind.ALERT, story_group(1), after(90), True)
    }
    assert notifications_of_story(db, story + 1) == {}


def test_the_first_hit_stays_and_the_rest_only_grows(db, story, hit, delivery):
    note(db, story, hit, delivery, outlets=3)
    note(db, story, put_hit(db, "2"), delivery, severity=LOW, outlets=2)
    notified = notifications_of_story(db, story)["slack"]
    assert (notified.hit, notified.severity, notified.outlets) == (hit, HIGH, 3)
    with write(db):
        record_outlets(db, story, "slack", 5)
    assert notifications_of_story(db, story)["slack"].outlets == 5


def test_a_leased_delivery_is_not_open(db, story, hit, delivery):
    note(db, story, hit, delivery)
    with write(db):
        assert record_sent(db, lease(db, "slack", after(90), 60), after(91))
    notified = notifications_of_story(db, story)["slack"]
    assert (notified.is_open, notified.due_at) == (False, None)


@pytest.mark.parametrize(("end", "known"), [(give_up, set()), (drop, {"slack"})], ids=["dead", "dropped"])
def test_a_dead_delivery_notified_nobody_and_a_dropped_one_counts(db, story, hit, delivery, end, known):
    note(db, story, hit, delivery)
    with write(db):
        assert end(db, delivery, Dropped("ana", "because"))
    assert set(notifications_of_story(db, story)) == known
