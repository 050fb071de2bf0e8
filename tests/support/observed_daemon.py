"""Runs a daemon on schedule until SIGTERM, and says how late its event loop was: python watched_daemon.py CONFIG"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from time import monotonic

EVERY_S = 0.01


async def main(path: Path) -> None:
    """Run it, and print the lags in seconds as JSON."""
    # here, since every worker process imports this file, and is to be as small as in a real daemon
    from monitor.config import Config, load
    from monitor.daemon.app import Daemon
    from monitor.daemon.service import run

    def read() -> Config:
        config = load(path, environ={}).config
        assert config is not None
        return config

    lags: list[float] = []

    async def probe() -> None:
        while True:
            before = monotonic()
            await asyncio.sleep(EVERY_S)
            lags.append(monotonic() - before - EVERY_S)

    async with Daemon(read()) as daemon:
        probing = asyncio.create_task(probe())
        await run(daemon, read)
        probing.cancel()
    print(json.dumps(lags))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
