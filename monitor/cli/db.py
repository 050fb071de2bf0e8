"""``monitor db``: check, back up, restore or vacuum the database, or delete a person's data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from monitor.cli.db_forget import STOP_FIRST, forget, forgetting_lines
from monitor.cli.options import config_option, load_active_config
from monitor.errors import UsageError

T = TypeVar("T")

DAMAGED = "the database is damaged; stop the daemon and restore a backup: monitor db restore FILE"


@click.group(name="db")
@config_option
@click.pass_context
def command(ctx: click.Context, config_path: Path | None) -> None:
    """Check, back up, restore or vacuum the database, or delete a person's data (forget).

    The daemon must be stopped for restore, vacuum and forget.
    """
    ctx.obj = config_path


command.add_command(forget)


@command.command()
@config_option
@click.option(
    "--link",
    metavar="HEX",
    help="Also check that the hash chain of the hit log contains this hash, taken from a heartbeat.",
)
def check(config_path: Path | None, link: str | None) -> int:
    """Check the whole database and list its problems. Exit 1 if there are any.

    Also recompute the hash chain of the hit log, and list each hit that was changed or removed outside the monitor.
    """
    from monitor.store import backup

    path = load_active_config(config_path).storage.path
    defects = backup.check(path)
    if link and not defects.lines:
        defects = backup.Defects(hit_log=tuple(_find_hash(path, link)))
    for line in defects.lines:
        click.echo(line)
    if defects.lines:
        altered = "the database is intact, but hits were changed; a backup shows the original"
        what = DAMAGED if defects.file else altered
        click.echo(f"{path}: {what}", err=True)
        return 1
    click.echo(f"{path}: no errors, {_size(path)}{_log_end(path)}", err=True)
    for line in forgetting_lines(path):
        click.echo(line, err=True)
    return 0


def _find_hash(path: Path, link: str) -> list[str]:
    """Print which hit the hash *link* of the hit log belongs to, or return the problem if the log lacks that hash."""
    from monitor.store import hash_chain, open_reader

    try:
        wanted = bytes.fromhex(link)
    except ValueError:
        raise UsageError(f'--link: "{link}" is not a hash from a heartbeat; it has 64 hexadecimal digits') from None
    with open_reader(path) as db:
        hit = hash_chain.hit_of_link(db, wanted)
    if hit is None:
        return ["hit log: it does not contain that hash: the log was rewritten, or retention has deleted that part"]
    click.echo(f"{path}: the hash belongs to hit #{hit}", err=True)
    return []


def _log_end(path: Path) -> str:
    from monitor.store import hash_chain, open_reader

    with open_reader(path, upgraded=False) as db:
        head = hash_chain.head(db) if db.has_table("hit_links") else None
    return f"; the hit log ends with {head}" if head else ""


@command.command(name="backup")
@config_option
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
def back_up(config_path: Path | None, file: Path | None) -> None:
    """Copy the database to FILE and check the copy.

    Without FILE, the copy is put beside the database, with the time in its name.
    """
    from monitor import clock
    from monitor.store import backup

    path = load_active_config(config_path).storage.path
    target = (file or backup.backup_path(path.parent, clock.now())).absolute()
    backup.back_up(path, target)
    click.echo(target)
    click.echo(f"{path}: copied, {_size(target)}", err=True)


@command.command()
@config_option
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(config_path: Path | None, file: Path) -> None:
    """Replace the database with the backup FILE. The old database is renamed, not deleted."""
    from monitor import clock
    from monitor.store import backup

    path = load_active_config(config_path).storage.path
    aside = _with_lock(path, lambda: backup.restore(file.absolute(), path, clock.now()))
    click.echo(f"{path}: restored from {file}, {_size(path)}", err=True)
    if aside:
        click.echo(f"the old database is kept as {aside}", err=True)
    again = "Entries found since that backup are found again; their alerts say that they may be repeats."
    click.echo(again, err=True)


@command.command()
@config_option
def vacuum(config_path: Path | None) -> None:
    """Rewrite the database without unused space. This needs as much free disk space as the database uses."""
    from monitor.store import backup

    path = load_active_config(config_path).storage.path
    before, after = _with_lock(path, lambda: backup.vacuum(path))
    click.echo(f"{path}: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now", err=True)


def _with_lock(path: Path, work: Callable[[], T]) -> T:
    """Call *work* and return its result, holding the lock that keeps daemons from using the database at *path*."""
    from monitor.store import InstanceLock

    with InstanceLock(path, remedy=STOP_FIRST):
        return work()


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
