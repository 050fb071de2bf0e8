"""Log exceptions that no task handles, each cause once."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

from monitor.logs import Log

REPEAT_AFTER_S = 600.0  # an error that persists is logged again after this

log = Log(__name__)


class LoopErrors:
    """An exception handler for the event loop; when file descriptors run out, asyncio calls it for every connection."""

    def __init__(self) -> None:
        self._logged_at: dict[str, float] = {}  # by cause

    def __call__(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log the error that *context* describes, unless the same cause was logged recently."""
        error, now = context.get("exception"), monotonic()
        cause = f"{type(error).__name__}: {error}" if error else str(context.get("message"))
        self._logged_at = {c: at for c, at in self._logged_at.items() if now - at < REPEAT_AFTER_S}
        if cause in self._logged_at:
            return
        self._logged_at[cause] = now
        if isinstance(error, OSError):
            log.warning("a system call failed", cause=error, during=context.get("message"))
        else:
            log.error("unexpected error in the event loop", trace=error, cause=cause, during=context.get("message"))
