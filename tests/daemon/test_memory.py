from __future__ import annotations

import ctypes
import os
import subprocess
import sys
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


ARENAS = """
import ctypes, tempfile, threading
from monitor.daemon.maintenance import limit_memory_arenas
assert limit_memory_arenas()
barrier = threading.Barrier(21)
def allocate():
    held = [bytes(2000) for _ in range(1000)]
    barrier.wait()
    barrier.wait()
for _ in range(20):
    threading.Thread(target=allocate).start()
barrier.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as file:
    stream = ctypes.c_void_p(libc.fopen(file.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(file.read().count(b"<heap"))
barrier.wait()
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="the allocator is not glibc's")
def test_many_threads_share_two_arenas():
    answer = subprocess.run([sys.executable, "-c", ARENAS], capture_output=True, text=True, check=True)
    assert int(answer.stdout) == 2
