from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from support.patience import PATIENCE_S
from yarl import URL

from monitor.errors import HostPaused
from monitor.feeds.http import host_limits
from monitor.feeds.http.host_limits import HostLimits, host_of

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that advances only while the code under test sleeps."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def __call__(self) -> datetime:
        return NOW + timedelta(seconds=self.passed_s)

    def seconds(self) -> float:
        return self.passed_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.passed_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> HostLimits:
    return HostLimits(clock, seconds=clock.seconds, sleep=clock.sleep)


async def asks(
    queue: HostLimits, clock: Clock, host: str, spans: list[tuple[float, float]], pause_s: float = 1.5
) -> None:
    """Ask *host* something that takes two seconds, and note from when to when."""
    async with queue.slot(host, pause_s=pause_s):
        began = clock.passed_s
        await clock.sleep(2)
        spans.append((began, clock.passed_s))


async def test_a_host_gets_one_request_at_a_time_with_a_pause_between(queue: HostLimits, clock: Clock) -> None:
    spans: list[tuple[float, float]] = []
    await asyncio.gather(*(asks(queue, clock, "a", spans) for _ in range(3)))
    assert spans == [(0, 2), (3.5, 5.5), (7, 9)]


async def test_other_hosts_do_not_wait(queue: HostLimits, clock: Clock) -> None:
    async with queue.slot("a", pause_s=60):
        await asyncio.wait_for(asks(queue, clock, "b", []), PATIENCE_S)


async def test_a_failed_request_frees_its_slot(queue: HostLimits, clock: Clock) -> None:
    with pytest.raises(ValueError, match="broke"):
        async with queue.slot("a", pause_s=1):
            raise ValueError("broke")
    await asyncio.wait_for(asks(queue, clock, "a", []), PATIENCE_S)
    assert clock.passed_s == 3


async def test_a_paused_host_gets_no_requests_until_the_pause_ends(queue: HostLimits, clock: Clock) -> None:
    queue.pause("a", NOW + timedelta(seconds=30))
    queue.pause("a", NOW + timedelta(seconds=10))
    with pytest.raises(HostPaused, match="a asked for no requests until 2026-11-20 12:00:30 UTC"):
        await asks(queue, clock, "a", [])
    clock.passed_s = 30
    await asks(queue, clock, "a", [])


async def test_waiting_requests_are_cancelled_when_the_host_asks_for_a_pause(queue: HostLimits, clock: Clock) -> None:
    spans: list[tuple[float, float]] = []
    waiting = [asyncio.create_task(asks(queue, clock, "a", spans)) for _ in range(3)]
    await asyncio.sleep(0)
    queue.pause("a", NOW + timedelta(hours=1))
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), HostPaused, HostPaused]
    assert len(spans) == 1


async def test_only_pauses_that_have_not_ended_are_listed(queue: HostLimits, clock: Clock) -> None:
    queue.pause("a", NOW + timedelta(seconds=5))
    queue.pause("b", NOW + timedelta(seconds=50))
    clock.passed_s = 10
    assert dict(queue.paused()) == {"b": NOW + timedelta(seconds=50)}


async def test_idle_hosts_are_forgotten(queue: HostLimits, clock: Clock) -> None:
    for n in range(3 * host_limits._MAX_QUEUES):
        async with queue.slot(f"made-up-{n}", pause_s=0):
            pass
    assert len(queue._queues) <= host_limits._MAX_QUEUES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://chain.substack.com/feed", "https://other.substack.com/feed"),
        ("https://medium.com/feed/@a", "https://blog.medium.com/feed"),
        ("https://feeds.feedburner.com/a", "https://feedproxy.google.com/b"),
        ("https://github.com/a/b/releases.atom", "https://a.github.io/feed.xml"),
        ("https://www.reddit.com/r/a/.rss", "https://old.reddit.com/r/b/.rss"),
        ("https://www.coindesk.com/rss", "http://coindesk.com/other"),
        ("https://COINDESK.com./rss", "https://coindesk.com/rss"),
        ("https://bücher.example/rss", "https://xn--bcher-kva.example/rss"),
        ("http://127.0.0.1/a", "http://127.0.0.1:80/b"),
    ],
)
def test_two_addresses_of_one_host(one: str, other: str) -> None:
    assert host_of(URL(one)) == host_of(URL(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://notmedium.com/feed", "https://medium.com/feed"),
        ("https://medium.com.example/feed", "https://medium.com/feed"),
        ("https://www.google.com/alerts", "https://news.google.com/rss"),
        ("https://a.coindesk.com/", "https://b.coindesk.com/"),
        ("http://127.0.0.1:81/", "http://127.0.0.1:82/"),
        ("http://127.0.0.1/", "http://127.0.0.2/"),
        ("http://[::1]/", "http://[::2]/"),
    ],
)
def test_two_addresses_of_two_hosts(one: str, other: str) -> None:
    assert host_of(URL(one)) != host_of(URL(other))
