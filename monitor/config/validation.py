"""From the tables of one file to its shape, with every mistake found at once."""

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
    """One file: as it was read, its shape, and the paths whose values were wrong and are left out of the shape."""

    source: Source
    shape: FileTable
    broken: frozenset[KeyPath] = frozenset()


def validate_file(source: Source, report: Report, *, included: bool) -> ParsedFile:
    """Return the shape of *source*; what is wrong goes to *report* and is left out, so that the rest can be checked."""
    table, broken = source.table, set[KeyPath]()
    if included and (foreign := [key for key in table if key in FileTable.model_fields and key not in INCLUDABLE]):
        for key in foreign:
            report.error(
                source.place((key,), key=True),
                f"[{key}] stands in an included file, which holds feeds, actors, keywords, tests and include only",
                "move it to the file that includes this one",
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
        complaint = describe_error(found)
        report.error(source.place(complaint.path, key=complaint.key), complaint.message, complaint.hint)
        wrong.add(complaint.path[: _DEPTH.get(str(complaint.path[0]), 3)])
    return wrong


# how much is left out for a wrong value: a key of a named table, an example, a key of a section, the whole list
_DEPTH = {"tests": 2, "alerts": 2, "health": 2, "http": 2, "storage": 2, "include": 1}
_BLANK_EXAMPLE: dict[str, Any] = {"title": "-", "expect": {}}  # keeps the numbers of those that follow


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
