from __future__ import annotations

import ctypes
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.daemon.maintenance import return_free_memory

PIECES = 40_000
SIZE = 2000  # bytes: Python leaves larger pieces than 512 to the allocator


def held() -> int:
    """Return the bytes that this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the allocator is not glibc's")
async def test_free_memory_between_blocks_in_use_is_returned_to_the_system():
    pieces = [bytes([n % 256]) * SIZE for n in range(PIECES)]
    pieces = pieces[::100]
    before = held()
    await return_free_memory(datetime.now(UTC))
    assert before - held() > PIECES * SIZE / 2
    assert len(pieces) == PIECES / 100
