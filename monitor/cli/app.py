"""The click application: finds the command, turns every error into a message and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from monitor.cli.commands import COMMANDS, HELP_FLAGS, help_text
from monitor.errors import ConfigError, MonitorError

INTERRUPTED = 130


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"monitor.cli.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"monitor.cli.{cmd_name}.command is no command")
        return command

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        return help_text()


@click.group(
    name="monitor", cls=_Commands, context_settings={"help_option_names": list(HELP_FLAGS), "max_content_width": 110}
)
@click.option("-c", "--config", "config", type=click.Path(path_type=Path))
@click.version_option(package_name="crypto-news-monitor", prog_name="monitor")
@click.pass_context
def app(ctx: click.Context, config: Path | None) -> None:
    """ActiveConfiguration crypto news feeds for tracked actors."""
    ctx.obj = config


def run(argv: Sequence[str]) -> int:
    """Run ``monitor`` with *argv* and return its exit code; prints every expected error, raises only bugs."""
    try:
        result = app.main(args=list(argv), prog_name="monitor", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ConfigError as error:
        click.echo(str(error), err=True)
        errors = sum(p.level == "error" for p in error.problems)
        click.echo(f"{errors} error{'s'[: errors != 1]}: nothing was done", err=True)
        return error.exit_code
    except MonitorError as error:
        click.echo(f"monitor: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # the reader of a pipe has had enough; Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
