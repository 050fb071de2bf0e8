"""How long tests wait for what happens at once on an idle machine: only a hang takes that long on a busy one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE_S = 180.0


async def until(holds: Callable[[], bool]) -> None:
    """Wait until *holds* returns true.

    Raises:
        TimeoutError: It did not within PATIENCE_S.
    """
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - what is waited for happens in other threads and processes
            await asyncio.sleep(0.01)
