"""The click application ``monitor``: find the command that was typed, and turn errors into messages and exit codes."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.commands import COMMANDS, HELP_FLAGS, help_text
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

INTERRUPTED = 130

# commands whose module has another name, because "import" is a keyword of Python
_PLACES = {"silences": ("silence", "silences"), "import": ("importing", "command")}
_OUTPUT_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, function = _PLACES.get(cmd_name, (cmd_name, "command"))
        command = getattr(importlib.import_module(f"monitor.cli.{module}"), function)
        if not isinstance(command, click.Command):
            raise TypeError(f"monitor.cli.{cmd_name}: not a command")
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        # click's own method imports the module of every command
        from click.shell_completion import CompletionItem

        matching = [CompletionItem(n, help=line) for n, line in COMMANDS.items() if n.startswith(incomplete)]
        return [*matching, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f'did you mean "{near[0]}"?' if near else "monitor --help lists the commands"
            ctx.fail(f'there is no command "{args[0]}"; {hint}')
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        return help_text()


@click.group(
    name="monitor", cls=_Commands, context_settings={"help_option_names": list(HELP_FLAGS), "max_content_width": 110}
)
@click.option("-c", "--config", "config", type=click.Path(path_type=Path))
@click.version_option(package_name="crypto-news-monitor", prog_name="monitor")
@click.pass_context
def app(ctx: click.Context, config: Path | None) -> None:
    """Monitor crypto news feeds for tracked actors."""
    ctx.obj = config


def run(argv: Sequence[str]) -> int:
    """Run ``monitor`` with the arguments *argv* and return its exit code.

    Expected errors are printed to stderr. Unexpected ones are raised.
    """
    try:
        code = _run(argv)
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:  # for example: monitor match FILE | head -1
        _discard_output()
        return 1
    except OSError as error:
        # an OSError without a file name is about stdout
        if error.filename is not None or error.errno not in _OUTPUT_ERRORS:
            raise
        _discard_output()
        _print_error(f"the output cannot be written: {error.strerror}")
        return 1
    return code


def _run(argv: Sequence[str]) -> int:
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
        from monitor.wording import counted

        click.echo(str(error), err=True)
        errors = sum(p.level == "error" for p in error.problems)
        click.echo(f"{counted(errors, 'error')}; nothing was done", err=True)
        return error.exit_code
    except MonitorError as error:
        _print_error(str(error))
        return error.exit_code


def _print_error(text: str) -> None:
    from monitor.cli.output import echo

    echo(f"monitor: {text}", err=True)


def _discard_output() -> None:
    """Discard the output in the buffer of stdout, whose reader has gone.

    Otherwise Python would flush the buffer at exit and print an error about the broken pipe again.
    """
    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
