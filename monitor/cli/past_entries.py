"""Read past entries from the file that ``--entries`` names, and print which of its lines are none."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from typing import IO, TYPE_CHECKING

from monitor.cli.output import echo, printable
from monitor.errors import UsageError
from monitor.wording import counted

if TYPE_CHECKING:
    from monitor.backtest.entries_file import BadLine, EntriesFile

SHOWN_BAD_LINES = 5


def open_entries_file(
    file: IO[bytes], stack: ExitStack, *, since: datetime | None = None, until: datetime | None = None
) -> EntriesFile:
    """Return the entries of *file*, which may be a pipe.

    Args:
        file: Open for reading bytes.
        stack: Closes the copy of a pipe.
        since: Entries seen before are left out; None: none are.
        until: Entries seen at that moment or later are left out; None: none are.

    Raises:
        UsageError: No line is an entry.
    """
    import shutil
    import tempfile

    from monitor.backtest.entries_file import EntriesFile

    if not file.seekable():  # a pipe is read once only
        copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - entered here
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        file = copy
    entries = EntriesFile(file, since=since, until=until)
    if not len(entries) and entries.bad:
        first = entries.bad[0]
        raise UsageError(f"--entries: no line is an entry; line {first.number}: {first.error}")
    return entries


def print_bad_lines(bad: tuple[BadLine, ...]) -> None:
    """Print, to stderr, which lines of the file are no entries and why."""
    for line in bad[:SHOWN_BAD_LINES]:
        echo(f"--entries, line {line.number}: {printable(line.error)}", err=True)
    if len(bad) > SHOWN_BAD_LINES:
        echo(f"and {counted(len(bad) - SHOWN_BAD_LINES, 'more line')} that cannot be read", err=True)
