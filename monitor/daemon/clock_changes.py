"""What keeps the scheduler going when somebody sets the clock back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from apscheduler.schedulers.base import BaseScheduler

from monitor import clock
from monitor.logs import Log

LOOK_S = 5.0
SLACK = timedelta(seconds=10)

log = Log(__name__)


async def mind_clock(scheduler: BaseScheduler) -> None:
    """Run jobs of *scheduler* again that wait for longer than their interval, until cancelled.

    The scheduler goes by the time of day: when the clock is set back by a day, every job would wait for a day. This
    goes by the time that passes.
    """
    while True:
        await asyncio.sleep(LOOK_S)
        hasten_jobs(scheduler)


def hasten_jobs(scheduler: BaseScheduler) -> None:
    """Let every job run now that waits for longer than its interval."""
    now = clock.now()
    waiting = [job for job in scheduler.get_jobs() if job.next_run_time - now > job.trigger.interval + SLACK]
    for job in waiting:
        job.modify(next_run_time=now)
    if waiting:
        log.warning("the clock was set back, jobs that waited for it run now", jobs=len(waiting))
