"""Install the wheel of dist/ into a clean environment of another Python; run the monitor and the fast tests there.

Usage: python -m release.try_wheel PYTHON [PYTEST ARGUMENTS]. Ends at the first step that fails, with its exit code.
The tests run in a copy of the repository whose ``monitor/`` is a link to the installed package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from release.dist import REPOSITORY, tracked_files

PIP = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps")
# without a folder in the way, monitor is the installed package; some tests read its source as a part of the repository
LINK_PACKAGE = "import os, monitor; os.symlink(os.path.dirname(monitor.__file__), 'monitor')"
EXAMPLE = "share/doc/crypto-news-monitor/config.example.toml"


def try_wheel(python: str, folder: Path, pytest_arguments: Sequence[str]) -> int:
    """Install the wheel for *python* into an environment in *folder*, run all steps and return the exit code.

    Args:
        python: The interpreter, as a path or as a name to look up.
        folder: An empty directory.
        pytest_arguments: What to give to pytest; if empty, it runs the fast tests on all cores.
    """
    [wheel] = (REPOSITORY / "dist").glob("*.whl")
    environment, copy = folder / "venv", folder / "repository"
    own = str(environment / "bin" / "python")
    monitor = str(environment / "bin" / "monitor")
    copy_without_package(copy)
    # the first configuration that a newcomer gets, and the example that documents every setting
    steps = [
        [python, "-m", "venv", str(environment)],
        [own, *PIP, "--require-hashes", "-r", str(REPOSITORY / "requirements.lock")],
        [own, *PIP, str(wheel)],
        [monitor, "--version"],
        [monitor, "demo"],
        [monitor, "init", str(folder / "first")],
        [monitor, "check", str(folder / "first" / "config.toml")],
        [monitor, "check", str(environment / EXAMPLE)],
        [own, *PIP, "--require-hashes", "-r", str(REPOSITORY / "requirements-dev.lock")],
        [own, "-c", LINK_PACKAGE],
        [own, "-m", "pytest", *(pytest_arguments or ("--numprocesses", str(os.cpu_count()), "--dist", "worksteal"))],
    ]
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    for step in steps:
        code = _run(step, copy, environ)
        if code:
            return code
    return 0


def copy_without_package(target: Path) -> None:
    """Copy the files that git tracks to *target*, without those of the package ``monitor``."""
    for path in tracked_files(REPOSITORY):
        if path.parts[0] != "monitor":
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / path, target / path)


def _run(step: Sequence[str], folder: Path, environ: Mapping[str, str]) -> int:
    print(f"$ {' '.join(step)}", flush=True)
    began = time.monotonic()
    code = subprocess.run(step, cwd=folder, env=environ, check=False).returncode
    print(f"  exit {code}, {time.monotonic() - began:.0f} s", flush=True)
    return code


def main() -> int:
    """Try the wheel with the interpreter that the command line names."""
    with tempfile.TemporaryDirectory(prefix="monitor-wheel-") as folder:
        return try_wheel(sys.argv[1], Path(folder), sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
