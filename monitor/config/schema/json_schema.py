"""Generate the JSON Schema of a configuration file, with which editors complete and check it."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from monitor.config.schema.tables import FileTable

DRAFT = "http://json-schema.org/draft-07/schema#"
_TEXT = {"type": "string", "pattern": r"\S"}
_TEXTS = {"type": "array", "items": _TEXT}

# definitions with a short form, which applies when the value is not a table
_SHORT_FORMS: dict[str, dict[str, Any]] = {
    "FeedTable": _TEXT,
    "ActorTable": _TEXTS,
    "KeywordTable": _TEXTS,
    "ExpectTable": {"const": "nothing"},
}
_REQUIRED: dict[str, list[str]] = {"RuleTable": ["send_to"], "DestinationTable": ["url"]}
_REQUIRED_UNLESS_EXTENDING: dict[str, list[str]] = {
    "FeedTable": ["url"],
    "KeywordTable": ["terms"],
    "ListTable": ["title", "date"],
}


class _Plain(GenerateJsonSchema):
    """Generates a JSON Schema without titles, default values, and null, which does not exist in TOML."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a configuration file in draft 7, which taplo and Even Better TOML support.

    A value that may have two forms uses if/then/else, because with ``anyOf`` editors would report the errors of both
    forms.
    """
    schema = FileTable.model_json_schema(schema_generator=_Plain)
    definitions: dict[str, Any] = schema.pop("$defs")
    for name, definition in definitions.items():
        definition.pop("title", None)
        _require(name, definition)
        if short := _SHORT_FORMS.get(name):
            long = dict(definition)
            definition.clear()
            definition.update(
                {"description": long.pop("description"), "if": {"type": "object"}, "then": long, "else": short}
            )
    schema.pop("title", None)
    return {
        "$schema": DRAFT,
        "title": "monitor configuration",
        **_renamed(schema),
        "definitions": _renamed(definitions),
    }


def _require(name: str, definition: dict[str, Any]) -> None:
    if required := _REQUIRED.get(name):
        definition["required"] = required
    if name == "TestTable":
        definition |= {"if": {"required": ["items"]}, "then": {}, "else": {"required": ["expect"]}}
    if required := _REQUIRED_UNLESS_EXTENDING.get(name):
        extending = {"required": ["extend"], "properties": {"extend": {"const": True}}}
        definition |= {"if": extending, "then": {}, "else": {"required": required}}


def _renamed(part: Any) -> Any:
    # draft 7 uses "definitions"; a table with patternProperties allows no other names
    if isinstance(part, dict):
        closed = {"additionalProperties": False} if "patternProperties" in part else {}
        return closed | {
            key: value.replace("#/$defs/", "#/definitions/") if key == "$ref" else _renamed(value)
            for key, value in part.items()
        }
    return [_renamed(item) for item in part] if isinstance(part, list) else part
