from __future__ import annotations

import gzip
import random
from time import process_time

import pytest

from monitor.errors import FeedError, FeedState
from monitor.feeds.text.gzip_data import unpacked_gzip

PLAIN = random.Random(1).randbytes(40_000)
PACKED = gzip.compress(PLAIN)


@pytest.mark.parametrize("end", [b"", b"garbage", b"\0" * 9, b"\x1f\x8bgarbage"])
def test_what_follows_the_data_is_ignored(end: bytes) -> None:
    assert unpacked_gzip(PACKED + PACKED + end, 10**6) == PLAIN + PLAIN


def test_the_readable_part_of_damaged_data_is_returned() -> None:
    body = gzip.compress(b"x" * 9_000 + PLAIN)
    damaged = unpacked_gzip(body[:30_000] + b"\xff" * 40 + body[30_040:], 10**6)
    assert damaged.startswith(b"x" * 9_000 + PLAIN[:9_000])
    assert unpacked_gzip(PACKED[:20_000], 10**6) == PLAIN[: len(unpacked_gzip(PACKED[:20_000], 10**6))]


def test_no_more_than_the_limit_is_returned() -> None:
    assert len(unpacked_gzip(gzip.compress(bytes(10**6)), 1_000)) == 1_000


def test_many_members_take_no_long_time() -> None:
    began = process_time()
    assert len(unpacked_gzip(gzip.compress(b"x") * 100_000, 10**6)) == 10_000
    assert process_time() - began < 2


def test_data_that_gives_nothing_is_unreadable() -> None:
    with pytest.raises(FeedError, match="damaged") as caught:
        unpacked_gzip(b"\x1f\x8bno gzip", 10**6)
    assert caught.value.state is FeedState.UNREADABLE
