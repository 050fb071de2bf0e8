"""``monitor completion``: print the script with which a shell completes commands, options and their values."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_MONITOR_COMPLETE"  # if set, monitor answers the shell instead of running a command


@click.command(name="completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script that makes SHELL complete commands, options and their values.

    \b
    bash  monitor completion bash > ~/.local/share/bash-completion/completions/monitor
    zsh   monitor completion zsh > "${fpath[1]}/_monitor"
    fish  monitor completion fish > ~/.config/fish/completions/monitor.fish
    """  # noqa: D301 - click's mark of a paragraph that is printed as it is
    click.echo(script(shell), nl=False)


def script(shell: str) -> str:
    """Return the completion script of *shell*: "bash" (4.4 or newer), "zsh" or "fish"."""
    from click.shell_completion import ShellComplete, get_completion_class

    from monitor.cli.app import app

    known = get_completion_class(shell) or ShellComplete
    # not BashComplete.source(), which starts bash to find its version
    text = ShellComplete.source(known(app, {}, "monitor", VARIABLE))
    return text.strip() + "\n"
