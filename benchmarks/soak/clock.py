"""The simulated clock: a file of a few numbers that the rig and the daemon map into their memory.

Simulated time is counted in seconds since the start. It advances only when the daemon has nothing left to do, or while
the daemon is down. The clock that the daemon reads may be wrong by an offset.
"""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from pathlib import Path

_NUMBER = struct.Struct("d")


class Slot(IntEnum):
    """The numbers in the file."""

    ELAPSED_S = 0  # simulated time
    OFFSET_S = 1  # by how much the clock of the daemon is ahead
    LIMIT_S = 2  # simulated time beyond which the daemon does not advance
    WAITING = 3  # 1: the daemon has nothing to do before NEXT_S
    TASKS = 4  # asyncio tasks of the daemon
    STEPS = 5  # how often the daemon has advanced the clock
    NEXT_S = 6  # the next simulated second at which something is due
    START = 7  # Unix time of the start


class SharedClock:
    """The clock in the file *path*, which must exist."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), len(Slot) * _NUMBER.size)
        self._start = datetime.fromtimestamp(self[Slot.START], UTC)

    @classmethod
    def create(cls, path: Path, start: datetime) -> SharedClock:
        """Write a clock that stands at *start* to the file *path*, and return it."""
        numbers = [0.0] * len(Slot)
        numbers[Slot.START] = start.timestamp()
        path.write_bytes(b"".join(map(_NUMBER.pack, numbers)))
        return cls(path)

    def __getitem__(self, slot: Slot) -> float:
        """Return a number of the file."""
        number: float = _NUMBER.unpack_from(self._map, slot * _NUMBER.size)[0]
        return number

    def __setitem__(self, slot: Slot, number: float) -> None:
        """Write a number to the file."""
        _NUMBER.pack_into(self._map, slot * _NUMBER.size, number)

    def now(self) -> datetime:
        """Return the time that the daemon reads; stands in for ``monitor.clock.now``."""
        return self._start + timedelta(seconds=self[Slot.ELAPSED_S] + self[Slot.OFFSET_S])

    def elapsed_at(self, moment: datetime) -> float:
        """Return the simulated second at which the daemon's clock shows *moment*."""
        return (moment - self._start).total_seconds() - self[Slot.OFFSET_S]

    def true_time(self, elapsed_s: float) -> datetime:
        """Return the right time at the simulated second *elapsed_s*."""
        return self._start + timedelta(seconds=elapsed_s)
