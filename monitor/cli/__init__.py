"""The command line: ``main`` runs ``monitor COMMAND``."""

from __future__ import annotations

import codecs
import io
import os
import sys

from monitor.cli.commands import HELP_FLAGS, help_text


def main() -> None:
    """Run the command line of this process and exit with the command's exit code.

    ``monitor --help`` is printed without importing click, whose import takes four times as long as Python's own start.
    """
    _end_on_sigterm_as_first_process()
    _escape_what_cannot_be_encoded()
    asks_for_help = len(sys.argv) == 1 or (len(sys.argv) == 2 and sys.argv[1] in HELP_FLAGS)
    if sys.stdout and asks_for_help and "_MONITOR_COMPLETE" not in os.environ:
        try:
            sys.stdout.write(help_text())
            sys.stdout.flush()
        except OSError:
            pass  # run() below reports it
        else:
            return
    from monitor.cli.app import run

    sys.exit(run(sys.argv[1:]))


def _end_on_sigterm_as_first_process() -> None:
    """Let SIGTERM end this process if it is the first one of a container.

    The kernel discards a signal that the first process has no handler for (pid_namespaces(7)). The daemon sets its own
    handlers when it has started, and most commands have none.
    """
    if os.getpid() == 1:
        import signal

        signal.signal(signal.SIGTERM, lambda number, _frame: os._exit(128 + number))


def _escape_what_cannot_be_encoded() -> None:
    """Let stdout and stderr write characters that their encoding lacks as JSON does, instead of failing.

    Headlines are in all languages, and a terminal may use Latin-1, or ASCII in the locale C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            codecs.register_error("monitor-escape", _escaped)
            stream.reconfigure(errors="monitor-escape")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    r"""Return the characters of *error* as ``\uXXXX``, two for one outside the basic plane (RFC 8259 section 7)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)), error.end
