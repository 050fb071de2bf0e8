from support.store_samples import NOW, after

from monitor.model import Escalation
from monitor.store import write
from monitor.store.housekeeping import bring_forward
from monitor.store.timers import (
    ESCALATION,
    Timer,
    cancel_escalations,
    cancel_timer,
    list_timers,
    set_escalation,
    set_timer,
    take_due,
)

HEARTBEAT = "heartbeat"
TO_PHONE = Escalation(900, ("phone",))


def put(db, *, due_s=0.0, set_s=0.0, spec="09:00"):
    with write(db):
        set_timer(db, HEARTBEAT, due_at=after(due_s), now=after(set_s), spec=spec)


def put_escalation(db, story, *, rule="thefts", due_s=0.0, set_s=0.0):
    with write(db):
        set_escalation(db, Timer(ESCALATION, after(set_s), after(due_s), "", story, rule, TO_PHONE))


def taken(db, at_s):
    with write(db):
        return [(timer.kind, timer.story) for timer in take_due(db, after(at_s))]


def test_due_timers_are_taken_once_the_longest_overdue_first(db):
    put(db, due_s=20)
    put_escalation(db, 7, due_s=10)
    put_escalation(db, 8, due_s=30)
    assert taken(db, 20) == [(ESCALATION, 7), (HEARTBEAT, 0)]
    assert taken(db, 25) == []


def test_a_recurring_timer_that_is_set_again_has_one_moment(db):
    put(db, due_s=10, spec="old")
    put(db, due_s=99, set_s=5, spec="new")
    assert list_timers(db) == [Timer(HEARTBEAT, after(5), after(99), "new")]


def test_an_escalation_keeps_its_first_moment_and_its_recipients(db):
    put_escalation(db, 7, due_s=10)
    put_escalation(db, 7, due_s=99)
    assert list_timers(db) == [Timer(ESCALATION, NOW, after(10), "", 7, "thefts", TO_PHONE)]


def test_a_timer_can_be_cancelled(db):
    put(db)
    with write(db):
        assert [cancel_timer(db, HEARTBEAT) for _ in range(2)] == [True, False]
    assert taken(db, 10) == []


def test_all_escalations_of_a_story_are_cancelled_together(db):
    for story, rule in ((7, "thefts"), (7, "any"), (8, "thefts")):
        put_escalation(db, story, rule=rule)
    with write(db):
        assert cancel_escalations(db, 7) == 2
    assert taken(db, 10) == [(ESCALATION, 8)]


def test_a_timer_that_a_clock_ahead_has_set_does_not_wait_for_that_day(db):
    put_escalation(db, 7, set_s=86_400, due_s=87_300)
    put_escalation(db, 8, due_s=900)
    with write(db):
        assert bring_forward(db, NOW) == 1
    assert taken(db, 0) == [(ESCALATION, 7)]
