"""A daemon that polls many small feeds, run as a program of its own, so that what it uses can be counted.

    python -m benchmarks.scale_client PORT FEEDS FOLDER

The database in FOLDER may be filled already. The last line of the output is JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import urllib.request
from pathlib import Path
from time import perf_counter

from benchmarks.polling_clients import addresses, configuration, cpu_s

# part of the feeds that have a new entry in each round
ROUNDS = {"first": 0.0, "changed": 1.0, "quiet": 0.0}
MOST_CHANGED = 500  # feeds that change in a round


async def main(port: int, feeds: int, folder: Path) -> None:
    """Poll all feeds in each round, and print what that took."""
    from monitor.config import load
    from monitor.daemon.app import Daemon

    path = folder / "config.toml"
    path.write_text(configuration(addresses(port, feeds)), encoding="utf-8")
    before_s = cpu_s()
    config = load(path, environ={}).config
    assert config is not None
    found: dict[str, object] = {"load_configuration_cpu_s": round(cpu_s() - before_s, 2)}
    before_s, rss_before_mb = cpu_s(), _rss_mb()
    async with Daemon(config) as daemon:
        found["start_cpu_s"] = round(cpu_s() - before_s, 2)
        for name, part in ROUNDS.items():
            change = f"http://127.0.0.1:{port}/changing/{min(part, MOST_CHANGED / feeds)}"
            urllib.request.urlopen(change).read()  # noqa: ASYNC210 - nothing else runs
            began_s, before_s = perf_counter(), cpu_s()
            reports = await daemon.poll_now()
            used_s, took_s = cpu_s() - before_s, perf_counter() - began_s
            assert all(report.state == "ok" for report in reports), [str(report) for report in reports][:3]
            found[name] = {
                "polls": len(reports),
                "new": sum(report.new for report in reports),
                "cpu_ms_per_poll": round(used_s * 1000 / len(reports), 3),
                "polls_per_s": round(len(reports) / took_s, 1),
            }
        gc.collect()
        found["rss_mb"] = round(_rss_mb(), 1)
        found["grown_mb"] = round(_rss_mb() - rss_before_mb, 1)
    print(json.dumps(found))


def _rss_mb() -> float:
    status = Path("/proc/self/status").read_text().split("VmRSS:")[1]
    return int(status.split()[0]) / 1024


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
