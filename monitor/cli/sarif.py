"""Write the problems of a configuration as SARIF 2.1.0, which GitHub code scanning shows at the changed lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from monitor.errors import Problem

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
PACKAGE = "crypto-news-monitor"
_RULES = {
    "error": ("configuration-error", "The configuration cannot be used"),
    "warning": ("configuration-warning", "The configuration is probably not what was meant"),
    "feed": ("feed-down", "A feed cannot be read"),
}


def sarif_log(problems: Iterable[Problem], feeds_down: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """Return a SARIF log with one result for each problem.

    Args:
        problems: The problems in the configuration files.
        feeds_down: For each feed that cannot be read (checked only with ``--online``), the configuration file and the
            reason.
    """
    results = [_result(problem) for problem in problems]
    results += [_of_feed(file, reason) for file, reason in feeds_down]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(results)]}


def _run(results: list[dict[str, Any]]) -> dict[str, Any]:
    rules = [
        {"id": name, "shortDescription": {"text": text}, "defaultConfiguration": {"level": _level(level)}}
        for level, (name, text) in _RULES.items()
    ]
    driver = {"name": "monitor check", "version": _version(), "rules": rules}
    return {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}


def _result(problem: Problem) -> dict[str, Any]:
    place = problem.place
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.line,
        "endColumn": place.column + max(1, place.width),  # of the character after the region (section 3.30.8)
    }
    return _row(problem.level, text, str(place.file), region)


def _of_feed(file: str, reason: str) -> dict[str, Any]:
    return _row("feed", reason, file, {"startLine": 1})


def _row(level: str, text: str, file: str, region: dict[str, int]) -> dict[str, Any]:
    location = {"artifactLocation": {"uri": _uri(file)}, "region": region}
    return {
        "ruleId": _RULES[level][0],
        "ruleIndex": list(_RULES).index(level),
        "level": _level(level),
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    }


def _level(level: str) -> str:
    return "warning" if level == "warning" else "error"


def _uri(file: str) -> str:
    """Return the path *file* as a URI reference, relative to the working directory if the file is below it."""
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:  # run from a checkout
        return "0"
