"""Run the backtest of a watchlist that a user pasted: one at a time, in a separate process with a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.web.access import NotPossibleError

LONGEST_S = 300.0
MAX_LINE = 16 << 20  # bytes of the report
# what a process needs to start, and nothing that may be secret
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "TMPDIR", "HOME")
_COMMAND = ("-m", "monitor.backtest.separate_process")


@dataclass(slots=True)
class Backtest:
    """A backtest that a user started: the pasted watchlist, the progress, and the report when it is finished."""

    author: str
    days: int
    text: str
    started_at: datetime
    done: int = 0  # texts
    total: int = 0
    report: Mapping[str, Any] | None = None
    error: str = ""
    is_running: bool = True
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    @property
    def percent(self) -> int:
        """Return how much of the backtest is done, in percent."""
        return min(100, 100 * self.done // self.total) if self.total else 0


class Backtests:
    """Runs one backtest at a time, and keeps the last one with its report."""

    def __init__(self) -> None:
        self.last: Backtest | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, database: Path, asked: Backtest) -> None:
        """Start a backtest.

        Args:
            database: The database whose entries both watchlists judge.
            asked: The backtest to run: the pasted watchlist, its author and the number of days.

        Raises:
            NotPossibleError: Another backtest is running.
        """
        if self.last is not None and self.last.is_running:
            raise NotPossibleError(f"a backtest of {self.last.author} is running; wait for it, or stop it")
        self.last = asked
        self._task = asyncio.create_task(self._run(database, asked), name="backtest")

    def stop(self, by: str) -> None:
        """End the running backtest, if there is one; its error names the person *by*."""
        if self.last is not None and self.last.is_running:
            self.last.error = f"stopped by {by}"
            _kill(self.last.process)

    async def close(self) -> None:
        """End the process of the running backtest, if there is one, when the web page stops."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, database: Path, asked: Backtest) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._read(database, asked)
        except TimeoutError:
            asked.error = f"the backtest took longer than {LONGEST_S:.0f} s; choose fewer days, or run monitor backtest"
        except (OSError, ValueError) as error:
            asked.error = f"the comparison failed: {error}"
        finally:
            _kill(asked.process)
            if asked.report is None and not asked.error:
                asked.error = "the comparison ended without a result; its process was killed or failed"
            asked.is_running = False

    async def _read(self, database: Path, asked: Backtest) -> None:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        asked.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *_COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            limit=MAX_LINE,
            start_new_session=True,
        )
        since = asked.started_at - timedelta(days=asked.days)
        request = {"database": str(database), "text": asked.text, "since": since.isoformat(), "seconds": LONGEST_S}
        assert asked.process.stdin is not None  # noqa: S101 - for the type checker
        assert asked.process.stdout is not None  # noqa: S101 - for the type checker
        with contextlib.suppress(ConnectionError):
            asked.process.stdin.write(json.dumps(request).encode())
            await asked.process.stdin.drain()
        asked.process.stdin.close()
        async for line in asked.process.stdout:
            _note(asked, json.loads(line))
        await asked.process.wait()


def _note(asked: Backtest, line: Mapping[str, Any]) -> None:
    asked.done, asked.total = line.get("done", asked.done), line.get("total", asked.total)
    asked.report = line.get("report", asked.report)
    asked.error = asked.error or line.get("error", "")


def _kill(process: asyncio.subprocess.Process | None) -> None:
    if process is not None and process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
