"""Edit the text of a TOML file: add texts to a list or set a value, and keep everything else, comments included."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from monitor.config.document.positions import Span
from monitor.config.document.read_file import parse_source
from monitor.config.document.source import Source
from monitor.config.schema.tables import SHORT_FORMS


@dataclass(frozen=True, slots=True)
class Setting:
    """A change to make in a table such as ``[actors.lazarus]``: a key, and the value to set or the texts to add."""

    section: str
    name: str
    key: str
    add: tuple[str, ...] = ()  # texts to add to the list
    value: str = ""  # the new value, if it is no list

    @property
    def table(self) -> str:
        """Return the header of the table to change, such as ``[actors.lazarus]``."""
        return f"[{self.section}.{self.name}]"


@dataclass(frozen=True, slots=True)
class Edit:
    """A proposed edit of one file: an instruction for a person, the lines to write, and the whole resulting text."""

    instruction: str  # "after line 12, add", "change line 14 to", "at the end, add"
    lines: tuple[str, ...]
    text: str  # the file after the change


def toml_string(text: str) -> str:
    """Return *text* as a TOML string, with quotes and escapes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def edit_setting(text: str, setting: Setting, *, extends: bool) -> Edit | None:
    """Return the edit that makes the change *setting* in the text of a file.

    Return None if the file writes the table in a form that cannot be edited automatically.

    Args:
        text: The text of the file.
        setting: The change.
        extends: Whether an included file defines the table, so that this file must write ``extend = true``.
    """
    source, problems = parse_source(Path(), text.encode())
    if problems:
        return None
    table = source.table.get(setting.section, {}).get(setting.name)
    if table is None:
        return _appended(text, setting, extends=extends)
    if isinstance(table, list | str):
        return _in_short_form(source, setting, table)
    if not isinstance(table, dict):
        return None
    if setting.key in table:
        return _changed(source, setting, table[setting.key])
    return _added(source, setting)


def _new_value(setting: Setting) -> str:
    return setting.value or f"[{', '.join(map(toml_string, setting.add))}]"


def _appended(text: str, setting: Setting, *, extends: bool) -> Edit:
    lines = [f"[{setting.section}.{_key(setting.name)}]"]
    lines += ["extend = true"] if extends else []
    lines.append(f"{setting.key} = {_new_value(setting)}")
    return Edit("at the end, add", tuple(lines), f"{text.rstrip()}\n\n" + "\n".join(lines) + "\n")


def _key(name: str) -> str:
    return toml_string(name) if "." in name else name


def _in_short_form(source: Source, setting: Setting, value: list[str] | str) -> Edit | None:
    """Return the edit of an actor written as ``name = ["spelling"]``, which becomes a table if another key is added."""
    span = source.positions.find((setting.section, setting.name))
    short = SHORT_FORMS.get(setting.section)
    if short == setting.key and isinstance(value, list):
        return _into_list(source, span, setting)
    written = _cut(source, span)
    return _replaced(source, span, f"{{ {short} = {written}, {setting.key} = {_new_value(setting)} }}")


def _changed(source: Source, setting: Setting, value: object) -> Edit | None:
    span = source.positions.find((setting.section, setting.name, setting.key))
    if not setting.value and isinstance(value, list):
        return _into_list(source, span, setting) if value else _replaced(source, span, _new_value(setting))
    return _replaced(source, span, setting.value) if setting.value else None


def _added(source: Source, setting: Setting) -> Edit | None:
    head = source.positions.find((setting.section, setting.name), key=True)
    lines = source.text.split("\n")
    if lines[head.row].lstrip().startswith("["):
        new = f"{setting.key} = {_new_value(setting)}"
        text = "\n".join((*lines[: head.row + 1], new, *lines[head.row + 1 :]))
        return Edit(f"after line {head.row + 1}, add", (new,), text)
    span = source.positions.find((setting.section, setting.name))
    written = _cut(source, span)
    if span.row != head.row or not written.startswith("{"):
        return None
    inner = written[1:-1].strip()
    return _replaced(source, span, f"{{ {inner}, {setting.key} = {_new_value(setting)} }}")


def _into_list(source: Source, span: Span, setting: Setting) -> Edit | None:
    """Return the edit that inserts texts at the beginning of a non-empty list."""
    written = _cut(source, span)
    if not written.startswith("["):
        return None
    added = ", ".join(map(toml_string, setting.add))
    start = Span(span.row, span.column, span.row, span.column + 1)
    follows = written[1:].lstrip(" ")
    if follows.startswith(("\n", "#")):
        lines = source.text.split("\n")
        indent = lines[span.row + 1][: len(lines[span.row + 1]) - len(lines[span.row + 1].lstrip())] or "    "
        new = f"{indent}{added},"
        text = "\n".join((*lines[: span.row + 1], new, *lines[span.row + 1 :]))
        return Edit(f"after line {span.row + 1}, add", (new,), text)
    return _replaced(source, start, f"[{added}, ")


def _cut(source: Source, span: Span) -> str:
    lines = source.text.split("\n")[span.row : span.end_row + 1]
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return "\n".join(lines)


def _replaced(source: Source, span: Span, value: str) -> Edit:
    lines = source.text.split("\n")
    line = lines[span.row][: span.column] + value + lines[span.end_row][span.end_column :]
    text = "\n".join((*lines[: span.row], line, *lines[span.end_row + 1 :]))
    last = span.end_row + 1
    where = f"line {last}" if span.row == span.end_row else f"lines {span.row + 1} to {last}"
    return Edit(f"change {where} to", tuple(line.split("\n")), text)
