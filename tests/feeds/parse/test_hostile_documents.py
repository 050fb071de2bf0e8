"""Hostile documents, in a worker: each ends, in little memory, with entries or a named failure."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.feed_samples import ONE_ITEM
from support.hostile_documents import ALL, KNOWN, OWN, RDF, made

from monitor.errors import FeedError, FeedState
from monitor.feeds.parse.document import parse_feed
from monitor.feeds.parse.workers import ParserPool, read_document, within_limits
from monitor.model import ParsedFeed

URL = "https://wire.example/rss"
HANGS_S = 60  # far more than the limits of a worker allow: only a hang is one
PEAK_MB = 300
NAMED = {FeedState.EMPTY, FeedState.NOT_A_FEED, FeedState.UNREADABLE}


def peak_mb() -> float:
    """Return the most memory that this process ever held."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def read_and_measure(body: bytes) -> tuple[int | str, float]:
    """Return how many entries there are or the state of the failure, and the peak of the process."""
    try:
        return outcome_of(read_document(body, "", URL, ())), peak_mb()
    except FeedError as error:
        return str(error.state), peak_mb()


def outcome_of(feed: ParsedFeed) -> int:
    """Return how many entries there are; each can be stored: its texts are text, its moments moments."""
    for entry in feed.entries:
        "".join((entry.id, entry.link, entry.author, *dict(entry.text.fields()).values())).encode()
        assert not entry.link or entry.link.startswith(("http://", "https://"))
    return len(feed.entries)


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    running = ParserPool(workers=1)
    # starting a process takes its time, and is none of the document's
    await running.parse(ONE_ITEM, "", URL)
    yield running
    await running.close()


def test_there_are_enough_of_them() -> None:
    assert len(OWN) >= 60
    assert len(KNOWN) >= 30


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
async def test_a_hostile_document_ends_by_itself_or_by_its_limits_in_little_memory_with_a_name(
    pool: ParserPool, name: str
) -> None:
    body = made(name)
    assert len(body) <= 5 * 1024 * 1024 + 1000
    try:
        async with asyncio.timeout(HANGS_S):
            outcome, peak = await pool.run(read_and_measure, body)
    except FeedError as error:
        outcome, peak = error.state, 0.0  # it was ended; what it could take is bounded by MEMORY_LIMIT
    assert isinstance(outcome, int) or FeedState(outcome) in NAMED
    assert peak <= PEAK_MB
    assert len((await pool.parse(ONE_ITEM, "", URL)).entries) == 1


async def test_a_process_that_reads_can_hold_no_more_than_it_may(pool: ParserPool) -> None:
    with pytest.raises(FeedError, match="more time or memory"):
        await pool.run(fill_memory, PEAK_MB - 60)


def fill_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024 * 1024))


# ---------------------------------------------------------------- mutated

SIMPLE = ("script in a title", "cdata with a mention", "utf-16 cut in a letter", "json of wrong types")
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/"><title>T</title><entry><id>1</id>
<link href="x"/><updated>2026-11-20T08:00:00Z</updated><content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml">a<b>c</b></div></content></entry></feed>"""
SEEDS = [ONE_ITEM, ATOM, RDF + b"<item rdf:about='x'><title>A</title></item></rdf:RDF>", *map(made, SIMPLE)]
PIECES = [b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"\0", b"\xff", b"&#xd800;", b"<item>", b"</item>"]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "double", "piece", "flip", "swap"]),
        st.floats(0, 1),
        st.floats(0, 1),
        st.sampled_from(PIECES),
    ),
    min_size=1,
    max_size=6,
)


def mutated(body: bytes, edits: list[tuple[str, float, float, bytes]]) -> bytes:
    for what, one, other, piece in edits:
        a, b = sorted((int(one * len(body)), int(other * len(body))))
        match what:
            case "cut":
                body = body[:a] + body[b:]
            case "double":
                body = body[:b] + body[a:b] * 3 + body[b:]
            case "piece":
                body = body[:a] + piece + body[a:]
            case "flip":
                body = body[:a] + bytes([(body[a] ^ 0x15) if a < len(body) else 0]) + body[a + 1 :]
            case _:
                body = body[b:] + body[a:b] + body[:a]
    return body[:50_000]


def assert_is_named(body: bytes) -> None:
    try:
        outcome_of(parse_feed(body, "", URL))
    except FeedError as error:
        if error.state not in NAMED:
            raise


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from(SEEDS), EDITS)
def test_a_mutated_feed_is_read_or_refused_by_name(seed: bytes, edits: list[tuple[str, float, float, bytes]]) -> None:
    assert_is_named(mutated(seed, edits))


@pytest.mark.slow
async def test_ten_thousand_mutated_feeds_are_read_or_refused_by_name_and_no_process_dies() -> None:
    dice = random.Random(20)
    kinds = ["cut", "double", "piece", "flip", "swap"]

    def edits() -> list[tuple[str, float, float, bytes]]:
        return [
            (dice.choice(kinds), dice.random(), dice.random(), dice.choice(PIECES)) for _ in range(dice.randint(1, 6))
        ]

    pool = ParserPool(workers=1, wall_limit_s=HANGS_S)
    try:
        for _ in range(100):
            assert await pool.run(all_named, [mutated(dice.choice(SEEDS), edits()) for _ in range(100)]) == 100
    finally:
        await pool.close()


def all_named(bodies: list[bytes]) -> int:
    """Check all of *bodies*, each with the processor time of one document, and return how many there are."""
    for body in bodies:
        within_limits(assert_is_named, body)
    return len(bodies)
