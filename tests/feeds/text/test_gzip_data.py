from __future__ import annotations

import gzip
import random
import zlib

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


def test_each_of_many_members_is_given_a_few_bytes_and_not_all_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    original = zlib.decompressobj

    class Counted:
        def __init__(self, wbits: int) -> None:
            self._unpacker = original(wbits=wbits)

        def decompress(self, part: bytes, most: int) -> bytes:
            given.append(len(part))
            return self._unpacker.decompress(part, most)

        def __getattr__(self, name: str) -> object:
            return getattr(self._unpacker, name)

    monkeypatch.setattr(zlib, "decompressobj", Counted)
    body = gzip.compress(b"x") * 100_000
    assert len(unpacked_gzip(body, 10**6)) == 10_000
    assert sum(given) < 10_000 * 5_000 < 10_000 * len(body) / 100


def test_data_that_gives_nothing_is_unreadable() -> None:
    with pytest.raises(FeedError, match="damaged") as caught:
        unpacked_gzip(b"\x1f\x8bno gzip", 10**6)
    assert caught.value.state is FeedState.UNREADABLE
