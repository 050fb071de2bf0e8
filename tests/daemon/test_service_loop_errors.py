from __future__ import annotations

import asyncio
import errno
import os

from monitor.daemon.service import LoopErrors


async def test_a_cause_is_logged_once_and_without_a_traceback_if_it_is_an_os_error(caplog):
    errors, loop = LoopErrors(), asyncio.get_running_loop()
    for _ in range(50):
        error = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        errors(loop, {"message": "socket.accept() out of system resource", "exception": error})
    errors(loop, {"message": "Task exception was never retrieved", "exception": ValueError("a bug")})
    first, second = caplog.records
    assert (first.levelname, bool(first.exc_info)) == ("WARNING", False)
    assert second.exc_info[0] is ValueError
