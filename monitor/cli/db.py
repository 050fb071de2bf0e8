"""``monitor db``: check the database, copy it, put a copy back, give its gaps back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from monitor.cli.options import config_option, load_config
from monitor.errors import AnotherInstance, UsageError

T = TypeVar("T")

DAMAGED = "damaged; stop the daemon and put a copy back: monitor db restore FILE"


@click.group(name="db")
@config_option
@click.pass_context
def command(ctx: click.Context, config_path: Path | None) -> None:
    """Look after the database. check and backup work while the daemon runs; restore and vacuum want it stopped."""
    ctx.obj = config_path


@command.command()
@config_option
@click.option("--link", metavar="HEX", help="Also see whether the hit log holds this link, which a heartbeat named.")
def check(config_path: Path | None, link: str | None) -> int:
    """Read the whole database and say what is wrong with it. Exit 1 when something is.

    Also computes the hash chain of the hit log anew, and names each hit that was changed or taken out by another hand.
    """
    from monitor.store import backup

    path = load_config(config_path).storage.path
    findings = backup.check(path)
    if link and not findings:
        findings += _look_for(path, link)
    for finding in findings:
        click.echo(finding)
    if findings:
        altered = all(finding.startswith("hit log:") for finding in findings)
        what = "sound, but not as it was written; a copy shows what it said" if altered else DAMAGED
        click.echo(f"{path}: {what}", err=True)
        return 1
    click.echo(f"{path}: sound, {_size(path)}{_log_end(path)}", err=True)
    return 0


def _look_for(path: Path, link: str) -> list[str]:
    """Return what is wrong with the hit log when it lacks *link*; else say which hit it belongs to."""
    from monitor.store import hash_chain, open_reader

    try:
        wanted = bytes.fromhex(link)
    except ValueError:
        raise UsageError(f'"{link}" is no link; a heartbeat names one of 64 hexadecimal digits') from None
    with open_reader(path) as db:
        hit = hash_chain.hit_of_link(db, wanted)
    if hit is None:
        return ["hit log: it holds no such link: it was written anew, or retention has deleted that part"]
    click.echo(f"{path}: that link is the one of hit #{hit}", err=True)
    return []


def _log_end(path: Path) -> str:
    from monitor.store import hash_chain, open_reader

    with open_reader(path, upgraded=False) as db:
        head = hash_chain.head(db) if db["hit_links"].exists() else None
    return f"; the hit log ends with {head}" if head else ""


@command.command(name="backup")
@config_option
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
def back_up(config_path: Path | None, file: Path | None) -> None:
    """Copy the database, whole and checked, to FILE (default: beside it, named after the moment)."""
    from monitor import clock
    from monitor.store import backup

    path = load_config(config_path).storage.path
    target = (file or backup.scheduled(path.parent, clock.now())).absolute()
    backup.back_up(path, target)
    click.echo(target)
    click.echo(f"{path}: copied, {_size(target)}", err=True)


@command.command()
@config_option
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(config_path: Path | None, file: Path) -> None:
    """Put FILE, a copy, in the place of the database. What was there is moved aside, never deleted."""
    from monitor import clock
    from monitor.store import backup

    path = load_config(config_path).storage.path
    aside = _alone(path, lambda: backup.restore(file.absolute(), path, clock.now()))
    click.echo(f"{path}: restored from {file}, {_size(path)}", err=True)
    if aside:
        click.echo(f"what was there is kept as {aside}", err=True)
    click.echo("What was found since that copy was made may be found, and alert, a second time.", err=True)


@command.command()
@config_option
def vacuum(config_path: Path | None) -> None:
    """Write the database anew without gaps; takes as much space again while it works."""
    from monitor.store import backup

    path = load_config(config_path).storage.path
    before, after = _alone(path, lambda: backup.vacuum(path))
    click.echo(f"{path}: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now", err=True)


def _alone(path: Path, work: Callable[[], T]) -> T:
    """Return what *work* returns, done while no daemon can run on the database at *path*."""
    from monitor.store import InstanceLock

    try:
        with InstanceLock(path):
            return work()
    except AnotherInstance as error:
        raise AnotherInstance(f"{error}; stop the daemon first") from error


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
