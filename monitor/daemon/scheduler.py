"""Run the jobs of the daemon at their intervals, with APScheduler; each job determines itself what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import BaseScheduler

from monitor import clock
from monitor.errors import StoreError
from monitor.logs import Log

CLOCK_CHECK_S = 5.0
CLOCK_TOLERANCE = timedelta(seconds=10)
REPEAT_AFTER_S = 600.0  # an error that persists is logged again after this

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A function that the scheduler calls at an interval."""

    name: str
    run: Callable[[datetime], Awaitable[object]]  # called with the current time
    every: timedelta
    first: timedelta = timedelta()  # from the start to the first run


class Scheduler:
    """Runs *jobs* at their intervals until it is stopped; two runs of the same job never overlap.

    A run that is late is not dropped. A run that outlasts its interval skips the runs in between without a warning;
    ``Progress`` reports what has stalled. If a job raises an error, the error is logged once until its cause changes,
    and the job runs again at its next interval.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # the default grace of a second would drop a job that is late
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._clock_check: asyncio.Task[None] | None = None
        now = clock.now()
        for job in jobs:
            self._scheduler.add_job(
                _Guarded(job).run,
                "interval",
                seconds=job.every.total_seconds(),
                next_run_time=now + job.first,
                id=job.name,
            )

    def start(self) -> None:
        """Start to run the jobs in the running event loop."""
        self._scheduler.start()
        self._clock_check = asyncio.create_task(_check_clock(self._scheduler), name="clock check")

    async def stop(self) -> None:
        """Stop the scheduler and cancel the jobs that are running."""
        self._scheduler.shutdown(wait=False)
        if self._clock_check is not None:
            self._clock_check.cancel()
            await asyncio.gather(self._clock_check, return_exceptions=True)


class _Guarded:
    """Wraps a job: its errors are logged once for each cause, and do not stop the scheduler."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._cause = ""  # the error that was logged last; empty: the job has succeeded since
        self._logged_at = 0.0

    async def run(self) -> None:
        """Run the job with the current time, and log an error instead of raising it."""
        try:
            await self._job.run(clock.now())
        except (StoreError, OSError) as error:
            if self._is_new(error):
                log.warning("job failed, it will run again", job=self._job.name, cause=error)
        except Exception as error:
            if self._is_new(error):
                log.exception("job failed because of an unexpected error", job=self._job.name)
        else:
            self._cause = ""

    def _is_new(self, error: Exception) -> bool:
        cause, now = repr(error), monotonic()
        if cause == self._cause and now - self._logged_at < REPEAT_AFTER_S:
            return False
        self._cause, self._logged_at = cause, now
        return True


async def _check_clock(scheduler: BaseScheduler) -> None:
    """Check every few seconds, until cancelled, whether the clock was set back, and run the jobs that this delays.

    APScheduler uses the time of day: if the clock is set back by a day, every job would wait for a day.
    """
    while True:
        await asyncio.sleep(CLOCK_CHECK_S)
        run_delayed_jobs(scheduler)


def run_delayed_jobs(scheduler: BaseScheduler) -> None:
    """Run now every job whose next run is further away than its interval."""
    now = clock.now()
    delayed = [job for job in scheduler.get_jobs() if job.next_run_time - now > job.trigger.interval + CLOCK_TOLERANCE]
    for job in delayed:
        job.modify(next_run_time=now)
    if delayed:
        log.warning("the clock was set back, running the delayed jobs", jobs=len(delayed))
