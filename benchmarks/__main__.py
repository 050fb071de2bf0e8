"""Runs the benchmarks that are named, or all that take minutes and not half an hour.

The soak is a program of its own: ``python -m benchmarks.soak``.
"""

from __future__ import annotations

import argparse
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
    "parser_growth",
    "scale",
)


def main() -> None:
    """Measure, tell, and keep the figures."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES + LONG))
    options.add_argument("--kills", type=int, help="crash: how often to kill the daemon (default 1,300)")
    options.add_argument("--minutes", type=float, help="crash: kill no more after so many minutes")
    asked = options.parse_args()
    names = asked.names or NAMES
    if unknown := set(names) - {*NAMES, *LONG}:
        sys.exit(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(NAMES + LONG)}")
    for name in names:
        sized = {"kills": asked.kills, "minutes": asked.minutes} if name == "crash" else {}
        result = importlib.import_module(f"benchmarks.{name}").measure(
            **{option: value for option, value in sized.items() if value is not None}
        )
        write(result)
        print(result, flush=True)


if __name__ == "__main__":
    main()
