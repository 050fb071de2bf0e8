"""Check one file of a configuration against the schema, and report all errors at once."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from monitor.config.document.source import Source
from monitor.config.problem_messages import describe_error
from monitor.config.report import Report
from monitor.config.schema.tables import INCLUDABLE, FileTable
from monitor.config.settings import KeyPath


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file of a configuration that was checked against the schema, without its invalid values."""

    source: Source
    shape: FileTable
    broken: frozenset[KeyPath] = frozenset()  # invalid values, which *shape* does not contain


def validate_file(source: Source, report: Report, *, included: bool) -> ParsedFile:
    """Check *source* against the schema; report invalid values and leave them out, so that checks can continue.

    Args:
        source: The file to check.
        report: Collects the errors.
        included: Whether another file includes this one, which then may not contain rules or settings.
    """
    table, broken = source.table, set[KeyPath]()
    if included and (foreign := [key for key in table if key in FileTable.model_fields and key not in INCLUDABLE]):
        for key in foreign:
            report.error(
                source.place((key,), key=True),
                f"[{key}] is not allowed in an included file, only {', '.join(sorted(INCLUDABLE))} are",
                "move it to the main file",
            )
        table = {key: value for key, value in table.items() if key not in foreign}
    while True:
        try:
            return ParsedFile(source, FileTable.model_validate(table), frozenset(broken))
        except ValidationError as error:
            wrong = _report(error, source, report)
            broken |= wrong
            table = _without(table, wrong)


def _report(error: ValidationError, source: Source, report: Report) -> set[KeyPath]:
    wrong = set()
    for found in error.errors(include_url=False):
        text = describe_error(found)
        report.error(source.place(text.path, key=text.key), text.message, text.hint)
        wrong.add(text.path[: _DEPTH.get(str(text.path[0]), 3)])
    return wrong


# length of the path that is left out for an invalid value: [feeds.X] key is 3, [[tests]] is a whole example
_DEPTH = {"tests": 2, "alerts": 2, "health": 2, "http": 2, "storage": 2, "web": 2, "include": 1}
_BLANK_EXAMPLE: dict[str, Any] = {
    "title": "-",
    "expect": {},
}  # in place of an invalid example, so that the others keep their index


def _without(table: dict[str, Any], wrong: set[KeyPath]) -> dict[str, Any]:
    table = {key: copy.copy(value) for key, value in table.items()}
    for top, *rest in wrong:
        section = table.get(str(top))
        match rest:
            case []:
                table.pop(str(top), None)
            case [int(index)] if isinstance(section, list):
                section[index] = _BLANK_EXAMPLE
            case [name, key] if isinstance(section, dict) and isinstance(section.get(name), dict):
                section[name] = {k: v for k, v in section[name].items() if k != key}
            case [name, *_] if isinstance(section, dict):
                section.pop(name, None)
    return table
