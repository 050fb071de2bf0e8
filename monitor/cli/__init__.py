"""The command line: parses arguments, puts the rooms together, prints."""

from __future__ import annotations

import sys

from monitor.cli.commands import HELP_FLAGS, help_text


def main() -> None:
    """Run the command that was typed and leave with its exit code.

    The plain help is answered before click is imported, which takes five times as long as Python's own start.
    """
    if len(sys.argv) == 1 or (len(sys.argv) == 2 and sys.argv[1] in HELP_FLAGS):
        sys.stdout.write(help_text())
        return
    from monitor.cli.app import run

    sys.exit(run(sys.argv[1:]))
