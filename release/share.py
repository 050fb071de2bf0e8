"""Write what the wheel installs into share/: the manual page and the completion scripts, from the help of the commands.

Usage: python -m release.share [--check]. With --check, nothing is written; exit 1 if a file is out of date.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from monitor.cli.app import app
from monitor.cli.commands import COMMANDS
from monitor.cli.completion import script

SHARE = Path(__file__).resolve().parents[1] / "share"
REMEDY = "run make share"

_HEAD = r"""
.\" written by make share from the help of the commands
.TH MONITOR 1 "" "crypto\-news\-monitor" "User Commands"
.SH NAME
monitor \- monitor crypto news feeds for tracked actors and notify the right people
.SH SYNOPSIS
.B monitor
.RB [ \-c
.IR FILE ]
.I COMMAND
.RI [ ARGS ]...
.SH DESCRIPTION
.B monitor
polls RSS, Atom and JSON feeds, news sitemaps and web pages, finds tracked actors and keywords in every new entry,
stores the hits in one SQLite file, and notifies people through Slack, e\-mail and other services.
.PP
Data goes to standard output, everything else to standard error. Times are UTC.
.B monitor demo
shows what it does, without an account or a network;
.B monitor init
writes a first configuration.
.SH OPTIONS
.TP
.BR \-c ", " \-\-config " \fIFILE\fR"
The configuration, before or after the command.
.TP
.B \-\-version
Print the version.
.TP
.BR \-h ", " \-\-help
Print a short help; after a command, the help of the command.
.SH COMMANDS
"""

_TAIL = r"""
.SH EXIT STATUS
.TP
.B 0
Success.
.TP
.B 1
Findings or failure.
.TP
.B 2
Usage or configuration error.
.TP
.B 3
The daemon is not running.
.TP
.B 4
Another instance holds the lock on the database.
.TP
.B 130
Interrupted.
.SH ENVIRONMENT
.TP
.B MONITOR_CONFIG
The configuration, if
.B \-c
is not given.
.TP
.B CREDENTIALS_DIRECTORY
The directory in which
.B ${file:NAME}
of the configuration is looked up; systemd sets it.
.TP
.B NO_COLOR
If set, no output is colored.
.SH SIGNALS
.TP
.B SIGTERM, SIGINT
.B monitor run
completes what it is sending, and exits.
.TP
.B SIGHUP
.B monitor run
reloads the configuration; if the new one has errors, the active one stays.
.SH FILES
.TP
.I ./config.toml, ~/.config/monitor/config.toml, /etc/monitor/config.toml
The configuration; the first that exists is used.
.TP
.I /etc/monitor/secrets/
One file for each
.B ${file:NAME}
of the configuration of a system service.
.TP
.I /var/lib/monitor/monitor.db
The database of a system service.
.SH SEE ALSO
.BR systemd.service (5),
.BR journalctl (1),
.BR sqlite3 (1)
"""


def man_page() -> str:
    """Return the manual page in the format of man(7)."""
    root = click.Context(app, info_name="monitor")
    parts = [_HEAD.strip()]
    for name in COMMANDS:
        if command := app.get_command(root, name):
            for context in _contexts(command, root, name):
                parts += _section(context)
    return "\n".join([*parts, _TAIL.strip()]) + "\n"


def files() -> dict[Path, str]:
    """Return the text of each file below share/, by its path."""
    return {
        SHARE / "man/man1/monitor.1": man_page(),
        SHARE / "bash-completion/completions/monitor": script("bash"),
        SHARE / "zsh/site-functions/_monitor": script("zsh"),
        SHARE / "fish/vendor_completions.d/monitor.fish": script("fish"),
    }


def outdated() -> list[Path]:
    """Return the files that are missing or differ from the help of the commands."""
    return [path for path, text in files().items() if not path.exists() or path.read_text(encoding="utf-8") != text]


def _contexts(command: click.Command, parent: click.Context, name: str) -> Iterator[click.Context]:
    """Yield the context of *command* and of each of its visible subcommands."""
    context = click.Context(command, parent=parent, info_name=name)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            subcommand = command.get_command(context, below)
            if subcommand is not None and not subcommand.hidden:
                yield from _contexts(subcommand, context, below)


def _section(context: click.Context) -> Iterator[str]:
    """Yield the lines about one command: its usage, its help and its options."""
    yield f".SS {_escaped(context.command_path)}"
    yield f".B {_escaped(context.command_path)}"
    yield _escaped(" ".join(context.command.collect_usage_pieces(context)))
    for paragraph in inspect.cleandoc(context.command.help or "").split("\n\n"):
        yield ".PP"
        lines = paragraph.splitlines()
        if lines[0] == "\b":  # click's mark of a paragraph that is printed as it is
            yield ".nf"
            yield from map(_escaped, lines[1:])
            yield ".fi"
        else:
            yield from map(_escaped, lines)
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record and isinstance(parameter, click.Option) and "--help" not in parameter.opts:
            yield ".TP"
            yield f".B {_escaped(record[0])}"
            yield _escaped(record[1])


def _escaped(text: str) -> str:
    """Return *text* so that troff prints it as it is (groff_man_style(7), "Portability")."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    return "\\&" + text if text.startswith(".") else text


def main() -> int:
    """Write the files, or with --check list those that are out of date; return the exit code."""
    if "--check" in sys.argv[1:]:
        for path in (old := outdated()):
            print(f"{path.relative_to(SHARE.parent)}: out of date; {REMEDY}")
        return 1 if old else 0
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
