"""More hits than anybody can read: each destination within its limit, every hit recorded, none dropped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.effort import examples
from support.newsroom import HOUR, MINUTE, Newsroom, decisions, sent

from monitor.store.db.statements import rows

THREE = """
[destinations.desk]
url = "console://"
max_per_hour = 20
[destinations.pager]
url = "console://"
max_per_hour = 1
[destinations.mail]
url = "console://"
"""

HITS = examples(1000)

# first names and places make a thousand events that have nothing in common
NAMES = [
    f"{a}{b}{c}" for a in ("Bor", "Cal", "Den", "Fir", "Gol") for b in "aeiou" for c in ("ven", "dar", "mis", "tok")
]


def events(number: int) -> list[str]:
    """Return so many headlines of which no two report the same event."""
    return [
        f"Night Heron robs {NAMES[n % 100]}{NAMES[(n * 7 + n // 100) % 100].lower()} of ${n + 2}.{n % 9 + 1} million"
        for n in range(number)
    ]


def most_within(span: timedelta, moments) -> int:
    """Return how many of *moments* lie in the fullest span of that length."""
    return max((sum(at <= other < at + span for other in moments) for at in moments), default=0)


@pytest.fixture
def newsroom(tmp_path, simulated_clock):
    more = THREE.replace("[destinations.desk]", "[alerts]\nstorm = 30\n[destinations.desk]", 1)
    with Newsroom(tmp_path, simulated_clock, ["wire"], more) as opened:
        path = opened._path
        path.write_text(path.read_text().replace('["desk"]', '["desk", "pager", "mail"]'))
        yield opened


async def test_many_hits_in_a_minute_stay_within_every_limit_and_none_is_dropped(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 20 * MINUTE)
        for number in range(4):
            newsroom.publish("wire", *events(HITS)[number * HITS // 4 : (number + 1) * HITS // 4])
            await daemon.poll_now()
            newsroom.clock.now += timedelta(seconds=15)
        await newsroom.run_for(daemon, 3 * HOUR)
        messages = await sent(daemon)
        sent_hits = await daemon.ask(
            lambda db: rows(
                db,
                "SELECT d.destination, count(DISTINCT c.hit_id) AS hits FROM deliveries d "
                "JOIN delivery_hits c ON c.delivery_id = d.id WHERE d.state = 'sent' GROUP BY 1",
            )
        )
        assert len(await decisions(daemon)) == 3 * HITS
    assert {row["destination"]: row["hits"] for row in sent_hits} == dict.fromkeys(("desk", "pager", "mail"), HITS)
    by = {name: [m.at for m in messages if m.destination == name] for name in ("desk", "pager", "mail")}
    assert most_within(HOUR, by["desk"]) <= 20
    assert most_within(HOUR, by["pager"]) <= 1
    assert most_within(5 * MINUTE, by["mail"]) <= 30


async def test_a_storm_takes_along_what_waits_and_says_what_it_is(newsroom):
    async with newsroom.daemon() as daemon:
        await newsroom.run_for(daemon, 20 * MINUTE)
        newsroom.publish("wire", *events(40))
        await daemon.poll_now()
        await newsroom.run_for(daemon, HOUR)
        mails = [message for message in await sent(daemon) if message.destination == "mail"]
        reasons = [reason for _, reason in await decisions(daemon)]
    assert [(mail.kind, mail.hits, mail.why) for mail in mails] == [
        ("summary", 40, "alert storm: more than 30 alerts in 5 min")
    ]
    assert (
        reasons.count(
            "rule named; waits 90 s for more reports of the story; alert storm: more than 30 alerts in 5 min;"
            " combined into one summary"
        )
        == 30
    )
