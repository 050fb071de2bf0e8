import pytest
from support.store_samples import NOW, after, put_delivery, put_hit

from monitor.model import DeliveryKind, DeliveryState, NewDelivery, story_group
from monitor.model.reason import Dropped, GivenUp, NoDestination, TriagedAsNoise
from monitor.store import open_writer, write
from monitor.store.db.statements import rows
from monitor.store.deliveries import (
    drop,
    drop_follow_ups,
    due_destinations,
    expire_leases,
    give_up,
    keep_for_destination,
    lease,
    next_delivery_due,
    postpone,
    record_failed,
    record_sent,
    record_unknown,
    recover,
    retry,
)
from monitor.store.delivery_list import load_delivery
from monitor.store.outbox import open_delivery

OPEN, PENDING, IN_FLIGHT = DeliveryState.OPEN, DeliveryState.PENDING, DeliveryState.IN_FLIGHT
SENT, DEAD, DROPPED = DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.DROPPED
ATTEMPTS = "SELECT number, started_at, ended_at, outcome, detail FROM attempts ORDER BY delivery_id, number"

GIVEN_UP, DROPPED_BY_ANA = GivenUp("refused"), Dropped("ana", "")


@pytest.fixture
def delivery(db) -> int:
    return put_delivery(db, put_hit(db))


def leased(db, at_s=0, to="slack"):
    with write(db):
        return lease(db, to, after(at_s), 60)


def failed(db, taken, at_s=1, retry_s=5):
    with write(db):
        return record_failed(db, taken, "refused", retry_at=after(retry_s), now=after(at_s))


def unknown(db, taken, at_s=1, retry_s=5):
    with write(db):
        return record_unknown(db, taken, "no answer", retry_at=after(retry_s), now=after(at_s))


def sent(db, taken, at_s=1):
    with write(db):
        return record_sent(db, taken, after(at_s))


def outcomes(db) -> list[tuple[int, str | None]]:
    return [(row["number"], row["outcome"]) for row in rows(db, ATTEMPTS)]


def into(db, delivery, state):
    """Bring an open delivery into *state*."""
    taken = leased(db) if state in {PENDING, IN_FLIGHT, SENT} else None
    with write(db):
        match state:
            case DeliveryState.PENDING:
                record_failed(db, taken, "refused", retry_at=after(5), now=NOW)
            case DeliveryState.SENT:
                record_sent(db, taken, NOW)
            case DeliveryState.DEAD:
                give_up(db, delivery, GIVEN_UP)
            case DeliveryState.DROPPED:
                drop(db, delivery, DROPPED_BY_ANA)
    assert load_delivery(db, delivery).state is state


def test_a_leased_delivery_is_in_flight_for_the_first_time(db, delivery):
    taken = leased(db, at_s=3)
    assert taken == load_delivery(db, delivery)
    assert (taken.state, taken.attempts, taken.first_attempt_at) == (IN_FLIGHT, 1, after(3))
    assert not taken.possible_repeat


def test_a_delivery_is_leased_to_one_alone(db, delivery):
    assert leased(db) is not None
    assert leased(db) is None


def test_a_delivery_that_is_not_due_is_not_leased(db):
    put_delivery(db, put_hit(db), due_s=1)
    assert leased(db, at_s=0.999) is None
    assert leased(db, at_s=1) is not None


def test_a_lease_is_for_its_destination(db, delivery):
    assert leased(db, to="mail") is None
    assert due_destinations(db, NOW) == ["slack"]


def test_deliveries_leave_in_the_order_they_came(db):
    hits = [put_hit(db, key) for key in "123"]
    queued = [put_delivery(db, hit, group=hit) for hit in hits]
    assert [leased(db).id for _ in hits] == queued


def test_the_longest_overdue_leaves_first(db):
    late = put_delivery(db, put_hit(db, "1"), group=1, due_s=5)
    early = put_delivery(db, put_hit(db, "2"), group=2, due_s=4)
    assert [leased(db, at_s=9).id, leased(db, at_s=9).id] == [early, late]


def test_a_failing_delivery_does_not_hold_up_the_next(db):
    put_delivery(db, put_hit(db, "1"), group=1)
    second = put_delivery(db, put_hit(db, "2"), group=2)
    failed(db, leased(db), retry_s=5)
    assert leased(db, at_s=2).id == second


def test_a_sent_delivery_is_done(db, delivery):
    assert sent(db, leased(db), at_s=2)
    done = load_delivery(db, delivery)
    assert (done.state, done.sent_at, done.cause) == (SENT, after(2), "")
    assert next_delivery_due(db) is None
    assert outcomes(db) == [(1, "ok")]


def test_a_failed_delivery_waits_for_its_next_attempt(db, delivery):
    assert failed(db, leased(db), retry_s=5)
    waiting = load_delivery(db, delivery)
    assert (waiting.state, waiting.due_at, waiting.cause) == (PENDING, after(5), "refused")
    assert (leased(db, at_s=4), leased(db, at_s=5).attempts) == (None, 2)


def test_a_later_attempt_remembers_when_the_first_was(db, delivery):
    failed(db, leased(db, at_s=1))
    assert leased(db, at_s=9).first_attempt_at == after(1)


def test_a_refused_attempt_makes_no_repeat(db, delivery):
    failed(db, leased(db))
    assert not leased(db, at_s=5).possible_repeat


def test_an_attempt_of_unknown_outcome_makes_all_later_ones_possible_repeats(db, delivery):
    unknown(db, leased(db))
    second = leased(db, at_s=5)
    failed(db, second, at_s=6, retry_s=9)
    assert (second.possible_repeat, leased(db, at_s=9).possible_repeat) == (True, True)
    assert outcomes(db) == [(1, "unknown"), (2, "fail"), (3, None)]


