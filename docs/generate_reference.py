"""Write the pages below docs/reference that are made from the code; ``make reference`` runs it.

A test compares the pages with what this script makes, so that none is ever out of date.
"""

from __future__ import annotations

import ast
import inspect
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click

FOLDER = Path(__file__).parent / "reference"
SEVERITIES = ["low", "medium", "high", "critical"]
NOTICE = "<!-- Made by docs/generate_reference.py from the code. Do not edit; run: make reference -->\n\n"

INTRODUCTIONS = {
    "commands.md": """# Commands

`-c FILE`, before or after the command, names the configuration; otherwise it is the value of `MONITOR_CONFIG`,
`./config.toml`, `~/.config/monitor/config.toml` or `/etc/monitor/config.toml`. Data goes to stdout, everything
else to stderr. Lists are tables that fit the terminal; `--json`, `--ndjson` and `--csv` are for programs. `--since`
and `--until` take a span (`3d`), `today`, `yesterday`, a date, or a date and time in UTC. [Exit codes](exit-codes.md)
and the [fields of `--json`](json.md) have pages of their own.
""",
    "configuration.md": """# Configuration

Every table and key of a configuration file. [config.example.toml](../../config.example.toml) shows each of them in
use, and `monitor schema` prints the same as a JSON Schema for editors.

- Durations are written `"30s"`, `"5m"`, `"2h"`, `"7d"` or `"2y"`, sizes `"500MB"`.
- A severity is `"low"`, `"medium"`, `"high"` or `"critical"`.
- `${NAME}` in a text is an environment variable, `${file:NAME}` a systemd credential or a file,
  also one in the folder `secrets` beside the configuration.
- An unknown key is an error.
""",
    "metrics.md": """# Metrics

`GET /metrics` of [the page](../web.md) answers in the text format of Prometheus. If the page has users, a program
needs a token with the scope `metrics`. [alerts.yml](../../contrib/prometheus/alerts.yml) has alerting rules for
Prometheus, [dashboard.json](../../contrib/grafana/dashboard.json) is a dashboard for Grafana.

A histogram has the series `_bucket`, `_sum` and `_count`.
""",
    "incidents.md": """# Incidents

An incident is a problem of the monitor itself, of a feed or of a destination. The destinations in `send_to` of
`[health]` get one message when it begins and one when it has ended; `monitor status` lists those that continue. The
message says the cause and the remedy; [troubleshooting](../guides/troubleshooting.md) says more.
""",
    "log-messages.md": """# Log messages

Every warning and error that the monitor logs, with the fields that follow the text. A *warning* needs no action at
once: the monitor retries, or continues without what is missing. An *error* needs the operator. With
`--log-format json` the text is `event`, and each field is a member of the object. `monitor run --log-level debug` logs
more.

[Troubleshooting](../guides/troubleshooting.md) explains what commands, feeds and destinations report;
[incidents](incidents.md) are also sent to people.
""",
    "reasons.md": """# Reasons

Why a destination was notified, later, together with others, or not at all. Decisions and deliveries store the code
and its parameters; `show`, `deliveries`, alerts and the page turn them into words. `json://` destinations get both:
see [Alerts](../alerts.md).
""",
    "exit-codes.md": """# Exit codes

The same for every command. What 1 means for a command is in its help and on [the page of commands](commands.md).
""",
    "api.md": """# HTTP API

[The page](../web.md) serves a JSON API. A program sends `Authorization: Bearer TOKEN` with a token of `[web.tokens]`,
and the token needs the scope of the operation. `GET /api/v1/openapi.json` is the description in OpenAPI 3.1, with the
type of each parameter.

Parameters with a question mark belong into the address, the others into a JSON object in the body. An error is
`{"error": "TEXT"}` with status 401 (no valid token), 403 (the token may not do this), 404 (there is no such thing),
409 (not possible; the text says why) or 503 (the database cannot be read now).
""",
}


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in pages().items():
        (FOLDER / name).write_text(page, encoding="utf-8")


def pages() -> dict[str, str]:
    """Return the text of each page by its name."""
    made = {name: table() for name, table in TABLES.items()}
    return {name: f"{NOTICE}{INTRODUCTIONS[name]}\n{text}" for name, text in made.items()}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def _code(text: str) -> str:
    return f"`{text}`"


