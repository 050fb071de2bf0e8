"""``monitor service``: install the monitor as a systemd service, or remove it."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from monitor.cli.init import AUDIENCES, starter_configuration
from monitor.cli.options import config_option
from monitor.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from monitor.service.files import PlannedFile
    from monitor.service.units import Installation

_SYSTEMD = Path("/run/systemd/system")  # exists while systemd runs: sd_booted(3)
_LINGER = Path("/var/lib/systemd/linger")  # a file for each user whose services run without a session

_ALL_DONE = (
    "Nothing is left to do: the service is enabled and running.\n"
    "It reads secrets and the program when it starts; restart it if one of them has changed."
)

user_option = click.option(
    "--user", "for_user", is_flag=True, help="Install for your own user (systemctl --user), without root."
)
root_option = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default="/",
    help="Treat this directory as /, to prepare a system image; do not run systemctl.",
)


@click.group(name="service")
@config_option
@click.pass_context
def command(ctx: click.Context, config_path: Path | None) -> None:
    """Install the monitor as a systemd service, or remove it."""
    ctx.obj = config_path


@command.command(name="install")
@user_option
@root_option
@click.option("--dry-run", is_flag=True, help="Print the files that would be written; write nothing.")
@click.option(
    "--for",
    "audience",
    type=click.Choice(AUDIENCES),
    default="exchange",
    help="Which kind of team the first configuration is for.",
)
@click.pass_obj
def install(config_path: Path | None, for_user: bool, root: Path, dry_run: bool, audience: str) -> int:
    """Install the service: write the units, the system user and a first configuration.

    Then check the configuration and print the steps that are left to do.
    """
    from monitor.service.environment import closed_paths, unusable_settings
    from monitor.service.files import Change, below, write_files
    from monitor.service.installation import find_installation, needed_files, service_group

    installation = find_installation(config_path, root, for_user=for_user, may_be_hidden=dry_run)
    planned = _planned(installation, root, audience)
    if dry_run:
        _print_files(planned)
        find_installation(config_path, root, for_user=for_user)  # raises if the installation would be refused
        return 0
    written = write_files(planned)
    for path, change in written:
        click.echo(f"{change:9}  {path}")
    here = root == Path("/")
    changed = any(change in (Change.CREATED, Change.UPDATED) for _, change in written)
    left = _activate(installation, changed=changed) if here else []
    config = below(root, installation.config)
    secrets = _secrets_folder(installation, root)
    errors = _check(config, secrets)
    if missing := [str(secrets / name) for name in installation.credentials if not (secrets / name).exists()]:
        left.append(f"write the secrets, readable by {'you' if for_user else 'root'} alone: {', '.join(missing)}")
    if here and not for_user:
        left += closed_paths(needed_files(installation), service_group())
    left += unusable_settings(installation, config, os.environ)
    if errors:
        left.append(f"correct {config}; monitor -c {config} check shows what is wrong")
    left += _next_steps(installation, config, here=here)
    click.echo("\nLeft to do:" if left else f"\n{_ALL_DONE}")
    for number, step in enumerate(left, 1):
        click.echo(f"  {number}. {step}")
    return 1 if errors else 0


@command.command(name="uninstall")
@user_option
@root_option
@click.pass_obj
def uninstall(config_path: Path | None, for_user: bool, root: Path) -> None:
    """Stop the service and delete the files that install wrote. Configuration, secrets and database are kept."""
    from monitor.service.files import below, is_ours, remove_files
    from monitor.service.installation import find_installation, own_home
    from monitor.service.units import enabling_link, target_paths

    installation = find_installation(config_path, root, for_user=for_user, may_be_hidden=True)
    home = own_home()
    paths = {name: below(root, path) for name, path in target_paths(installation, home).items()}
    runs_here = root == Path("/") and is_ours(paths["monitor.service"])  # another program's service is left alone
    if runs_here:
        _report(_systemctl(installation, "disable", "--now", "monitor.service"))
    link = below(root, enabling_link(installation, home))
    removed = remove_files(paths.values())
    if paths["monitor.service"] in removed and link.is_symlink():  # systemctl has not run, or failed
        link.unlink()
        removed.append(link)
    for path in removed:
        click.echo(f"deleted    {path}")
    if runs_here:
        _report(_systemctl(installation, "daemon-reload"))
    if not removed:
        click.echo("nothing to delete: monitor service install has written no file here")
    config = below(root, installation.config)
    for kept in (
        config,
        _secrets_folder(installation, root),
        below(root, PurePosixPath(_database(installation).parent)),
    ):
        if kept.exists() and kept != config.parent:
            click.echo(f"kept       {kept}")
    if not for_user and removed:
        click.echo("kept       the user monitor")


@command.command(name="report-failure", hidden=True)
@click.pass_obj
def report_failure(config_path: Path | None) -> None:
    """Notify the recipients in [health] that the service has failed; monitor-failure.service runs this command."""
    from monitor.config import find_config_file, load
    from monitor.service.failure import send_failure

    # errors in the configuration are a likely cause of the failure, so use its valid parts
    loaded = load(find_config_file(config_path, os.environ), environ=os.environ)
    config = loaded.partial
    recipients = [name for name in config.health.send_to if name in config.destinations] if config else []
    if config is None or not recipients:
        raise UsageError("nobody can be notified of the failure: set send_to in [health]")
    failures = [problem for name in recipients if (problem := send_failure(config, name, loaded.problems))]
    for problem in failures:
        click.echo(f"monitor: {problem}", err=True)
    if len(failures) == len(recipients):
        raise DeliveryError("nobody was notified of the failure")


def _planned(installation: Installation, root: Path, audience: str) -> list[PlannedFile]:
    from monitor.service.files import PlannedFile, below
    from monitor.service.installation import own_home
    from monitor.service.units import render, target_paths

    planned = [
        PlannedFile(below(root, path), render(installation, name), 0o644)
        for name, path in target_paths(installation, own_home()).items()
    ]
    text = starter_configuration(audience, _database(installation))
    return [*planned, PlannedFile(below(root, installation.config), text, 0o640, keep=True)]


def _print_files(planned: Iterable[PlannedFile]) -> None:
    for file in planned:
        change = file.change()
        click.echo(f"## {file.path}: would be {change}")
        if not file.keep or change == "created":
            click.echo(file.text)


def _activate(installation: Installation, *, changed: bool) -> list[str]:
    """Make systemd load the new units, and return the commands that the user still has to run.

    *changed* says whether a unit may differ from the one that a running service was started with.
    """
    left = []
    if not installation.for_user:
        for words in (
            ["systemd-sysusers", "/etc/sysusers.d/monitor.conf"],
            ["systemd-tmpfiles", "--create", "/etc/tmpfiles.d/monitor.conf"],
        ):
            if problem := _run(words):
                click.echo(f"monitor: {problem}", err=True)
                left.append(f"run as root: {' '.join(words)}")
    user = "--user " if installation.for_user else ""
    if not _SYSTEMD.exists():
        left.append(
            "systemd is not running here: start it, or let another supervisor run what ExecStart= in the unit says"
        )
    elif problem := _systemctl(installation, "daemon-reload"):
        click.echo(f"monitor: {problem}", err=True)
        where = f", in a session of your own: export XDG_RUNTIME_DIR=/run/user/{os.getuid()}" if user else ""
        left.append(f"systemctl {user}daemon-reload{where}")
    elif changed and _is(installation, "active"):
        left.append(f"systemctl {user}restart monitor.service, because its unit has changed")
    return left


def _systemctl(installation: Installation, *words: str) -> str:
    """Run systemctl, and return what went wrong, else an empty text; do nothing if systemd is not running."""
    if not _SYSTEMD.exists():
        return ""
    return _run(["systemctl", *(["--user"] if installation.for_user else []), *words])


def _run(words: Sequence[str]) -> str:
    """Run the command line *words*; return what went wrong, or an empty text."""
    program = shutil.which(words[0])
    if program is None:
        return f"{words[0]} is not installed"
    done = subprocess.run([program, *words[1:]], capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    reason = (done.stderr or done.stdout).strip() or f"exit {done.returncode}"
    return f"{' '.join(words)}: {reason}" if done.returncode else ""


def _report(problem: str) -> None:
    if problem:
        click.echo(f"monitor: {problem}", err=True)


def _check(config: Path, secrets: Path) -> int:
    """Print the problems of *config*, with secrets read from the directory *secrets*; return the number of errors."""
    from monitor.cli.check import check_configuration
    from monitor.wording import counted

    before = os.environ.get("CREDENTIALS_DIRECTORY")
    os.environ["CREDENTIALS_DIRECTORY"] = str(secrets)
    try:
        _, problems = check_configuration(config)
    finally:
        if before is None:
            del os.environ["CREDENTIALS_DIRECTORY"]
        else:
            os.environ["CREDENTIALS_DIRECTORY"] = before
    for problem in problems:
        click.echo(str(problem))
    errors = sum(problem.level == "error" for problem in problems)
    click.echo(f"checked    {config}: {counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}")
    return errors


def _secrets_folder(installation: Installation, root: Path) -> Path:
    from monitor.service.files import below

    folder = below(root, installation.config.parent)
    return folder if installation.for_user else folder / "secrets"


def _next_steps(installation: Installation, config: Path, *, here: bool) -> list[str]:
    """Return the steps to a running service; *here* says whether this machine can be asked which have been done."""
    user = "--user " if installation.for_user else ""
    steps = []
    if _is_untouched(installation, config):
        again = f"monitor service install {user}again: it checks it and adds its credentials to the units"
        steps.append(f"edit {config}: destinations, actors, [health] send_to; then run {again}")
    if not (here and _is(installation, "enabled") and _is(installation, "active")):
        steps.append(f"systemctl {user}enable --now monitor.service")
        steps.append(f"systemctl {user}status monitor.service; journalctl {user}-u monitor.service -f")
    if installation.for_user and not (here and _lingers()):
        steps.append("loginctl enable-linger, so that it also runs while you are not logged in")
    return steps


def _is_untouched(installation: Installation, config: Path) -> bool:
    """Return whether *config* is still a first configuration, as ``service install`` or ``init`` wrote it."""
    written = (
        starter_configuration(audience, database)
        for audience in AUDIENCES
        for database in (_database(installation), None)
    )
    try:
        text = config.read_text(encoding="utf-8", errors="replace")
    except OSError:  # check has said so
        return False
    return _without_contact(text) in map(_without_contact, written)


def _without_contact(text: str) -> str:
    """Return *text* without the contact address, which depends on who wrote it, and where."""
    return re.sub(r"(?m)^contact *=.*$", "", text)


def _database(installation: Installation) -> Path:
    from monitor.service.installation import own_home

    return (own_home() / ".local/state/monitor" if installation.for_user else Path("/var/lib/monitor")) / "monitor.db"


def _lingers() -> bool:
    """Return whether the services of this user run without a session."""
    try:
        return (_LINGER / pwd.getpwuid(os.getuid()).pw_name).exists()
    except KeyError:  # no such user, as in a container
        return False


def _is(installation: Installation, state: str) -> bool:
    """Return whether systemd says that the service is *state*, such as ``active``."""
    return _SYSTEMD.exists() and not _systemctl(installation, f"is-{state}", "--quiet", "monitor.service")