def test_every_attempt_is_kept_with_its_outcome(db, delivery):
    failed(db, leased(db), at_s=1)
    assert rows(db, ATTEMPTS) == [
        {
            "number": 1,
            "started_at": "2026-11-22T10:00:00.000Z",
            "ended_at": "2026-11-22T10:00:01.000Z",
            "outcome": "fail",
            "detail": "refused",
        }
    ]


def test_a_crash_in_flight_is_sent_again_as_a_possible_repeat(db, path, delivery):
    leased(db)
    db.close()
    with open_writer(path) as restarted:
        with write(restarted):
            assert recover(restarted, after(3)) == 1
        again = leased(restarted, at_s=3)
        assert (again.id, again.attempts, again.possible_repeat) == (delivery, 2, True)
        assert outcomes(restarted) == [(1, "unknown"), (2, None)]


def test_recovering_touches_nothing_that_was_not_in_flight(db, delivery):
    failed(db, leased(db))
    before = load_delivery(db, delivery)
    with write(db):
        assert recover(db, after(3)) == 0
    assert load_delivery(db, delivery) == before


def test_a_lease_that_ran_out_is_taken_back_and_one_that_did_not_is_left(db):
    first = put_delivery(db, put_hit(db, "1"), group=1)
    second = put_delivery(db, put_hit(db, "2"), group=2)
    leased(db, at_s=0)
    leased(db, at_s=30)
    with write(db):
        assert expire_leases(db, after(60)) == 1
    assert load_delivery(db, first).possible_repeat
    assert [load_delivery(db, n).state for n in (first, second)] == [PENDING, IN_FLIGHT]
    assert outcomes(db) == [(1, "unknown"), (1, None)]


@pytest.mark.parametrize("record", [sent, failed, unknown])
def test_an_outcome_that_comes_after_the_lease_changes_nothing(db, delivery, record):
    late = leased(db)
    with write(db):
        expire_leases(db, after(60))
    current = leased(db, at_s=60)
    assert not record(db, late, at_s=61)
    assert load_delivery(db, delivery) == current
    assert outcomes(db) == [(1, "unknown"), (2, None)]


def test_the_next_moment_is_the_first_due_or_the_first_lease_to_end(db, delivery):
    put_delivery(db, put_hit(db, "2"), group=2, due_s=90)
    assert next_delivery_due(db) == NOW
    leased(db)
    assert next_delivery_due(db) == after(60)


def test_deliveries_of_a_destination_that_is_not_configured_wait_and_say_why(db, delivery):
    other = put_delivery(db, put_hit(db, "2"), to="mail")
    with write(db):
        assert keep_for_destination(db, "slack", before=after(-1), now=after(10)) == 0
    kept = load_delivery(db, delivery)
    assert (kept.state, kept.cause) == (OPEN, 'no destination called "slack"; waiting until there is one')
    assert load_delivery(db, other).cause == ""


def test_what_waited_too_long_for_a_destination_is_given_up(db, delivery):
    with write(db):
        assert keep_for_destination(db, "slack", before=NOW, now=after(10)) == 1
    dead = load_delivery(db, delivery)
    assert (dead.state, dead.end_reason) == (DEAD, NoDestination("slack"))


def test_an_open_delivery_can_be_postponed_but_never_hurried_so(db, delivery):
    with write(db):
        for due_s in (50, 20):
            postpone(db, delivery, after(due_s))
    assert load_delivery(db, delivery).due_at == after(50)


def test_pending_follow_ups_and_escalations_of_a_story_are_dropped_and_nothing_else(db):
    kinds = (DeliveryKind.FOLLOW_UP, DeliveryKind.ESCALATION, DeliveryKind.ALERT)
    with write(db):
        mine = [open_delivery(db, NewDelivery("slack", kind, story_group(7), NOW), NOW) for kind in kinds]
        other = open_delivery(db, NewDelivery("slack", DeliveryKind.FOLLOW_UP, story_group(8), NOW), NOW)
        assert drop_follow_ups(db, 7, TriagedAsNoise(1, "ana")) == 2
    states = [load_delivery(db, number).state for number in (*mine, other)]
    assert states == [DROPPED, DROPPED, OPEN, OPEN]


def test_a_retried_delivery_is_due_and_its_time_to_give_up_begins_anew(db, delivery):
    failed(db, leased(db))
    with write(db):
        give_up(db, delivery, GIVEN_UP)
        assert retry(db, delivery, after(500))
    again = leased(db, at_s=500)
    assert (again.attempts, again.first_attempt_at) == (2, after(500))


ACTS = {
    "give_up": lambda db, n: give_up(db, n, GIVEN_UP),
    "drop": lambda db, n: drop(db, n, DROPPED_BY_ANA),
    "retry": lambda db, n: retry(db, n, NOW),
}


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("give_up", {OPEN: DEAD, PENDING: DEAD}),
        ("drop", {OPEN: DROPPED, PENDING: DROPPED, DEAD: DROPPED}),
        ("retry", {PENDING: PENDING, DEAD: PENDING, DROPPED: PENDING}),
    ],
    ids=["give_up", "drop", "retry"],
)
@pytest.mark.parametrize("state", list(DeliveryState), ids=str)
def test_what_people_may_do_depends_on_the_state(db, delivery, act, allowed, state):
    into(db, delivery, state)
    with write(db):
        assert ACTS[act](db, delivery) is (state in allowed)
    assert load_delivery(db, delivery).state is allowed.get(state, state)


def test_an_unknown_delivery_is_none(db):
    assert load_delivery(db, 404) is None
    with write(db):
        assert not retry(db, 404, NOW)