# what is code in a help text, the longest form first: a setting, a list, a table, a quoted value, an option, a secret
_CODE = re.compile(
    r"""`[^`]+`|\{ .*? \}|\[\[.*?\]\]|\w+ = (?:"[^"]*"|\[[^\]]*\])|"[^"\n]{1,40}"|\[[a-z]+(?:\.NAME)?\]"""
    r"|(?<!\w)--[a-z][a-z-]*|\$\{[\w:]+\}"
)


def _prose(text: str) -> str:
    """Return a help text as Markdown, with what is code in backticks and the rest without markup."""
    text = text.replace("``", "`")
    parts, end = [], 0
    for found in _CODE.finditer(text):
        parts += [_plain(text[end : found.start()]), f"`{found[0].strip('`')}`"]
        end = found.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    return re.sub(r"([*_<])", r"\\\1", text)


# ---------------------------------------------------------------- commands


def commands() -> str:
    """Describe all commands with their arguments and options."""
    from monitor.cli.app import app
    from monitor.cli.commands import COMMANDS

    top = click.Context(app, info_name="monitor")
    overview = _table(("command", "does"), ((f"[`{name}`](#{name})", _prose(line)) for name, line in COMMANDS.items()))
    parts = [overview]
    for name in COMMANDS:
        command = app.get_command(top, name)
        if command is None:
            raise LookupError(name)
        parts += [f"## {name}\n", *_described(command, top, name)]
    return "\n".join(parts)


def _described(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"```text\n{usage}\n```\n", _help_text(command)]
    rows = [
        (_code(", ".join(_spelled(option))), _prose(_option_help(option, context)))
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden and option.name != "config_path"
    ]
    if rows:
        parts.append(_table(("option", "effect"), rows))
    if isinstance(command, click.Group):
        for inner_name, inner in command.commands.items():
            if not inner.hidden:
                full = f"{name} {inner_name}"
                parts += [f"### {full}\n", *_described(inner, context, full)]
    return [part for part in parts if part]


def _help_text(command: click.Command) -> str:
    paragraphs = inspect.cleandoc(command.help or "").replace("\f", "").split("\n\n")
    return "\n\n".join(_paragraph(text) for text in paragraphs) + "\n" if any(paragraphs) else ""


def _paragraph(text: str) -> str:
    if text.startswith("\b"):
        return "```text\n" + text.removeprefix("\b").strip("\n") + "\n```"
    return _prose(" ".join(text.split()))


def _spelled(option: click.Option) -> list[str]:
    names = [*option.opts]
    if not option.is_flag:
        value = option.metavar or (
            f"[{'|'.join(map(str, option.type.choices))}]"
            if isinstance(option.type, click.Choice)
            else option.type.name.upper()
        )
        names[-1] += f" {value}"
    return names


def _option_help(option: click.Option, context: click.Context) -> str:
    text = option.help or ""
    default = option.get_default(context)
    if option.show_default and default not in (None, ()):
        text += f" Default: {default}."
    return text + (" Required." if option.required else "")


# ---------------------------------------------------------------- configuration


def configuration() -> str:
    """Describe all tables and keys of a configuration file."""
    from monitor.config import json_schema
    from monitor.config.schema import tables

    schema = json_schema()["definitions"]
    parts: list[str] = []
    for title, name in _tables(tables):
        parts.append(_table_section(title, getattr(tables, name), schema.get(name)))
    return "\n".join(parts)


def _tables(tables: Any) -> list[tuple[str, str]]:
    """Return the title and the class name of each table, in the order of the example configuration."""
    titles = []
    for path, kind in tables._SHAPES.items():  # noqa: SLF001 - the one list of all tables
        title = ".".join("NAME" if part == "*" else part for part in path).replace("tests.NAME", "tests")
        title = re.sub(r"\.(combine|items)\.NAME$", r".\1", title).replace("storage.NAME", "storage.backup")
        titles.append((title, kind.__name__))
    titles.insert(2, ("feeds.NAME.page", "PageTable"))
    return titles


