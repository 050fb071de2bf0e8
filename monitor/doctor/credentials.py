"""Checks of the secrets that the configuration names: whether they are there, and who can read their files."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from monitor.config.placeholders import FILE, PlaceholderError, placeholders_of_file, secret_file
from monitor.doctor.finding import Finding, ok, warning
from monitor.wording import counted


def credential_findings(texts: Mapping[str, str], environ: Mapping[str, str]) -> list[Finding]:
    """Check who can read the files of the secrets; that a secret is missing is an error of the configuration.

    Args:
        texts: The text of each file of the configuration, by its absolute path.
        environ: The environment variables.
    """
    variables, files = set(), set()
    for path, text in texts.items():
        for name in placeholders_of_file(text):
            if name.startswith(FILE):
                with suppress(PlaceholderError):  # an error of the configuration
                    files.add(secret_file(name.removeprefix(FILE), environ, Path(path).parent))
            else:
                variables.add(name)
    if not variables and not files:
        return [ok("credentials", "the configuration needs none")]
    found = [finding for path in sorted(files) if (finding := _exposed(path))]
    if found:
        return found
    return [ok("credentials", f"{counted(len(files), 'file')}, {counted(len(variables), 'environment variable')}")]


def _exposed(path: Path) -> Finding | None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
    # systemd's own copy is readable by the service alone, and its folder keeps others out
    if not mode & stat.S_IROTH or not _can_be_entered(path.parents):
        return None
    return warning("credentials", f"{path} can be read by everybody", f"run: chmod o-r {path}")


def _can_be_entered(folders: Iterable[Path]) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)
