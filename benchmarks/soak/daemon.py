"""``monitor run`` on the simulated clock.

    python -m benchmarks.soak.daemon CLOCK_FILE STORY_DAYS run --config CONFIG

All of it is the real program but for its sense of time: the clock, the scheduler, which runs the same jobs, advances
the clock when they have nothing left to do and never waits, and three waits of real time that are shortened.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from benchmarks.soak.clock import SharedClock, Slot

if TYPE_CHECKING:
    from monitor.daemon.app import Daemon
    from monitor.daemon.scheduler import Job

STEP_S = 60.0  # the longest step of the clock; the poller takes a longer one for a suspended machine
SHORTEST_STEP_S = 20.0  # many retries in an outage are done together
QUIET_S = 5.0  # real seconds to wait for polls and sends before the clock advances
QUIET_WITHOUT_DISK_S = 0.1  # while nothing can be committed
WAIT_S = 0.002  # real seconds between two looks at the limit of the clock
BATCH_S = 0.001  # instead of 0.2 real seconds, in which half a minute would pass here
RETRY_S = 0.05  # instead of 2 real seconds
HEALTH_S = 900.0  # instead of a minute: with 300 feeds the checks would take half of the processor time
PARSERS_IDLE_S = 1800.0  # instead of a minute, in which no document comes here


class SteppedScheduler:
    """Runs jobs at their intervals on the simulated clock; stands in for ``monitor.daemon.scheduler.Scheduler``."""

    def __init__(self, clock: SharedClock, daemon: Callable[[], Daemon], jobs: Sequence[Job]) -> None:
        self._clock = clock
        self._daemon = daemon
        self._frequent = [job for job in jobs if job.every.total_seconds() < STEP_S]  # run in every step
        self._rare = [job for job in jobs if job.every.total_seconds() >= STEP_S]
        now_s = clock[Slot.ELAPSED_S]
        self._next_s = {job.name: now_s + job.first.total_seconds() for job in self._rare}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start to run the jobs in the running event loop."""
        self._task = asyncio.create_task(self._run(), name="simulated time")

    async def stop(self) -> None:
        """Stop the jobs."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._step()
            next_s = await self._next_step_at()
            self._clock[Slot.TASKS] = len(asyncio.all_tasks())
            self._clock[Slot.NEXT_S] = next_s
            while next_s > self._clock[Slot.LIMIT_S]:
                self._clock[Slot.WAITING] = 1
                await asyncio.sleep(WAIT_S)
            self._clock[Slot.WAITING] = 0
            self._clock[Slot.STEPS] += 1
            self._clock[Slot.ELAPSED_S] = max(next_s, self._clock[Slot.ELAPSED_S])

    async def _step(self) -> None:
        now_s = self._clock[Slot.ELAPSED_S]
        for job in self._frequent:
            await self._do(job)
        for job in self._rare:
            if self._next_s[job.name] <= now_s:
                every_s = HEALTH_S if job.name == "health" else job.every.total_seconds()
                self._next_s[job.name] = now_s + every_s
                await self._do(job)
        await self._until_quiet()

    async def _do(self, job: Job) -> None:
        from monitor.errors import StoreError
        from monitor.logs import Log

        try:
            await job.run(self._clock.now())
        except (StoreError, OSError) as error:
            Log(__name__).warning("job failed, it will run again", job=job.name, cause=error)
        except Exception:
            Log(__name__).exception("job failed because of an unexpected error", job=job.name)

    async def _until_quiet(self) -> None:
        """Wait until no poll and no send is running; not for long if they wait for something else."""
        daemon, began = self._daemon(), monotonic()
        hits_found = False
        while True:
            work = {*daemon.poller._polls.values(), *daemon.deliverer._busy.values()}  # noqa: SLF001
            hits_found = hits_found or daemon.hits_found.is_set()
            if not work and not hits_found:
                return
            if not work:  # the task that delivers hits at once has not started their deliveries yet
                hits_found = False
                await self._deliver_now()
                continue
            waited_s = monotonic() - began
            if waited_s > (QUIET_WITHOUT_DISK_S if daemon.committer.commit_error else QUIET_S):
                return
            await asyncio.wait(work, timeout=0.02, return_when=asyncio.FIRST_COMPLETED)

    async def _deliver_now(self) -> None:
        for job in self._frequent:
            if job.name == "deliver":
                await self._do(job)

    async def _next_step_at(self) -> float:
        """Return when something is due next, in simulated seconds."""
        from monitor.errors import StoreError
        from monitor.store import Reader, deliveries, timers

        now_s = self._clock[Slot.ELAPSED_S]
        earliest_s, latest_s = now_s + SHORTEST_STEP_S, now_s + STEP_S

        def next_due(db: Reader) -> list[datetime]:
            found = [deliveries.next_delivery_due(db), *(timer.due_at for timer in timers.list_timers(db))]
            return [moment for moment in found if moment is not None]

        try:
            due_s = [self._clock.elapsed_at(moment) for moment in await self._daemon().ask(next_due)]
        except StoreError:
            due_s = []
        # what is due already waits for something else, such as a destination that asked for a pause
        return max(earliest_s, min([latest_s, *(moment for moment in due_s if moment > now_s)]))


def simulate_time(clock: SharedClock, story_days: float) -> None:
    """Replace the sense of time of the daemon in this process."""
    import monitor.clock

    monitor.clock.now = clock.now
    from monitor.daemon import app, service
    from monitor.feeds.parse.workers import ParserPool
    from monitor.pipeline import open_stories
    from monitor.store import committer

    started: list[Daemon] = []

    class Started(app.Daemon):
        """A daemon that the scheduler can find."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started[:] = [self]

    app.Daemon = Started  # type: ignore[misc]
    app.ParserPool = partial(ParserPool, idle_s=PARSERS_IDLE_S)  # type: ignore[misc, assignment]
    service.Scheduler = partial(SteppedScheduler, clock, lambda: started[0])  # type: ignore[misc, assignment]
    committer.BATCH_S, committer.RETRY_S = BATCH_S, RETRY_S
    open_stories.STORY_STAYS_OPEN = timedelta(days=story_days)


def main() -> None:
    clock_file, story_days, *arguments = sys.argv[1:]
    simulate_time(SharedClock(Path(clock_file)), float(story_days))
    from monitor.cli.app import run

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
