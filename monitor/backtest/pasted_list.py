"""A watchlist that somebody pasted into the web page, made into a configuration to compare with the active one.

Whoever may paste must not learn anything from this machine: no file but the shipped packs is read, ``${NAME}`` stays
unresolved, and only the watchlist is taken from the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config import Config, ConfigurationFiles, load
from monitor.config.document.read_file import parse_source
from monitor.config.includes import PACK, PACKS
from monitor.errors import Problem, UsageError
from monitor.model import Destination

NAME = Path("/pasted/list.toml")  # which does not exist: all texts are given
HIDDEN = "hidden"
MAX_PROBLEMS = 20
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")


def pasted_configuration(text: str, active: Config) -> Config:
    """Return the active configuration with the watchlist of *text* in place of its own.

    The watchlist is its actors, keywords, lists and rules. Feeds and destinations are taken from the active
    configuration, so that a text without them can name them; those that the text defines itself take their place.
    Everything else is ignored.

    Args:
        text: TOML, a whole configuration or a part of one.
        active: The active configuration.

    Raises:
        UsageError: The text has errors; the text of the error lists them.
    """
    given = _tables(text)
    _ensure_only_packs(given.get("include", []))
    loaded = load(NAME, environ={}, instead=_files(_PLACEHOLDER.sub(HIDDEN, text) + _stubs(given, active)))
    lines = text.splitlines()
    errors = [p for p in loaded.problems if p.level == "error" and not _is_about_a_secret(p, lines)]
    config = loaded.config or loaded.partial
    if errors or config is None:
        shown = [_shown(problem) for problem in errors[:MAX_PROBLEMS]]
        more = [f"and {len(errors) - MAX_PROBLEMS} more"] if len(errors) > MAX_PROBLEMS else []
        raise UsageError("\n".join(["the pasted list has errors:", *shown, *more]))
    if not config.rules:
        raise UsageError("the pasted list has no rules, so that nothing would be a hit; paste [rules] too")
    edited = replace(
        active,
        path=NAME,
        places=config.places,
        actors=config.actors,
        keywords=config.keywords,
        lists=config.lists,
        rules=config.rules,
    )
    if "destinations" in given:
        edited = replace(edited, destinations=_destinations(given["destinations"], config.destinations))
    return replace(edited, feeds=config.feeds) if "feeds" in given else edited


def _tables(text: str) -> Mapping[str, object]:
    source, problems = parse_source(NAME, text.encode(errors="replace"))
    if source.broken:
        raise UsageError("\n".join(["the pasted list is not TOML:", *map(_shown, problems)]))
    return source.table


def _ensure_only_packs(include: object) -> None:
    for pattern in include if isinstance(include, list) else [include]:
        if not str(pattern).startswith(PACK):
            raise UsageError(
                f"include: {str(pattern)[:80]!a} is not read here, only pack:NAME is; paste what is in that file"
            )


def _files(text: str) -> ConfigurationFiles:
    packs = PACKS.glob("*.toml") if PACK in text else ()
    return ConfigurationFiles({str(NAME): text, **{str(path.absolute()): path.read_text() for path in packs}}, {})


def _stubs(given: Mapping[str, object], active: Config) -> str:
    """Return tables for what the text may name and does not define, to be put at its end."""
    lines: list[str] = []
    if "destinations" not in given:
        lines += [f'[destinations.{_quoted(name)}]\nurl = "console://"' for name in active.destinations]
    if "feeds" not in given:
        for key, feed in active.feeds.items():
            tags = ", ".join(map(_quoted, sorted(feed.tags)))
            lines.append(f'[feeds.{_quoted(key)}]\nurl = "https://{len(lines)}.invalid/"\ntags = [{tags}]')
    return "\n" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _destinations(given: object, known: Mapping[str, Destination]) -> dict[str, Destination]:
    """Return the destinations of the text; nothing is sent, so that an address with a secret is not needed."""
    names: Iterable[str] = given if isinstance(given, dict) else ()
    return {name: known.get(name) or Destination(name, "console://") for name in names}


def _is_about_a_secret(problem: Problem, lines: list[str]) -> bool:
    line = problem.place.line
    return 0 < line <= len(lines) and _PLACEHOLDER.search(lines[line - 1]) is not None


def _shown(problem: Problem) -> str:
    hint = f"; {problem.hint}" if problem.hint else ""
    where = f"line {problem.place.line}" if problem.place.file == NAME else problem.place.file.name
    return f"{where}: {problem.message}{hint}"
