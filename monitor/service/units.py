"""Generate the text of the systemd unit files and of the files that belong to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath

from monitor.errors import UsageError

MARK = "# written by monitor service install"  # begins the first line of each file

# directives that fail in a user's systemd, which has no privileges to drop and no system targets
_SYSTEM_ONLY = frozenset(
    {
        *("Wants", "After", "User", "Group", "StateDirectory", "StateDirectoryMode", "WorkingDirectory"),
        *("LoadCredential", "CapabilityBoundingSet", "AmbientCapabilities", "ProtectSystem", "ProtectHome"),
        *("PrivateTmp", "PrivateDevices", "PrivateUsers", "PrivateMounts", "PrivateIPC", "ProtectClock"),
        *("ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables"),
        *("ProtectControlGroups", "ProtectProc", "ProcSubset", "RemoveIPC", "DevicePolicy", "KeyringMode"),
    }
)
_KEY = re.compile(r"([A-Za-z]+)=")


@dataclass(frozen=True, slots=True)
class Installation:
    """The paths and options with which the unit files are written.

    *program* is the command line of the monitor up to its options, as in ExecStart=. *credentials* are the names in
    ``${file:NAME}`` placeholders of the configuration. With *for_user*, the units are for ``systemctl --user``.
    """

    program: str
    config: PurePosixPath
    credentials: tuple[str, ...] = ()
    for_user: bool = False


# the installation for which the files in the repository's folder systemd/ are written
EXAMPLE = Installation("/opt/monitor/venv/bin/monitor", PurePosixPath("/etc/monitor/config.toml"))


def render(installation: Installation, name: str) -> str:
    """Return the text of the template *name*, such as monitor.service, filled in for *installation*."""
    config, folder = str(installation.config), installation.config.parent
    if installation.for_user:
        credentials = "LoadCredential="  # removed with its comment: the service can read the user's own files directly
    elif installation.credentials:
        # the value is taken as it is: quotes would become part of the name and of the path
        paths = (f"{each}:{folder}/secrets/{each}".replace("%", "%%") for each in installation.credentials)
        credentials = "\n".join(f"LoadCredential={path}" for path in paths)
    else:
        credentials = f"# LoadCredential=duty_mail:{folder}/secrets/duty_mail"
    values = {
        "PROGRAM": installation.program,
        # of any other folder, such as /etc, the owner and the permissions are not the monitor's to change
        "FOLDER_RULE": f"d {_quoted(str(folder))} 0750 root monitor"
        if folder == EXAMPLE.config.parent
        else f"# the permissions of {folder} stay as they are",
        "SECRETS": _quoted(f"{folder}/secrets"),
        "CONFIG": _argument(config) if name.endswith(".service") else _quoted(config),
        "CREDENTIALS": credentials,
        "TARGET": _target(installation),
    }
    template = files("monitor.service").joinpath("templates", name).read_text(encoding="utf-8")
    text = re.sub(r"@([A-Z_]+)@", lambda match: values[match[1]], template)
    return _for_user_manager(text) if installation.for_user and name.endswith(".service") else text


def _target(installation: Installation) -> str:
    return "default.target" if installation.for_user else "multi-user.target"


def target_paths(installation: Installation, home: Path) -> dict[str, PurePosixPath]:
    """Return the path at which each template is installed, by the template's name.

    *home* is the user's home directory, which is used for ``systemctl --user``.
    """
    if installation.for_user:
        units = PurePosixPath(home) / ".config/systemd/user"
        return {name: units / name for name in ("monitor.service", "monitor-failure.service")}
    units = PurePosixPath("/etc/systemd/system")
    return {
        "monitor.service": units / "monitor.service",
        "monitor-failure.service": units / "monitor-failure.service",
        "monitor.sysusers": PurePosixPath("/etc/sysusers.d/monitor.conf"),
        "monitor.tmpfiles": PurePosixPath("/etc/tmpfiles.d/monitor.conf"),
    }


def enabling_link(installation: Installation, home: Path) -> PurePosixPath:
    """Return the path of the symbolic link with which ``systemctl enable`` makes the service start."""
    units = target_paths(installation, home)["monitor.service"].parent
    return units / f"{_target(installation)}.wants" / "monitor.service"


def exec_words(program: str, *arguments: str) -> str:
    """Return a command line for ExecStart= (systemd.service(5), "Command lines").

    Raises:
        UsageError: systemd cannot run a program with such a path.
    """
    if re.search(r"""[\x00-\x1f'"\\]""", program):
        raise UsageError(
            f"{program!r}: systemd runs no program whose path has quotes or backslashes; install it elsewhere"
        )
    return " ".join([_quoted(program), *map(_argument, arguments)])  # in the path of the program, $ is no variable


def _argument(word: str) -> str:
    return _quoted(word.replace("$", "$$"))


def _quoted(word: str) -> str:
    """Return *word* quoted so that systemd reads it as one word and expands nothing (systemd.syntax(7), "Quoting")."""
    word = word.replace("\\", "\\\\").replace("%", "%%")
    return '"' + word.replace('"', '\\"') + '"' if re.search(r"""[\s"';]""", word) else word


def _for_user_manager(text: str) -> str:
    """Return the text of a unit without directives that ``systemctl --user`` does not support, and their comments."""
    kept: list[str] = []
    comments: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            comments.append(line)
            continue
        key = _KEY.match(line)
        if not key or key[1] not in _SYSTEM_ONLY:
            kept += [*comments, line]
        elif comments and comments[0].startswith(MARK):
            kept.append(comments[0])
        comments = []
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)) + "\n"
