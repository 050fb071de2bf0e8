"""Runs the benchmarks that are named, or all that take minutes and not half an hour."""

from __future__ import annotations

import importlib
import sys

from benchmarks.result import write

NAMES = ("start", "memory", "addresses", "stories", "matching_quality", "pack_mentions", "latency", "length", "parsing")
# run when they are named
LONG = (
    "backtest",
    "checking",
    "crash",
    "imports",
    "matching_speed",
    "page",
    "polling",
    "punctual",
    "hostile",
    "new_aliases",
)


def main() -> None:
    """Measure, tell, and keep the figures."""
    names = sys.argv[1:] or NAMES
    if unknown := set(names) - {*NAMES, *LONG}:
        sys.exit(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(NAMES + LONG)}")
    for name in names:
        result = importlib.import_module(f"benchmarks.{name}").measure()
        write(result)
        print(result, flush=True)


if __name__ == "__main__":
    main()
