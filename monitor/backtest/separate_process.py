"""A backtest of a pasted list in a process of its own, which can be stopped.

    python -m monitor.backtest.separate_process

It reads one JSON object from stdin, ``{"database", "text", "since", "seconds"}``, and writes one a line to stdout:
``{"done", "total"}`` while it runs, and at the end ``{"report"}`` or ``{"error"}``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.config import Config
from monitor.errors import MonitorError, UsageError

MAX_MEMORY = 2 << 30  # bytes of address space
LESS_URGENT = 10  # than the daemon
SAMPLES = 20


@dataclass(frozen=True, slots=True)
class _Active:
    config: Config
    title: str
    version: int | None


def main() -> None:
    """Run the backtest that stdin asks for."""
    request: Mapping[str, Any] = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(request["seconds"]), int(request["seconds"])))
    os.nice(LESS_URGENT)
    try:
        _write({"report": _report(request)})
    except MonitorError as error:
        _write({"error": str(error)})
    except MemoryError:
        _write({"error": "the comparison needs too much memory; choose fewer days"})


def _report(request: Mapping[str, Any]) -> dict[str, Any]:
    from monitor.backtest.pasted_list import pasted_configuration
    from monitor.backtest.report_row import report_row
    from monitor.backtest.run import backtest
    from monitor.backtest.stored_entries import stored_entries
    from monitor.store import open_reader

    with open_reader(Path(request["database"])) as db:
        active = _active(db)
        edited = pasted_configuration(request["text"], active.config)
        found = stored_entries(db, datetime.fromisoformat(request["since"]), samples=SAMPLES)
        options = found.options.in_one_process()
        done = 0

        def progress(number: int) -> None:
            nonlocal done
            done += number
            _write({"done": done, "total": found.total})

        _write({"done": 0, "total": found.total})
        report = backtest(active.config, edited, found.texts, options=options, progress=progress)
        return report_row(report, active, edited)


def _active(db: Any) -> _Active:
    from monitor.config import ConfigurationFiles, load_stored
    from monitor.store import watchlists
    from monitor.store.active_files import load_active_files

    files = load_active_files(db.path)
    if files is None:
        raise UsageError("no configuration has been active with this database yet, so there is nothing to compare with")
    loaded = load_stored(files.main, ConfigurationFiles(files.texts, files.matches), {})
    config = loaded.config or loaded.partial
    if config is None:
        raise UsageError("the active configuration cannot be loaded by this version of monitor")
    version = watchlists.newest_version_of(db, watchlists.configuration_hash(files))
    return _Active(config, "the active watchlist", version)


def _write(line: dict[str, Any]) -> None:
    from monitor.json_text import dump

    print(dump(line), flush=True)


if __name__ == "__main__":
    main()
