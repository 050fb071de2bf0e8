"""Runs a daemon with its page until SIGTERM, and says how late each poll began: python page_daemon.py CONFIG"""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Collection
from datetime import datetime
from pathlib import Path


async def main(path: Path) -> None:
    """Run it, and print the seconds by which each poll began after it was due."""
    # here, since every worker process imports this file, and is to be as small as in a real daemon
    from monitor import clock
    from monitor.config import Config, load
    from monitor.daemon.app import Daemon
    from monitor.daemon.service import run
    from monitor.model import FeedRecord
    from monitor.store import Reader, feeds
    from monitor.web.beside_daemon import page_beside

    late_s: list[float] = []
    due_feeds = feeds.due_feeds

    def noted(db: Reader, now: datetime, limit: int, **rest: Collection[str]) -> list[FeedRecord]:
        records = due_feeds(db, now, limit, **rest)
        late_s.extend((clock.now() - record.due_at).total_seconds() for record in records)
        return records

    feeds.due_feeds = noted  # those that are returned are polled at once

    def read() -> Config:
        config = load(path, environ={}).config
        assert config is not None
        return config

    async with Daemon(read(), console=io.StringIO()) as daemon:
        await run(daemon, read, beside=page_beside)
    print(json.dumps(late_s))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
