"""Look up known vulnerabilities of the locked packages with pip-audit, and fail if it could not look them all up.

Usage: python -m release.audit PIP_AUDIT. pip-audit itself succeeds when the index answers for no package at all, as a
mirror without PyPI's JSON API does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor.wording import counted

LOCKS = ("requirements.lock", "requirements-build.lock")


def findings(packages: Sequence[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Return a line for each known vulnerability, and the names of the packages that could not be looked up.

    *packages* is the list "dependencies" of pip-audit's JSON output.
    """
    vulnerable = [
        f"{package['name']} {package['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'none'}"
        for package in packages
        for found in package.get("vulns", ())
    ]
    return vulnerable, [package["name"] for package in packages if "skip_reason" in package]


def report(packages: Sequence[dict[str, Any]]) -> tuple[int, str]:
    """Return the exit code and the text of an audit of *packages*: 0 clean, 1 vulnerable, 2 not (all) looked up."""
    vulnerable, skipped = findings(packages)
    lines = list(vulnerable)
    if skipped:
        lines.append(
            f"{len(skipped)} of {counted(len(packages), 'package')} could not be looked up:"
            f" {', '.join(skipped[:5])}{', ...' if len(skipped) > 5 else ''};"
            " this index has no JSON API: run make audit where pypi.org can be reached"
        )
    if not lines:
        lines.append(f"no known vulnerability in {counted(len(packages), 'package')}")
    return (1 if vulnerable else 2 if skipped else 0), "\n".join(lines)


def main() -> int:
    """Run pip-audit on the locks, print what it found and return the exit code."""
    packages: dict[str, dict[str, Any]] = {}
    for lock in LOCKS:
        command = [sys.argv[1], "--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json"]
        done = subprocess.run([*command, "-r", lock], capture_output=True, text=True, check=False)
        try:
            packages |= {package["name"]: package for package in json.loads(done.stdout)["dependencies"]}
        except (json.JSONDecodeError, KeyError):
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            print(f"{Path(lock).name}: nothing was audited: {reason[0]}", file=sys.stderr)
            return 2
    code, text = report(list(packages.values()))
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
