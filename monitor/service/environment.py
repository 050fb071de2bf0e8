"""Find what works in a terminal but not in the service, whose environment, user and view of the files differ."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from monitor.config import Config, load
from monitor.config.placeholders import FILE, placeholders_of_file
from monitor.service.units import Installation

STATE = PurePosixPath("/var/lib/monitor")  # StateDirectory= of the unit
# directories that the system service cannot see, because of ProtectHome= and PrivateTmp=
HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - compared, not written
FIRST_PORT = 1024  # lower ones need a capability


def configuration_texts(config: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the text of the configuration *config* and of each file that it includes, by path; empty if unreadable."""
    loaded = load(config, environ=environ).partial
    if loaded is not None:
        return loaded.files.texts
    try:
        return {str(config): config.read_text(encoding="utf-8", errors="replace")}
    except OSError:
        return {}


def credentials_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the names in ``${file:NAME}`` placeholders of TOML files that systemd can provide as credentials."""
    return tuple(sorted(name for name in _files_named(texts) if _is_credential(name)))


def hidden_in(path: str) -> str | None:
    """Return the directory that hides *path* or what it leads to from a system service; None if the service sees it."""
    candidates = (os.path.normpath(path), os.path.realpath(path))
    return next((place for place in HIDDEN if any(each.startswith(f"{place}/") for each in candidates)), None)


def closed_path(path: Path, group: int | None) -> Path | None:
    """Return the first part of *path* that the service's user cannot enter or read; None if it can read the file.

    Args:
        path: An absolute path.
        group: The group id of the service's user; None if it does not exist yet.
    """
    resolved = path.resolve()
    for each in (*reversed(resolved.parents), resolved):
        try:
            status = each.stat()
        except OSError:
            return each
        directory = stat.S_ISDIR(status.st_mode)
        others, members = (stat.S_IXOTH, stat.S_IXGRP) if directory else (stat.S_IROTH, stat.S_IRGRP)
        if not status.st_mode & (members if group is not None and status.st_gid == group else others):
            return each
    return None


def closed_paths(paths: Iterable[Path], group: int | None) -> list[str]:
    """Return a line for each part of *paths* that the service's user cannot enter or read, which says what to do.

    Args:
        paths: Files that the service needs: program, Python, packages, configuration.
        group: The group id of the service's user; None if it does not exist yet.
    """
    closed = dict.fromkeys(part for path in paths if (part := closed_path(path, group)))
    return [f"the user monitor cannot read {part}: run as root: {_opening(part)}" for part in closed]


def _opening(part: Path) -> str:
    # a file may be a configuration with secrets, which not everybody may read
    return f"chmod -R go+rX {part}" if part.is_dir() else f"chgrp monitor {part} && chmod g+rX {part}"


def unusable_settings(installation: Installation, config: Path, environ: Mapping[str, str]) -> list[str]:
    """Return a line for each setting that works in a terminal but not in the service, which says what to do.

    Args:
        installation: The paths and options with which the units are written.
        config: The path of the configuration file; if it cannot be read, nothing is returned.
        environ: The environment variables of this process.
    """
    environ = {**environ, **({} if installation.for_user else {"STATE_DIRECTORY": str(STATE)})}
    loaded = load(config, environ=environ, secrets_needed=False).partial
    texts = loaded.files.texts if loaded else configuration_texts(config, environ)
    drop_in = f"systemctl {'--user ' if installation.for_user else ''}edit monitor.service"
    variables = {name for text in texts.values() for name in placeholders_of_file(text) if not name.startswith(FILE)}
    found = [
        f"the service has no environment variable {name}: use ${{file:{name.lower()}}}, or {drop_in}: EnvironmentFile="
        for name in sorted(variables)
    ]
    if loaded is not None and loaded.web is not None and loaded.web.port < FIRST_PORT:
        found.append(
            f"[web] listen: the service may not listen on port {loaded.web.port}: use a port from {FIRST_PORT} on,"
            " and a reverse proxy"
        )
    if installation.for_user:
        return found
    return [*found, *_for_system(texts, loaded, drop_in)]


def _for_system(texts: Mapping[str, str], loaded: Config | None, drop_in: str) -> Iterator[str]:
    for name in sorted(_files_named(texts.values())):
        if not _is_credential(name):
            yield f"the user monitor must be able to read {name}: or write ${{file:NAME}} without a folder"
    if loaded is None:
        return
    for path in texts:
        if (place := hidden_in(path)) and not _is_shipped(path):
            yield f"the service cannot see {path} in {place}: move it to another folder, and change include"
    backup = loaded.storage.backup
    folders = {"path": loaded.storage.path.parent, **({"backup": backup.directory} if backup else {})}
    for key, folder in folders.items():
        if place := hidden_in(f"{folder}/"):
            yield f"[storage] {key}: the service cannot see {folder} in {place}: use a folder in {STATE}"
        elif not folder.is_relative_to(STATE):
            yield (
                f"[storage] {key}: the service cannot write {folder}: use a folder in {STATE}, or {drop_in}:"
                f" ReadWritePaths={folder}"
            )


def _files_named(texts: Iterable[str]) -> set[str]:
    """Return the names in ``${file:NAME}`` placeholders of TOML files; one without a name is left out."""
    names = {name for text in texts for name in placeholders_of_file(text) if name.startswith(FILE)}
    return {name.removeprefix(FILE) for name in names if name != FILE}


def _is_credential(name: str) -> bool:
    """Return whether systemd can provide a credential of that *name*; any other name is a path."""
    return re.fullmatch(r"[A-Za-z0-9_.-]+", name) is not None and name not in (".", "..")


def _is_shipped(path: str) -> bool:
    return Path(path).is_relative_to(Path(__file__).parents[1])
