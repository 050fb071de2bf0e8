"""Turn validation errors of pydantic into messages for users."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.config.literal_secrets import masked
from monitor.config.schema.tables import SHORT_FORMS, known_keys
from monitor.config.schema.values import ID, InvalidValue, did_you_mean, quoted
from monitor.config.settings import KeyPath

KEY_MARK = "[key]"  # how pydantic marks an error in a key
TABLES = frozenset({*SHORT_FORMS, "lists", "rules", "destinations"})
LONGER_FORMS = {
    "feeds": 'write NAME = "address", or [feeds.NAME] with a url',
    "actors": 'write NAME = ["spelling"], or [actors.NAME] with aliases',
    "keywords": 'write NAME = ["term"], or [keywords.NAME] with terms',
    "lists": "write [lists.NAME] with a title and a date",
    "rules": "write [rules.NAME] with actors, keywords and send_to",
    "destinations": "write [destinations.NAME] with a url",
}
SHORTER_FORMS = {"feeds": "an address or a table", "actors": "a list or a table", "keywords": "a list or a table"}
TYPES = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
}
_OTHER_TYPES = {
    "string_type": 'write text in quotes: "like this"',
    "bool_type": "write true or false, without quotes",
    "list_type": 'write a list: ["one", "two"]',
}


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What is wrong at *path* and how to fix it; with *key*, the key itself is wrong and not its value."""

    path: KeyPath
    message: str
    hint: str = ""
    key: bool = False


def setting_name(path: KeyPath) -> str:
    """Return how messages name the setting at *path*: ``every in [feeds.coindesk]``, or just ``[feeds.coindesk]``."""
    section, keys = _split(path)
    key = ".".join(_bare(k) for k in keys if isinstance(k, str))
    if not section:
        return key
    return f"{key} in {section}" if key else section


def describe_error(error: Mapping[str, Any]) -> ErrorText:
    """Return the message for a validation error of pydantic; the message never quotes a secret."""
    path: KeyPath = tuple(error["loc"])
    kind, value = error["type"], error["input"]
    if path and path[-1] == KEY_MARK:
        wrong: InvalidValue = error["ctx"]["error"]
        return ErrorText(path[:-1], f"{wrong.message} in [{path[0]}]", wrong.hint, key=True)
    if kind == "extra_forbidden":
        return _unknown(path, value)
    if kind == "missing":
        return ErrorText(path, f"{setting_name(path)} is missing", f"write {path[-1]} = ...")
    if kind == "value_error":
        wrong = error["ctx"]["error"]
        return ErrorText(path, f"{setting_name(path)} {wrong.message}", wrong.hint)
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        hint = did_you_mean(value, words) or f"one of: {', '.join(words)}"
        return ErrorText(path, f"{setting_name(path)} cannot be {quoted(value)}", hint)
    seen = "" if masked(path, value) is not None else f", not {quoted(value)}"
    what = TYPES.get(kind, "another value")
    if len(path) == 2:
        what = SHORTER_FORMS.get(str(path[0]), what)
    elif path[-1:] == ("expect",):
        what = '"nothing" or a table'
    return ErrorText(path, f"{setting_name(path)} must be {what}{seen}", _other_type(path, kind, value))


def _unknown(path: KeyPath, value: object) -> ErrorText:
    *parent, key = path
    section, _ = _split(tuple(parent))
    what = f"[{_bare(key)}]" if not section and isinstance(value, dict | list) else quoted(key)
    of_section = f" in {setting_name(tuple(parent))}" if section else ""
    known = known_keys(tuple(parent))
    hint = did_you_mean(key, known) or f"known here: {', '.join(sorted(known))}"
    noun = "section" if what.startswith("[") else "setting"
    return ErrorText(path, f"unknown {noun} {what}{of_section}", hint, key=True)


def _other_type(path: KeyPath, kind: str, value: object) -> str:
    if kind in ("dict_type", "model_type") and isinstance(value, list) and path[0] in TABLES and len(path) == 1:
        return f"write [{path[0]}.NAME], each with its own name, not [[{path[0]}]]"
    if len(path) == 2 and path[0] in LONGER_FORMS:
        return LONGER_FORMS[str(path[0])]
    if path[-1:] == ("expect",):
        return 'write "nothing", or { actors = ["..."] }'
    if kind == "list_type" and isinstance(value, str) and masked(path, value) is None:
        return f"write [{quoted(value)}]"
    if kind == "bool_type" and value in ("true", "false"):
        return f"write {value}, without quotes"
    if kind == "string_type" and isinstance(value, int | float) and masked(path, value) is None:
        return f'write "{quoted(value)}"'
    if path == ("tests",):
        return "write [[tests]] with two brackets on each side"
    return _OTHER_TYPES.get(kind, "")


def _split(path: KeyPath) -> tuple[str, KeyPath]:
    match path:
        case ("tests", int(), *rest):
            return "[[tests]]", tuple(rest)
        case ("tests",):
            return "[[tests]]", ()
        case (top, name, *rest) if top in TABLES:
            return f"[{top}.{_bare(name)}]", tuple(rest)
        case ("web", "users" | "tokens" as kind, name, *rest):
            return f"[web.{kind}.{_bare(name)}]", tuple(rest)
        case ("include", *_):
            return "", path
        case (top, *rest):
            return f"[{top}]", tuple(rest)
    return "", ()


def _bare(key: object) -> str:
    return str(key) if re.fullmatch(ID, str(key)) else quoted(str(key))
