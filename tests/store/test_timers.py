from support.store_samples import NOW, after

from monitor.store import write
from monitor.store.housekeeping import hasten
from monitor.store.timers import Timer, cancel_timer, list_timers, set_timer, take_due


def put(db, kind, key="", *, due_s=0.0, set_s=0.0, spec=""):
    with write(db):
        set_timer(db, kind, key, due_at=after(due_s), now=after(set_s), spec=spec)


def taken(db, at_s):
    with write(db):
        return [(timer.kind, timer.key) for timer in take_due(db, after(at_s))]


def test_what_is_due_is_taken_once_the_longest_overdue_first(db):
    put(db, "heartbeat", due_s=20)
    put(db, "escalation", "7", due_s=10)
    put(db, "escalation", "8", due_s=30)
    assert taken(db, 20) == [("escalation", "7"), ("heartbeat", "")]
    assert taken(db, 25) == []


def test_a_timer_that_is_set_again_has_one_moment(db):
    put(db, "heartbeat", due_s=10, spec="old")
    put(db, "heartbeat", due_s=99, set_s=5, spec="new")
    assert list_timers(db) == [Timer("heartbeat", "", after(5), after(99), "new")]


def test_a_timer_can_be_taken_back(db):
    put(db, "escalation", "7")
    with write(db):
        assert [cancel_timer(db, "escalation", "7") for _ in range(2)] == [True, False]
    assert taken(db, 10) == []


def test_a_timer_that_a_clock_ahead_has_set_does_not_wait_for_that_day(db):
    put(db, "escalation", "7", set_s=86_400, due_s=87_300)
    put(db, "escalation", "8", due_s=900)
    with write(db):
        assert hasten(db, NOW) == 1
    assert taken(db, 0) == [("escalation", "7")]
