"""A daemon on schedule that notes how late each poll begins.

    python -m benchmarks.punctual_daemon CONFIG

It counts from SIGUSR1 on, and prints the seconds as JSON when SIGTERM has ended it.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Collection
from datetime import datetime
from pathlib import Path


async def _main(path: Path) -> None:
    # here, since every worker process imports this file, and is to be as small as in a real daemon
    from monitor import clock
    from monitor.config import Config, load
    from monitor.daemon.app import Daemon
    from monitor.daemon.service import run
    from monitor.model import FeedRecord
    from monitor.store import Reader, feeds

    late_s: list[float] = []
    due_feeds = feeds.due_feeds

    def noted(db: Reader, now: datetime, limit: int, **rest: Collection[str]) -> list[FeedRecord]:
        records = due_feeds(db, now, limit, **rest)
        late_s.extend((clock.now() - record.due_at).total_seconds() for record in records)
        return records

    feeds.due_feeds = noted  # those that are returned are polled at once
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, late_s.clear)

    def read() -> Config:
        config = load(path, environ={}).config
        assert config is not None
        return config

    async with Daemon(read()) as daemon:
        await run(daemon, read)
    print(json.dumps(late_s))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
