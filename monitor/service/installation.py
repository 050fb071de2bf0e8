"""Find the program and the configuration that the service runs, and refuse those that it could not access."""

from __future__ import annotations

import grp
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from monitor.config.location import home_directory
from monitor.errors import UsageError
from monitor.service.environment import configuration_texts, credentials_in, hidden_in
from monitor.service.files import below
from monitor.service.units import Installation, exec_words

_SYSTEM_CONFIG = PurePosixPath("/etc/monitor/config.toml")


def find_installation(
    config_path: Path | None, root: Path, *, for_user: bool, may_be_hidden: bool = False
) -> Installation:
    """Return the paths and options with which the units are written.

    Args:
        config_path: The configuration; None for the usual one of a service.
        root: The directory that is treated as /.
        for_user: Whether the service is that of the current user, who runs it without root.
        may_be_hidden: Whether to accept a program or configuration that a system service cannot see.

    Raises:
        UsageError: The program or the configuration is in a directory that the service cannot access.
    """
    default = PurePosixPath(own_home(), ".config/monitor/config.toml") if for_user else _SYSTEM_CONFIG
    config = PurePosixPath(os.path.normpath(Path(config_path).absolute())) if config_path else default
    if not str(config).isprintable():
        raise UsageError(f"{str(config)!r}: a unit cannot name such a path; rename the file or its folder")
    words = program()
    if not for_user and not may_be_hidden:
        _refuse_hidden(
            ("the program", words[0]),
            ("Python", sys.executable),
            ("Python", sys.base_prefix),
            ("the package", _package()),
            ("it", str(below(root, config)) if root == Path("/") else str(config)),
        )
    credentials = credentials_in(configuration_texts(below(root, config), os.environ).values())
    return Installation(exec_words(*words), config, credentials, for_user)


def _refuse_hidden(*named: tuple[str, str]) -> None:
    for what, path in named:
        if hidden := hidden_in(path):
            raise UsageError(
                f"{path}: a system service cannot see {what} in {hidden}; install it into /opt/monitor/venv and"
                " run that, or use --user"
            )


def program() -> list[str]:
    """Return the command line that starts this installation of the monitor.

    Raises:
        UsageError: The monitor is not installed, but run from a folder, which the service would not find.
    """
    beside = Path(sys.executable).with_name("monitor")
    if beside.exists():
        return [str(beside)]
    try:
        version("crypto-news-monitor")
    except PackageNotFoundError:
        raise UsageError(
            f"{_package()}: the monitor is run from this folder and is not installed; install it, as docs/install.md"
            " says, and run monitor service install with that installation"
        ) from None
    return [sys.executable, "-m", "monitor"]


def _package() -> str:
    """Return the directory of the package that runs."""
    return str(Path(__file__).parents[1])


def own_home() -> Path:
    """Return the home directory of the current user."""
    return home_directory(os.environ)


def needed_files(installation: Installation) -> list[Path]:
    """Return files that the service's user must be able to read, so that the service can start."""
    included = (Path(path) for path in configuration_texts(Path(installation.config), os.environ))
    return [Path(program()[0]), Path(sys.executable), Path(os.__file__), Path(__file__), *included]


def service_group() -> int | None:
    """Return the id of the group monitor; None if there is none yet."""
    try:
        return grp.getgrnam("monitor").gr_gid
    except KeyError:
        return None