def _table_section(title: str, kind: Any, schema: dict[str, Any] | None) -> str:
    heading = f"[{title}]" if title else "The file"
    if title == "tests":
        heading = "[[tests]]"
    properties = _properties(schema or {})
    if not title:
        heading, description = "Top level", "A file consists of the tables below and of one key:"
        rows = [("`include`", "texts", "`[]`", _prose(kind.model_fields["include"].description))]
        return f"## {heading}\n\n{description}\n\n" + _table(("key", "value", "default", "meaning"), rows)
    rows = [
        (
            _code(name),
            _value(properties.get(name, {})),
            _default(field, properties.get(name, {})),
            _prose(field.description or ""),
        )
        for name, field in kind.model_fields.items()
    ]
    description = _prose(inspect.cleandoc(kind.__doc__).partition("\n\n")[0].replace("\n", " "))
    return f"## {_code(heading)}\n\n{description}\n\n" + _table(("key", "value", "default", "meaning"), rows)


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a table; where it has a short form, those of the long one."""
    found: dict[str, Any] = schema.get("properties") or schema.get("then", {}).get("properties", {})
    return found


def _value(schema: dict[str, Any]) -> str:
    from monitor.config.schema import values

    if "enum" in schema:
        words = schema["enum"]
        return "severity" if words == SEVERITIES else " or ".join(f'`"{word}"`' for word in words)
    if "const" in schema:
        return f'`"{schema["const"]}"`'
    pattern = schema.get("pattern", "")
    if values.DURATION in pattern:
        return "duration"
    if values.SIZE in pattern:
        return "size"
    kinds = {"object": "table", "integer": "number", "boolean": "true or false", "string": "text"}
    if schema.get("type") == "array":
        return {"text": "texts", "number": "numbers"}.get(_value(schema.get("items", {})), "list")
    if schema.get("format") == "date":
        return "date"
    return kinds.get(schema.get("type", ""), "text or number" if "if" in schema else "table")


def _default(field: Any, schema: dict[str, Any]) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value == "":
        return ""
    return _code(_toml(value, schema))


def _toml(value: Any, schema: dict[str, Any]) -> str:
    """Return *value* as one writes it in a configuration."""
    from monitor.model import Severity

    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Severity):
        return f'"{value.word}"'
    if isinstance(value, float):
        return f'"{_span(value)}"'
    if isinstance(value, StrEnum | str):
        return f'"{value}"'
    if isinstance(value, tuple):  # listen
        return f'"{":".join(map(str, value))}"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item, {}) for item in value) + "]"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, int) and "words" in schema.get("pattern", ""):
        return f'"{value} words"'
    if isinstance(value, int) and "MB" in schema.get("pattern", ""):
        return f'"{value / 1e6:.0f}MB"'
    return f'"{value.key}"' if hasattr(value, "key") else str(value)


def _span(seconds: float) -> str:
    units = {"y": 365 * 86_400, "d": 86_400, "h": 3600, "m": 60, "s": 1}
    unit = next(unit for unit, size in units.items() if seconds % size == 0)
    return f"{seconds / units[unit]:g}{unit}"


# ---------------------------------------------------------------- what the monitor says


def metrics() -> str:
    """Return the table of all metrics."""
    from monitor.store import open_reader, open_writer
    from monitor.web import metrics as module

    now = datetime(2026, 11, 27, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "monitor.db"
        with open_writer(path):
            pass
        with open_reader(path) as db:
            families = list(module._Collector(module.observe(db, now), now).collect())  # noqa: SLF001 - with its texts
    rows = [
        (
            _code(family.name + ("_total" if family.type == "counter" else "")),
            family.type,
            ", ".join(map(_code, getattr(family, "_labelnames", ()))),
            family.documentation,
        )
        for family in families
    ]
    return _table(("metric", "type", "labels", "meaning"), rows)


def incidents() -> str:
    """Return the table of all kinds of incidents."""
    from monitor.model import IncidentKind

    comments = _comments_of(IncidentKind)
    rows = [(_code(str(kind)), comments[kind.name]) for kind in IncidentKind]
    return _table(("kind", "meaning"), rows)


def _comments_of(kind: type) -> dict[str, str]:
    """Return the comment behind each member of an enumeration."""
    return dict(re.findall(r"^    ([A-Z_]+) = .*?  # (.+)$", inspect.getsource(kind), re.MULTILINE))


def log_messages() -> str:
    """Return the table of all warnings and errors in the log."""
    found: dict[str, tuple[str, str]] = {}
    for file in sorted((FOLDER.parents[1] / "monitor").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="log"), attr="warning" | "error" | "exception" as method),
                    args=[ast.Constant(value=str(text)), *_],
                    keywords=fields,
                ):
                    level = "warning" if method == "warning" else "error"
                    names = ", ".join(_code(field.arg) for field in fields if field.arg and field.arg != "exc_info")
                    found[text] = (level, ", ".join(filter(None, [names, "trace" if method == "exception" else ""])))
    return _table(("message", "level", "fields"), ((text, *found[text]) for text in sorted(found, key=str.lower)))


def reasons() -> str:
    """Return the table of all reason codes."""
    from monitor.alerts.content.reason_wording import reason_text
    from monitor.model import Severity
    from monitor.model import reason as module

    now = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    rows = []
    for kind in get_args(module.Reason):
        hints = {name: hint for name, hint in get_type_hints(kind).items() if name != "code"}
        example = kind(**{name: _sample(name, hint, now) for name, hint in hints.items()})
        if kind is module.AboveMaxSeverity:
            example = replace(example, severity=Severity.CRITICAL)
        names = ", ".join(map(_code, hints)) or "none"
        text = inspect.cleandoc(kind.__doc__ or "").replace("``", "`")
        rows.append((_code(str(kind.code)), text, reason_text(example, zone=UTC, now=now), names))
    return _table(("code", "meaning", "for example", "parameters"), rows)


def _sample(name: str, hint: Any, now: datetime) -> Any:
    from monitor.model import Severity

    if hint is Severity:
        return Severity.HIGH if name in ("after", "limit") else Severity.MEDIUM
    by_name: dict[str, Any] = {
        "age_s": 259_200.0, "max_age_s": 172_800.0, "wait_s": 90.0, "after_s": 900.0, "within_s": 300.0, "hit": 26,
        "limit": 20, "renumbered": 38, "shown": 40, "outlets": 3, "rules": ("theft",), "actor": "lazarus",
        "destination": "soc-slack", "subject": "actor", "author": "ana", "outlet": "Chain Post", "delivery": "alert",
    }  # fmt: skip
    if name == "name":
        return "lazarus"
    if name == "why":
        return "known campaign"
    if name in ("cause", "text"):
        return "the server answered 503" if name == "cause" else "as an earlier version stored it"
    if hint is bool:
        return False
    if hint in (datetime, datetime | None):
        return now.replace(hour=18) if name in ("until", "due_at") else now.replace(hour=8)
    return by_name[name]


def exit_codes() -> str:
    """Return the table of all exit codes."""
    from monitor import errors
    from monitor.cli.app import INTERRUPTED

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    used = {kind.exit_code for kind in kinds if hasattr(kind, "exit_code")}
    meanings = {
        0: "success; nothing was found that needs attention",
        1: "findings or a failure: an error in the configuration, a failed example, a feed that is down",
        2: "wrong usage, or the configuration has errors; nothing was done",
        3: "the command needs the running daemon, and none is running",
        4: "another process holds the lock of the database",
        INTERRUPTED: "interrupted with Ctrl-C",
    }
    if used | {0, INTERRUPTED} != set(meanings):
        raise LookupError(f"exit codes without a meaning, or not in use: {used ^ set(meanings)}")
    return _table(("code", "meaning"), ((_code(str(code)), text) for code, text in meanings.items()))


def api() -> str:
    """Return the table of the HTTP API."""
    from monitor.web.api.routes import OPERATIONS, PREFIX

    rows = []
    for operation in OPERATIONS:
        path = PREFIX + re.sub(r"\{(\w+):\w+\}", r"{\1}", operation.path)
        inputs = [f"`?{name}=`" for name in operation.query]
        inputs += [f"{_code(name)}{' (required)' if name in operation.required else ''}" for name in operation.body]
        rows.append((_code(f"{operation.method} {path}"), operation.summary, _code(operation.scope), ", ".join(inputs)))
    return _table(("operation", "result", "scope", "parameters"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "configuration.md": configuration,
    "metrics.md": metrics,
    "incidents.md": incidents,
    "log-messages.md": log_messages,
    "reasons.md": reasons,
    "exit-codes.md": exit_codes,
    "api.md": api,
}

if __name__ == "__main__":
    main()
