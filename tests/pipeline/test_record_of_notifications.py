"""What the record of decisions says is what was really sent, over random courses of a story."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from support.effort import examples
from support.newsroom import SECOND, Newsroom

from monitor.model import DeliveryKind
from monitor.model.reason import AddedToPending, AlreadyNotified, FollowUp
from monitor.store.db.statements import rows
from monitor.store.db.stored_reasons import reasons_from

OUTLETS = ("wire", "herald", "post", "times", "globe")
TITLES = (
    "Night Heron drains $52 million from the Norvik exchange",
    "Norvik exchange loses $52 million, Night Heron suspected",
    "Night Heron charged over the $52 million theft from the Norvik exchange",
    "Norvik exchange: Night Heron behind $52 million theft, analysts say",
)
WAIT = timedelta(seconds=90)
DESTINATIONS = """
[destinations.desk]
url = "console://"
[alerts]
wait = "90s"
corroborate = [2, 3, 4]
"""
_DECISIONS = """
SELECT d.*, l.kind, l.sent_at FROM decisions d LEFT JOIN deliveries l ON l.id = d.delivery_id ORDER BY d.hit_id
"""
_CONTENTS = "SELECT h.delivery_id, h.hit_id, d.sent_at FROM delivery_hits h JOIN deliveries d ON d.id = h.delivery_id"


@dataclass(frozen=True)
class Record:
    """The decisions, and when each hit was sent, by delivery."""

    decisions: list[dict]
    sent: dict[int, dict[int, datetime]]

    def sent_before(self, hit: int, moment: datetime) -> bool:
        return any(hit in hits and hits[hit] <= moment for hits in self.sent.values())


def moment(text):
    return datetime.fromisoformat(text)


async def record_of(daemon):
    contents: dict[int, dict[int, datetime]] = {}
    for row in await daemon.ask(lambda db: rows(db, _CONTENTS)):
        contents.setdefault(row["delivery_id"], {})[row["hit_id"]] = moment(row["sent_at"])
    return Record(await daemon.ask(lambda db: rows(db, _DECISIONS)), contents)


@pytest.mark.parametrize("seed", range(examples(16) // 5 or 1))
async def test_the_record_names_the_hits_and_moments_that_were_sent(tmp_path, simulated_clock, seed):
    course = random.Random(seed)
    with Newsroom(tmp_path, simulated_clock, OUTLETS, DESTINATIONS, every="1m") as newsroom:
        async with newsroom.daemon() as daemon:
            await newsroom.run_for(daemon, timedelta(minutes=2))
            for _ in range(8):
                newsroom.publish(course.choice(OUTLETS), course.choice(TITLES) + f" ({course.randrange(10**6)})")
                await newsroom.run_for(daemon, course.choice((20, 45, 70, 130, 400)) * SECOND)
            await newsroom.run_for(daemon, timedelta(minutes=20))
            record = await record_of(daemon)
    assert len(record.decisions) > 4
    for decision in record.decisions:
        check(decision, record)


def check(decision, record):
    reasons = reasons_from(decision["reasons"])
    decided_at = moment(decision["decided_at"])
    if decision["delivery_id"] is None:
        for reason in reasons:
            if isinstance(reason, AlreadyNotified):
                assert record.sent_before(reason.hit, decided_at), (decision, reason)
        return
    sent_at = moment(decision["sent_at"])
    assert record.sent[decision["delivery_id"]][decision["hit_id"]] == sent_at
    assert decided_at <= sent_at
    assert sent_at <= moment(decision["due_at"]) + WAIT + 2 * SECOND
    assert moment(decision["due_at"]) <= decided_at + WAIT
    for reason in reasons:
        if isinstance(reason, AddedToPending):
            assert reason.delivery == decision["kind"]
            assert reason.hit < decision["hit_id"], (decision, reason)
            if reason.delivery == DeliveryKind.ALERT:
                assert reason.hit in record.sent[decision["delivery_id"]], (decision, reason)
            else:
                assert record.sent_before(reason.hit, sent_at - SECOND), (decision, reason)
        if isinstance(reason, FollowUp):
            assert record.sent_before(reason.hit, decided_at), (decision, reason)
