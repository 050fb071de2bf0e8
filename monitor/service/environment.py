"""Find settings of a configuration that work in a terminal but not in the service, whose environment differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from monitor.config import load
from monitor.service.units import Installation

STATE = PurePosixPath("/var/lib/monitor")  # StateDirectory= of the unit
_CREDENTIAL = re.compile(r"[A-Za-z0-9_.-]+")  # NAME of ${file:NAME}; any other name is a path
_FILE = re.compile(r"\$\{file:([^{}]+)\}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def credentials_in(text: str) -> tuple[str, ...]:
    """Return the names in ``${file:NAME}`` placeholders of a configuration that systemd can provide as credentials."""
    return tuple(sorted({name for name in _FILE.findall(_uncommented(text)) if _CREDENTIAL.fullmatch(name)}))


def unusable_settings(installation: Installation, config: Path, environ: Mapping[str, str]) -> list[str]:
    """Return a line for each setting that works in a terminal but not in the service, which says what to do.

    Args:
        installation: The paths and options with which the units are written.
        config: The path of the configuration file; if it cannot be read, nothing is returned.
        environ: The environment variables of this process.
    """
    try:
        text = _uncommented(config.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return []
    drop_in = f"systemctl {'--user ' if installation.for_user else ''}edit monitor.service"
    found = [
        f"the service has no environment variable {name}: use ${{file:{name.lower()}}}, or {drop_in}: EnvironmentFile="
        for name in sorted(set(_VARIABLE.findall(text)))
    ]
    if installation.for_user:
        return found
    found += [
        f"the user monitor must be able to read {name}: or write ${{file:NAME}} without a folder"
        for name in sorted(set(_FILE.findall(text)))
        if not _CREDENTIAL.fullmatch(name)
    ]
    loaded = load(config, environ={**environ, "STATE_DIRECTORY": str(STATE)}).partial
    if loaded is None:
        return found
    backup = loaded.storage.backup
    folders = {"path": loaded.storage.path.parent, **({"backup": backup.directory} if backup else {})}
    return found + [
        f"[storage] {key}: the service cannot write {folder}: use a folder in {STATE}, or {drop_in}:"
        f" ReadWritePaths={folder}"
        for key, folder in folders.items()
        if not folder.is_relative_to(STATE)
    ]


def _uncommented(text: str) -> str:
    return "\n".join(line.partition("#")[0] for line in text.splitlines())
