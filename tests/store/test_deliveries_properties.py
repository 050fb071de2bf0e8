"""Whatever order things happen in, the outbox loses nothing and sends nothing that was sent."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.effort import examples
from support.store_samples import NOW, put_hit

from monitor.model import Decision, DeliveryKind, Verdict, story_group
from monitor.model.reason import Dropped, GivenUp
from monitor.store import open_writer, write
from monitor.store.db.statements import rows
from monitor.store.deliveries import (
    drop,
    due_destinations,
    give_up,
    lease,
    next_delivery_due,
    record_failed,
    record_sent,
    record_unknown,
    recover,
    retry,
)
from monitor.store.delivery_list import load_delivery
from monitor.store.outbox import enqueue

DESTINATIONS = st.sampled_from(["slack", "mail"])

UNCARRIED = """
SELECT d.hit_id FROM decisions d
LEFT JOIN delivery_hits h ON h.delivery_id = d.delivery_id AND h.hit_id = d.hit_id
WHERE (d.verdict = 'suppress') <> (h.hit_id IS NULL)
"""
OPEN_TWICE = """
SELECT destination FROM deliveries WHERE state = 'open'
GROUP BY destination, kind, group_by, group_id HAVING count(*) > 1
"""
IN_STATE = "SELECT id FROM deliveries WHERE state = :state"
MISCOUNTED = """
SELECT id FROM deliveries d WHERE attempts <> (SELECT count(*) FROM attempts a WHERE a.delivery_id = d.id)
OR (state = 'in flight') <> EXISTS (SELECT 1 FROM attempts a WHERE a.delivery_id = d.id AND outcome IS NULL)
"""


@settings(max_examples=examples(25), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
class Outbox(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = open_writer(Path(self.folder.name) / "monitor.db")
        self.now = NOW
        self.flying = {}  # id -> Delivery as leased
        self.sent = set()
        self.doubtful = set()  # ids with an attempt that may have been accepted

    def teardown(self):
        self.db.close()
        self.folder.cleanup()

    def each_id(self, state):
        return {row["id"] for row in rows(self.db, IN_STATE, {"state": state})}

    @rule(to=DESTINATIONS, group=st.sampled_from([1, 2]), verdict=st.sampled_from(Verdict), wait_s=st.integers(0, 9))
    def decide(self, to, group, verdict, wait_s):
        hit = put_hit(self.db, str(len(rows(self.db, "SELECT id FROM hits"))))
        due_at = None if verdict is Verdict.SUPPRESS else self.now + timedelta(seconds=wait_s)
        with write(self.db):
            decision = Decision(to, verdict, (), due_at)
            enqueue(self.db, hit, decision, kind=DeliveryKind.ALERT, group=story_group(group), now=self.now)

    @rule(to=DESTINATIONS)
    def lease(self, to):
        due = to in due_destinations(self.db, self.now)
        with write(self.db):
            taken = lease(self.db, to, self.now, 60)
        assert (taken is not None) == due
        if taken:
            assert taken.possible_repeat == (taken.id in self.doubtful)
            self.flying[taken.id] = taken

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), outcome=st.sampled_from(["sent", "failed", "unknown"]))
    def record(self, data, outcome):
        taken = self.flying.pop(data.draw(st.sampled_from(sorted(self.flying))))
        again = {"retry_at": self.now + timedelta(seconds=2), "now": self.now}
        with write(self.db):
            match outcome:
                case "sent":
                    assert record_sent(self.db, taken, self.now)
                    self.sent.add(taken.id)
                case "failed":
                    assert record_failed(self.db, taken, "refused", **again)
                case _:
                    assert record_unknown(self.db, taken, "no answer", **again)
                    self.doubtful.add(taken.id)

    @rule()
    def crash(self):
        path = self.db.path
        self.db.close()
        self.db = open_writer(path)
        with write(self.db):
            assert recover(self.db, self.now) == len(self.flying)
        self.doubtful |= set(self.flying)
        self.flying = {}

    @rule(seconds=st.integers(1, 9))
    def pass_time(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(number=st.integers(1, 6), act=st.sampled_from(["give_up", "drop", "retry"]))
    def act(self, number, act):
        with write(self.db):
            match act:
                case "give_up":
                    give_up(self.db, number, GivenUp("refused"))
                case "drop":
                    drop(self.db, number, Dropped("ana", ""))
                case _:
                    retry(self.db, number, self.now)

    @invariant()
    def every_hit_to_be_sent_is_in_a_delivery(self):
        assert rows(self.db, UNCARRIED) == []

    @invariant()
    def a_group_has_one_open_delivery_at_most(self):
        assert rows(self.db, OPEN_TWICE) == []

    @invariant()
    def what_was_sent_stays_sent_and_nothing_else_is(self):
        assert self.each_id("sent") == self.sent

    @invariant()
    def what_is_in_flight_was_leased_and_has_one_attempt_under_way(self):
        assert self.each_id("in flight") == set(self.flying)
        assert rows(self.db, MISCOUNTED) == []

    @invariant()
    def whatever_waits_has_its_moment(self):
        waits = self.each_id("open") | self.each_id("pending") | set(self.flying)
        moments = [load_delivery(self.db, n).due_at for n in waits - set(self.flying)]
        assert (next_delivery_due(self.db) is None) == (not waits)
        assert not moments or next_delivery_due(self.db) <= min(moments)


TestOutbox = Outbox.TestCase
